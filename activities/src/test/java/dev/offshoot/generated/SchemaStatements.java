package dev.offshoot.generated;

import dev.offshoot.generated.Model.Column;
import dev.offshoot.generated.Model.Table;
import java.util.List;

/** Makes up statements that change the schema, and keeps the model in step. */
final class SchemaStatements {
  private final Dice dice;
  private final Model model;

  SchemaStatements(Dice dice, Model model) {
    this.dice = dice;
    this.model = model;
  }

  String next() {
    Table table = dice.oneOf(model.tables);
    int kind = dice.upTo(99);
    if (kind < 45) {
      return column(table);
    } else if (kind < 65) {
      return relation(table);
    } else if (kind < 80) {
      return constraint(table);
    }
    return other(table);
  }

  private String column(Table table) {
    Column column = dice.oneOf(table.columns);
    String name = column.name();
    return dice.way(
        () -> addColumn(table),
        () -> addColumn(table),
        () -> addColumn(table),
        () -> {
          table.columns.remove(column);
          table.key.remove(name);
          if (table.columns.isEmpty()) {
            table.columns.add(column);
          }
          return "ALTER TABLE %s DROP COLUMN %s CASCADE".formatted(table.name, name);
        },
        () -> {
          String fresh = model.fresh(dice, "n");
          if (name.equals("k2")) {
            return addColumn(table);
          }
          table.columns.set(
              table.columns.indexOf(column),
              new Column(fresh, column.type(), column.notNull(), column.written()));
          table.key.replaceAll(key -> key.equals(name) ? fresh : key);
          return "ALTER TABLE %s RENAME COLUMN %s TO %s".formatted(table.name, name, fresh);
        },
        () -> retype(table, column),
        () ->
            "ALTER TABLE %s ALTER COLUMN %s %s"
                .formatted(
                    table.name,
                    name,
                    dice.oneOf(
                        "SET NOT NULL",
                        "DROP NOT NULL",
                        "DROP DEFAULT",
                        "SET DEFAULT " + Values.literal(dice, column.type()),
                        "SET STATISTICS 7",
                        "SET STORAGE PLAIN",
                        "DROP IDENTITY IF EXISTS",
                        "DROP EXPRESSION IF EXISTS")),
        () ->
            "COMMENT ON COLUMN %s.%s IS %s"
                .formatted(table.name, name, dice.oneOf("NULL", "'what it is'")));
  }

  private String addColumn(Table table) {
    String name = model.fresh(dice, "n");
    String type = dice.oneOf(Values.TYPES);
    boolean notNull = dice.percent(30);
    String rest =
        (dice.percent(50) ? " DEFAULT " + Values.literal(dice, type) : "")
            + (notNull ? " NOT NULL" : "");
    table.columns.add(new Column(name, type, notNull, true));
    return "ALTER TABLE %s ADD COLUMN %s %s%s".formatted(table.name, name, type, rest);
  }

  private String retype(Table table, Column column) {
    String type =
        switch (column.type()) {
          case "int" -> dice.oneOf("bigint", "numeric(12,2)", "text");
          case "smallint" -> "int";
          case "numeric(8,2)" -> "numeric(10,3)";
          case "varchar(12)" -> "varchar(30)";
          case "jsonb" -> "json";
          case "date" -> "timestamp";
          default -> "text";
        };
    table.columns.set(
        table.columns.indexOf(column),
        new Column(column.name(), type, column.notNull(), column.written()));
    return "ALTER TABLE %s ALTER COLUMN %s TYPE %s USING %2$s::%3$s"
        .formatted(table.name, column.name(), type);
  }

  private String relation(Table table) {
    return dice.way(
        this::create,
        this::create,
        () -> {
          String fresh = model.fresh(dice, "ctas");
          Table made = new Table(fresh);
          table.columns.forEach(
              column -> made.columns.add(new Column(column.name(), column.type(), false, true)));
          model.tables.add(made);
          return "CREATE TABLE %s AS SELECT * FROM %s".formatted(fresh, table.name);
        },
        () -> {
          if (model.tables.size() > 1) {
            model.tables.remove(table);
          }
          return "DROP TABLE %s CASCADE".formatted(table.name);
        },
        () -> {
          String fresh = model.fresh(dice, "r");
          String old = table.name;
          int dot = old.startsWith("\"Other schema\".") ? "\"Other schema\".".length() : 0;
          table.name = old.substring(0, dot) + fresh;
          return "ALTER TABLE %s RENAME TO %s".formatted(old, fresh);
        },
        () -> partition(table),
        () ->
            "CREATE %s VIEW %s AS SELECT * FROM %s"
                .formatted(dice.oneOf("", "MATERIALIZED"), model.fresh(dice, "v"), table.name),
        () -> {
          String name = model.fresh(dice, "seq");
          model.sequences.add(name);
          return "CREATE SEQUENCE %s INCREMENT %d".formatted(name, dice.oneOf(1, 5, -1));
        });
  }

