package dev.offshoot.cli;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The change set as SQL to read or to run by hand: the schema script, then each row. Pure.
 *
 * <p>Offshoot itself merges set-wise and with conflict checks; this text has none.
 */
final class SqlRenderer {

  List<String> head(ChangeSummary changes) {
    List<String> lines = new ArrayList<>();
    lines.add("-- change set " + changes.digest());
    lines.add("-- For reading, or for a database that stands as the branch point did:");
    lines.add("-- unlike the merge, this script does not look for conflicts.");
    lines.add("BEGIN;");
    lines.add("SET LOCAL standard_conforming_strings = on;");
    changes.schemaScript().forEach(statement -> lines.addAll(statement(statement)));
    return lines;
  }

  List<String> tail() {
    return List.of("COMMIT;");
  }

  private static List<String> statement(String sql) {
    List<String> lines = new ArrayList<>(sql.strip().lines().toList());
    int last = lines.size() - 1;
    // A comment at the end would swallow a semicolon on its line.
    if (lines.get(last).contains("--")) {
      lines.add(";");
    } else {
      lines.set(last, lines.get(last) + ";");
    }
    return lines;
  }

  List<String> rows(TableChanges table, List<RowChange> rows) {
    return rows.stream().flatMap(row -> row(table, row).stream()).toList();
  }

  private static List<String> row(TableChanges table, RowChange row) {
    String statement =
        switch (row.kind()) {
          case INSERT -> insert(table, image(row.after()));
          case DELETE -> delete(table, image(row.before()), row.count());
          case UPDATE -> update(table, image(row.before()), image(row.after()));
        };
    int times = row.kind() == RowChange.Kind.INSERT ? row.count() : 1;
    return IntStream.range(0, times).mapToObj(i -> statement).toList();
  }

  private static String insert(TableChanges table, List<@Nullable String> after) {
    return "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s);"
        .formatted(
            name(table.table()),
            table.columns().stream()
                .map(column -> SqlLiteral.name(column.name()))
                .collect(Collectors.joining(", ")),
            after.stream().map(SqlLiteral::value).collect(Collectors.joining(", ")));
  }

  private static String update(
      TableChanges table, List<@Nullable String> before, List<@Nullable String> after) {
    String assignments =
        IntStream.range(0, after.size())
            .filter(column -> !Objects.equals(before.get(column), after.get(column)))
            .mapToObj(
                column ->
                    SqlLiteral.name(table.columns().get(column).name())
                        + " = "
                        + SqlLiteral.value(after.get(column)))
            .collect(Collectors.joining(", "));
    return "UPDATE %s SET %s WHERE %s;"
        .formatted(name(table.table()), assignments, byKey(table, before));
  }

  private static String delete(TableChanges table, List<@Nullable String> before, int count) {
    if (!table.keyColumns().isEmpty()) {
      return "DELETE FROM %s WHERE %s;".formatted(name(table.table()), byKey(table, before));
    }
    // Without a key equal rows are told apart by where they lie.
    return "DELETE FROM %1$s WHERE ctid IN (SELECT ctid FROM %1$s WHERE %2$s LIMIT %3$d);"
        .formatted(name(table.table()), byWholeRow(table, before), count);
  }

  private static String byKey(TableChanges table, List<@Nullable String> image) {
    return table.keyColumns().stream()
        .map(
            column ->
                SqlLiteral.name(table.columns().get(column).name())
                    + " = "
                    + SqlLiteral.value(image.get(column)))
        .collect(Collectors.joining(" AND "));
  }

  private static String byWholeRow(TableChanges table, List<@Nullable String> image) {
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < image.size(); i++) {
      ColumnShape column = table.columns().get(i);
      // As text, because not every type has an equality.
      conditions.add(
          "%s::text IS NOT DISTINCT FROM %s"
              .formatted(SqlLiteral.name(column.name()), SqlLiteral.value(image.get(i))));
    }
    return String.join(" AND ", conditions);
  }

  private static List<@Nullable String> image(@Nullable List<@Nullable String> image) {
    return Objects.requireNonNull(image, "the image that the kind of change has");
  }

  private static String name(TableName table) {
    return SqlLiteral.name(table.schema()) + "." + SqlLiteral.name(table.name());
  }
}
