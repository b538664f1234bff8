package dev.offshoot.text;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Changed rows of one table as SQL. Names are qualified and functions the server's own, for a
 * session whose search path is {@code pg_catalog}.
 */
final class RowStatements {
  private static final int ROWS_PER_INSERT = 100;
  private static final int LONGEST_REMARK = 120;

  /** Types whose values are equal under {@code =} exactly if they print the same. */
  private static final Set<String> PLAIN_EQUALITY =
      Set.of("smallint", "integer", "bigint", "oid", "boolean", "uuid", "date");

  /** Types for which the server has an equality of its own. */
  private static final Set<String> OWN_EQUALITY =
      Set.of(
          "text",
          "bytea",
          "inet",
          "cidr",
          "macaddr",
          "money",
          "interval",
          "real",
          "double precision",
          "\"char\"",
          "name");

  private static final List<String> OWN_EQUALITY_WITH_LENGTH =
      List.of("numeric", "character", "timestamp", "time", "bit");

  private final TableChanges table;
  private final String name;

  RowStatements(TableChanges table) {
    this.table = table;
    this.name = SqlLiteral.name(table.table());
  }

  /** Statements of up to a hundred rows each. */
  List<String> inserts(List<List<@Nullable String>> images) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      if (i % ROWS_PER_INSERT == 0) {
        lines.add(
            table.columns().isEmpty()
                ? "INSERT INTO %s DEFAULT VALUES;".formatted(name)
                : "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES"
                    .formatted(name, columnNames()));
      }
      if (!table.columns().isEmpty()) {
        boolean last = i == images.size() - 1 || i % ROWS_PER_INSERT == ROWS_PER_INSERT - 1;
        lines.add("  (%s)%s".formatted(values(images.get(i)), last ? ";" : ","));
      }
    }
    return lines;
  }

  private String columnNames() {
    return table.columns().stream()
        .map(column -> SqlLiteral.name(column.name()))
        .collect(Collectors.joining(", "));
  }

  private String values(List<@Nullable String> image) {
    return IntStream.range(0, image.size())
        .mapToObj(i -> SqlLiteral.value(table.columns().get(i), image.get(i)))
        .collect(Collectors.joining(", "));
  }

  /** What it was follows as a remark where that is short. */
  String update(RowChange row) {
    List<@Nullable String> before = Objects.requireNonNull(row.before());
    List<@Nullable String> after = Objects.requireNonNull(row.after());
    List<Integer> changed =
        IntStream.range(0, after.size())
            .filter(i -> !Objects.equals(before.get(i), after.get(i)))
            .boxed()
            .toList();
    String assignments =
        changed.stream()
            .map(
                i ->
                    SqlLiteral.name(table.columns().get(i).name())
                        + " = "
                        + SqlLiteral.value(table.columns().get(i), after.get(i)))
            .collect(Collectors.joining(", "));
    String was =
        changed.stream()
            .map(i -> SqlLiteral.value(table.columns().get(i), before.get(i)))
            .collect(Collectors.joining(", "));
    return "UPDATE %s SET %s WHERE %s;%s"
        .formatted(
            name,
            assignments,
            byKey(before),
            was.length() > LONGEST_REMARK ? "" : "  -- was " + was);
  }

  String delete(RowChange row) {
    List<@Nullable String> before = Objects.requireNonNull(row.before());
    if (!table.keyColumns().isEmpty()) {
      return "DELETE FROM %s WHERE %s;".formatted(name, byKey(before));
    }
    // Without a key equal rows are told apart by where they lie.
    return "DELETE FROM %1$s WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM %1$s WHERE %2$s LIMIT %3$d);"
        .formatted(name, byWholeRow(before), row.count());
  }

  private String byKey(List<@Nullable String> image) {
    return table.keyColumns().stream()
        .map(i -> inKey(table.columns().get(i), Objects.requireNonNull(image.get(i))))
        .collect(Collectors.joining(" AND "));
  }

  private static String inKey(ColumnShape column, String value) {
    return hasOwnEquality(column.type())
        ? "%s = %s".formatted(SqlLiteral.name(column.name()), SqlLiteral.value(column, value))
        : printed(column, value);
  }

  private static boolean hasOwnEquality(String type) {
    return PLAIN_EQUALITY.contains(type)
        || OWN_EQUALITY.contains(type)
        || (!type.endsWith("]") && OWN_EQUALITY_WITH_LENGTH.stream().anyMatch(type::startsWith));
  }

  private static String printed(ColumnShape column, String value) {
    return "format('%%s', %s) = %s"
        .formatted(SqlLiteral.name(column.name()), SqlLiteral.text(value));
  }

  private String byWholeRow(List<@Nullable String> image) {
    if (image.isEmpty()) {
      return "true";
    }
    return IntStream.range(0, image.size())
        .mapToObj(i -> exactly(table.columns().get(i), image.get(i)))
        .collect(Collectors.joining(" AND "));
  }

  private static String exactly(ColumnShape column, @Nullable String value) {
    String name = SqlLiteral.name(column.name());
    if (value == null) {
      // Not IS NULL where it is true of a composite value whose fields are all null.
      return hasOwnEquality(column.type())
          ? name + " IS NULL"
          : "num_nulls(%s) = 1".formatted(name);
    }
    if (PLAIN_EQUALITY.contains(column.type())) {
      return "%s = %s".formatted(name, SqlLiteral.value(column, value));
    }
    if (column.type().equals("text") || column.type().startsWith("character varying")) {
      return "%s = %s COLLATE \"C\"".formatted(name, SqlLiteral.text(value));
    }
    return value.isEmpty()
        ? "num_nulls(%s) = 0 AND %s".formatted(name, printed(column, value))
        : printed(column, value);
  }
}
