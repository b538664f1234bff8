package dev.offshoot.workflow;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.Delta;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.text.SqlLiteral;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One changed row on one line: sign, key, and the cells that matter. */
final class RowText {
  private static final int CELL_LIMIT = 200;

  private RowText() {}

  static String of(TableChanges table, RowChange row) {
    return switch (row.kind()) {
      case INSERT -> "+ " + cells(table, image(row.after())) + times(row);
      case DELETE -> "- " + cells(table, image(row.before())) + times(row);
      case UPDATE -> "~ " + key(table, image(row.before())) + changed(table, row);
    };
  }

  private static String times(RowChange row) {
    return row.count() > 1 ? " (%d times)".formatted(row.count()) : "";
  }

  private static List<@Nullable String> image(@Nullable List<@Nullable String> image) {
    return Objects.requireNonNull(image, "the image that the kind of change has");
  }

  private static String cells(TableChanges table, List<@Nullable String> image) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < image.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(cell(table, i, image.get(i)));
    }
    return text.toString();
  }

  private static String key(TableChanges table, List<@Nullable String> image) {
    return table.keyColumns().stream()
        .map(i -> cell(table, i, image.get(i)))
        .collect(Collectors.joining(", ", "", ": "));
  }

  private static String changed(TableChanges table, RowChange row) {
    List<@Nullable String> before = image(row.before());
    List<@Nullable String> after = image(row.after());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < after.size(); i++) {
      if (!Objects.equals(before.get(i), after.get(i))) {
        text.append(text.isEmpty() ? "" : ", ");
        added(table, i, before.get(i), after.get(i))
            .ifPresent(added -> text.append(added).append(" from "));
        text.append(cell(table, i, before.get(i))).append(" → ").append(value(after.get(i)));
      }
    }
    return text.toString();
  }

  /** What is added to a counter, which is what the merge does: {@code stock +5}. */
  private static Optional<String> added(
      TableChanges table, int column, @Nullable String before, @Nullable String after) {
    ColumnShape shape = table.columns().get(column);
    return shape.delta()
        ? Delta.between(before, after).map(added -> shape.name() + " " + added)
        : Optional.empty();
  }

  private static String cell(TableChanges table, int column, @Nullable String value) {
    return SqlLiteral.name(table.columns().get(column).name()) + "=" + value(value);
  }

  private static String value(@Nullable String value) {
    // Doubled quotes, so that no value can go on as if another cell began.
    return value == null
        ? "NULL"
        : "'" + ShownText.oneLine(value, CELL_LIMIT).replace("'", "''") + "'";
  }
}
