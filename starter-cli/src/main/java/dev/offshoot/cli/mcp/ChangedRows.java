package dev.offshoot.cli.mcp;

import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableChanges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Changed rows by column name: of an update the key and what differs, else every column. Values are
 * cut, masked ones left out. Not thread-safe.
 */
final class ChangedRows {
  private static final int MOST_OF_A_VALUE = 200;
  private static final String MASKED = "(masked)";

  private final TableChanges table;
  private final List<Boolean> masks;
  private final List<Object> rows = new ArrayList<>();

  ChangedRows(TableChanges table, ToolSettings settings) {
    this.table = table;
    this.masks =
        table.columns().stream()
            .map(
                column ->
                    settings.masks(table.table().schema(), table.table().name(), column.name()))
            .toList();
  }

  int count() {
    return rows.size();
  }

  List<Object> rows() {
    return rows;
  }

  /** Columns whose values are not shown. */
  List<String> masked() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < masks.size(); i++) {
      if (masks.get(i)) {
        names.add(table.columns().get(i).name());
      }
    }
    return names;
  }

  /** Takes as many as there is room for, and answers how many. */
  int add(List<RowChange> changes, RowBudget budget) {
    int taken = 0;
    for (RowChange change : changes) {
      Object row = row(change);
      if (!budget.takes(row)) {
        break;
      }
      rows.add(row);
      taken++;
    }
    return taken;
  }

  private Object row(RowChange change) {
    @Nullable List<@Nullable String> before = change.before();
    @Nullable List<@Nullable String> after = change.after();
    Answer row = new Answer().with("change", change.kind());
    if (before != null && after != null) {
      Map<String, @Nullable String> old = new LinkedHashMap<>();
      Map<String, @Nullable String> now = new LinkedHashMap<>();
      Map<String, @Nullable String> key = new LinkedHashMap<>();
      for (int i = 0; i < table.columns().size(); i++) {
        if (table.keyColumns().contains(i)) {
          put(key, i, before);
        }
        if (!Objects.equals(before.get(i), after.get(i))) {
          put(old, i, before);
          put(now, i, after);
        }
      }
      row.with("key", key).with("before", old).with("after", now);
    } else {
      row.with("before", whole(before)).with("after", whole(after));
    }
    return row.with("times", change.count() > 1 ? change.count() : null).asMap();
  }

  private @Nullable Map<String, @Nullable String> whole(@Nullable List<@Nullable String> image) {
    if (image == null) {
      return null;
    }
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    for (int i = 0; i < table.columns().size(); i++) {
      put(values, i, image);
    }
    return values;
  }

  private void put(Map<String, @Nullable String> values, int column, List<@Nullable String> image) {
    @Nullable String value = image.get(column);
    values.put(
        table.columns().get(column).name(),
        value == null
            ? null
            : masks.get(column) ? MASKED : ShownText.elided(value, MOST_OF_A_VALUE));
  }
}