  private String create() {
    Table made = new Table(model.fresh(dice, "new"));
    String type = dice.oneOf(Values.KEY_TYPES);
    made.columns.add(new Column("id", type, true, true));
    made.columns.add(new Column("a", dice.oneOf(Values.TYPES), false, true));
    boolean key = dice.percent(70);
    if (key) {
      made.key.add("id");
    }
    String reference = "";
    List<Table> targets = model.tables.stream().filter(t -> t.key.size() == 1).toList();
    if (!targets.isEmpty() && dice.percent(30)) {
      Table target = dice.oneOf(targets);
      String targetType = target.column(target.key.get(0)).type();
      made.columns.add(new Column("ref", targetType, false, true));
      reference =
          ", ref %s REFERENCES %s%s"
              .formatted(targetType, target.name, dice.oneOf("", " ON DELETE CASCADE"));
    }
    model.tables.add(made);
    return "CREATE TABLE %s (id %s%s, a %s%s)"
        .formatted(
            made.name, type, key ? " PRIMARY KEY" : "", made.columns.get(1).type(), reference);
  }

  private String partition(Table table) {
    if (table.partitions.isEmpty()) {
      return create();
    }
    String partition = dice.oneOf(table.partitions);
    return dice.way(
        () -> {
          table.partitions.remove(partition);
          Table alone = table.copy();
          alone.name = partition;
          alone.partitions.clear();
          alone.partitionedBy = "";
          model.tables.add(alone);
          return "ALTER TABLE %s DETACH PARTITION %s".formatted(table.name, partition);
        },
        () -> {
          table.partitions.remove(partition);
          return "DROP TABLE " + partition;
        },
        () -> {
          String fresh = model.fresh(dice, "part");
          table.partitions.add(fresh);
          return "CREATE TABLE %s PARTITION OF %s FOR VALUES IN (%s)"
              .formatted(
                  fresh, table.name, table.column("k2").type().equals("text") ? "'k9'" : "9");
        });
  }

  private String constraint(Table table) {
    Column column = dice.oneOf(table.columns);
    return dice.way(
        () -> "ALTER TABLE %s ADD UNIQUE (%s)".formatted(table.name, column.name()),
        () ->
            "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL)%s"
                .formatted(
                    table.name,
                    model.fresh(dice, "ck"),
                    column.name(),
                    dice.oneOf("", " NOT VALID")),
        () -> "CREATE INDEX ON %s (%s)".formatted(table.name, column.name()),
        () ->
            "CREATE UNIQUE INDEX %s ON %s (%s)"
                .formatted(model.fresh(dice, "ix"), table.name, column.name()),
        () -> {
          List<Table> targets = model.tables.stream().filter(t -> t.key.size() == 1).toList();
          if (targets.isEmpty()) {
            return "CREATE INDEX ON %s (%s)".formatted(table.name, column.name());
          }
          Table target = dice.oneOf(targets);
          return "ALTER TABLE %s ADD FOREIGN KEY (%s) REFERENCES %s (%s)"
              .formatted(table.name, column.name(), target.name, target.key.get(0));
        },
        () -> "ALTER TABLE %s ADD PRIMARY KEY (%s)".formatted(table.name, column.name()),
        () ->
            "DO $$ DECLARE c text; BEGIN SELECT conname INTO c FROM pg_constraint WHERE conrelid = '%s'::regclass ORDER BY conname LIMIT 1; EXECUTE format('ALTER TABLE %1$s DROP CONSTRAINT %%I CASCADE', c); END $$"
                .formatted(table.name));
  }

  private String other(Table table) {
    return dice.way(
        () -> "COMMENT ON TABLE %s IS 'a ''note'''".formatted(table.name),
        () ->
            "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        () -> {
          String name = model.fresh(dice, "f");
          return "CREATE FUNCTION %s(x int) RETURNS int LANGUAGE sql IMMUTABLE RETURN x + %d"
              .formatted(name, dice.upTo(9));
        },
        () -> "ALTER TABLE %s DISABLE TRIGGER %s".formatted(table.name, dice.oneOf("ALL", "USER")),
        () -> "ALTER TABLE %s ENABLE ROW LEVEL SECURITY".formatted(table.name),
        () -> "CREATE POLICY %s ON %s USING (true)".formatted(model.fresh(dice, "p"), table.name),
        () -> "ALTER TABLE %s SET (fillfactor = 70)".formatted(table.name),
        () -> "ALTER TABLE %s REPLICA IDENTITY FULL".formatted(table.name),
        () -> "CREATE TYPE %s AS ENUM ('one', 'two')".formatted(model.fresh(dice, "type")),
        () -> "ALTER TYPE mood ADD VALUE 'new %d'".formatted(dice.upTo(99)),
        () -> "CREATE DOMAIN %s AS text NOT NULL".formatted(model.fresh(dice, "dom")),
        () -> "ALTER TABLE %s SET UNLOGGED".formatted(table.name),
        () ->
            "CREATE STATISTICS %s ON %s FROM %s"
                .formatted(
                    model.fresh(dice, "st"),
                    table.columns.size() > 1
                        ? table.columns.get(0).name() + ", " + table.columns.get(1).name()
                        : "1",
                    table.name),
        () -> {
          String schema = model.fresh(dice, "s");
          return "CREATE SCHEMA " + schema;
        });
  }
}
