package dev.offshoot.diff;

import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableName;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts for each column the updated rows in which its value changed. Not thread-safe. */
final class ColumnUpdates {
  private final Map<TableName, long[]> counts = new HashMap<>();

  void add(TableName table, RowChange change) {
    @Nullable List<@Nullable String> before = change.before();
    @Nullable List<@Nullable String> after = change.after();
    if (before == null || after == null) {
      return;
    }
    long[] columns = counts.computeIfAbsent(table, name -> new long[after.size()]);
    for (int i = 0; i < columns.length; i++) {
      if (!Objects.equals(before.get(i), after.get(i))) {
        columns[i] += change.count();
      }
    }
  }

  /** In the order of the table's columns; empty if no row was updated. */
  List<Long> of(TableName table) {
    return Arrays.stream(counts.getOrDefault(table, new long[0])).boxed().toList();
  }
}
