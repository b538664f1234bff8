package dev.offshoot.generated;

import dev.offshoot.generated.Model.Column;
import dev.offshoot.generated.Model.Table;
import java.util.List;

/** Makes up statements that change rows, each kind that an agent knows. */
final class RowStatements {
  private final Dice dice;
  private final Model model;

  RowStatements(Dice dice, Model model) {
    this.dice = dice;
    this.model = model;
  }

  String next() {
    Table table = dice.oneOf(model.tables);
    if (table.written().isEmpty()) {
      return "INSERT INTO %s DEFAULT VALUES".formatted(table.name);
    }
    int kind = dice.upTo(99);
    if (kind < 22) {
      return StartingPoint.insert(dice, table, dice.between(1, 14));
    } else if (kind < 50) {
      return update(table);
    } else if (kind < 64) {
      return "DELETE FROM %s WHERE %s".formatted(table.name, condition(table));
    }
    return rare(table);
  }

  private String rare(Table table) {
    String first = table.columns.get(0).name();
    List<Column> written = table.written();
    return dice.way(
        () -> upsert(table),
        () -> merge(table),
        () ->
            "WITH gone AS (DELETE FROM %1$s WHERE %2$s RETURNING %3$s) INSERT INTO %1$s (%3$s) OVERRIDING SYSTEM VALUE SELECT %3$s FROM gone"
                .formatted(table.name, condition(table), StartingPoint.names(written)),
        () ->
            "INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM %1$s ORDER BY %3$s::text LIMIT 2"
                .formatted(table.name, StartingPoint.names(written), first),
        () ->
            "DO $$ DECLARE i int; BEGIN FOR i IN 1..3 LOOP UPDATE %s SET %s WHERE %s::text LIKE '%%' || i; END LOOP; END $$"
                .formatted(table.name, assignment(table), first),
        () ->
            "TRUNCATE %s%s%s"
                .formatted(
                    table.name, dice.oneOf("", " RESTART IDENTITY"), dice.oneOf(" CASCADE", "")),
        () ->
            model.sequences.isEmpty()
                ? update(table)
                : "SELECT nextval('%s')".formatted(dice.oneOf(model.sequences)),
        () -> shiftKey(table),
        () -> shiftKey(table),
        () -> "DELETE FROM " + table.name,
        () -> "UPDATE %1$s SET %2$s = %2$s".formatted(table.name, dice.oneOf(written).name()),
        () ->
            table.partitions.isEmpty()
                ? update(table)
                : "DELETE FROM %s WHERE %s"
                    .formatted(dice.oneOf(table.partitions), condition(table)),
        () ->
            table.partitionedBy.isEmpty()
                ? update(table)
                : "UPDATE %s SET k2 = %s WHERE %s"
                    .formatted(
                        table.name,
                        Values.key(dice, table.column("k2").type(), dice.between(1, 4)),
                        condition(table)));
  }

  private String update(Table table) {
    return "UPDATE %s SET %s WHERE %s".formatted(table.name, assignment(table), condition(table));
  }

  private String assignment(Table table) {
    List<Column> free =
        table.written().stream().filter(column -> !table.key.contains(column.name())).toList();
    if (free.isEmpty()) {
      Column column = table.written().get(0);
      return "%s = %s"
          .formatted(column.name(), Values.key(dice, column.type(), dice.between(1, 14)));
    }
    Column column = dice.oneOf(free);
    String one = "%s = %s".formatted(column.name(), value(column));
    Column second = dice.oneOf(free);
    return dice.percent(70) || second.equals(column)
        ? one
        : one + ", %s = %s".formatted(second.name(), value(second));
  }

  private String value(Column column) {
    if (column.name().contains("ref") || column.name().contains("back")) {
      return dice.oneOf("NULL", Values.key(dice, column.type(), dice.between(1, 9)));
    }
    return column.notNull()
        ? Values.literal(dice, column.type())
        : Values.literalOrNull(dice, column.type());
  }

  private String condition(Table table) {
    if (table.key.isEmpty()) {
      Column column = table.columns.get(0);
      return dice.oneOf(
          "true",
          "%s::text = (SELECT min(x.%1$s::text) FROM %2$s x)".formatted(column.name(), table.name),
          "ctid = (SELECT min(ctid) FROM %s)".formatted(table.name),
          "%s IS NULL".formatted(column.name()));
    }
    Column column = table.column(dice.oneOf(table.key));
    int number = dice.between(1, 9);
    String one = "%s = %s".formatted(column.name(), Values.key(dice, column.type(), number));
    return dice.oneOf(
        one,
        one,
        "%s >= %s".formatted(column.name(), Values.key(dice, column.type(), number)),
        "%s IN (%s, %s)"
            .formatted(
                column.name(),
                Values.key(dice, column.type(), number),
                Values.key(dice, column.type(), number + 1)));
  }

  private String upsert(Table table) {
    if (table.key.isEmpty()) {
      return update(table);
    }
    String key = String.join(", ", table.key);
    String assignment = dice.oneOf("NOTHING", "UPDATE SET " + assignment(table));
    return "%s ON CONFLICT (%s) DO %s"
        .formatted(StartingPoint.insert(dice, table, dice.between(1, 12)), key, assignment);
  }

  private String merge(Table table) {
    if (table.key.size() != 1) {
      return update(table);
    }
    List<Column> columns = table.written();
    String key = table.key.get(0);
    return """
    MERGE INTO %1$s AS t USING (VALUES (%2$s), (%3$s)) AS s (k) ON t.%4$s = s.k::%5$s
    WHEN MATCHED AND t.%4$s < %2$s THEN DELETE WHEN MATCHED THEN UPDATE SET %6$s
    WHEN NOT MATCHED THEN INSERT (%7$s) OVERRIDING SYSTEM VALUE VALUES (%8$s)\
    """
        .formatted(
            table.name,
            Values.key(dice, table.column(key).type(), dice.between(1, 6)),
            Values.key(dice, table.column(key).type(), dice.between(7, 12)),
            key,
            table.column(key).type(),
            assignment(table),
            StartingPoint.names(columns),
            StartingPoint.values(dice, table, columns, dice.between(7, 12)));
  }

  private String shiftKey(Table table) {
    if (table.key.isEmpty()) {
      return update(table);
    }
    Column column = table.column(table.key.get(0));
    String name = column.name();
    boolean number = column.type().matches("int|bigint|numeric");
    if (!number) {
      return "UPDATE %s SET %s = %s WHERE %s"
          .formatted(
              table.name,
              name,
              Values.key(dice, column.type(), dice.between(10, 14)),
              condition(table));
    }
    return dice.oneOf(
        "UPDATE %s SET %2$s = %2$s + 20 WHERE %3$s".formatted(table.name, name, condition(table)),
        "UPDATE %s SET %2$s = -%2$s".formatted(table.name, name),
        "UPDATE %s SET %2$s = CASE %2$s WHEN 1 THEN 2 ELSE 1 END WHERE %2$s IN (1, 2)"
            .formatted(table.name, name));
  }
}
