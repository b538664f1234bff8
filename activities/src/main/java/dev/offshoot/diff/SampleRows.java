package dev.offshoot.diff;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableName;
import dev.offshoot.text.Embedding;
import dev.offshoot.text.ShownValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the first changed rows of the first tables, and for every table how often each column was
 * updated; for history and whoever reviews there. Not thread-safe.
 */
public final class SampleRows {
  private static final int ROWS = 5;
  private static final int TABLES = 20;
  private static final int VALUE_LIMIT = 200;

  private final Map<TableName, List<RowChange>> samples = new HashMap<>();
  private final ColumnUpdates updates = new ColumnUpdates();

  /**
   * @param columns of the table, which its rows are about
   */
  public void add(TableName table, List<ColumnShape> columns, RowChange change) {
    updates.add(table, change);
    if (samples.size() == TABLES && !samples.containsKey(table)) {
      return;
    }
    List<RowChange> rows = samples.computeIfAbsent(table, name -> new ArrayList<>());
    if (rows.size() < ROWS) {
      rows.add(elided(columns, change));
    }
  }

  public List<RowChange> of(TableName table) {
    return List.copyOf(samples.getOrDefault(table, List.of()));
  }

  /** For each column the updated rows in which its value changed; empty if none was updated. */
  public List<Long> updatesOf(TableName table) {
    return updates.of(table);
  }

  private static RowChange elided(List<ColumnShape> columns, RowChange change) {
    if (change.before() == null || change.after() == null) {
      return new RowChange(
          change.kind(),
          elided(columns, change.before()),
          elided(columns, change.after()),
          change.count());
    }
    List<@Nullable String> before = new ArrayList<>();
    List<@Nullable String> after = new ArrayList<>();
    for (int i = 0; i < change.before().size(); i++) {
      String old = change.before().get(i);
      String now = change.after().get(i);
      String type = columns.get(i).type();
      if (old == null || now == null || old.equals(now)) {
        before.add(elided(type, old));
        after.add(elided(type, now));
      } else {
        // Cut to where they differ, else a late change would not show.
        ShownValue.Change cut =
            Embedding.change(type, old, now)
                .orElseGet(() -> ShownValue.excerpts(old, now, VALUE_LIMIT));
        before.add(cut.before());
        after.add(cut.after());
      }
    }
    return new RowChange(
        change.kind(),
        Collections.unmodifiableList(before),
        Collections.unmodifiableList(after),
        change.count());
  }

  private static @Nullable List<@Nullable String> elided(
      List<ColumnShape> columns, @Nullable List<@Nullable String> image) {
    if (image == null) {
      return null;
    }
    List<@Nullable String> shown = new ArrayList<>(image.size());
    for (int i = 0; i < image.size(); i++) {
      shown.add(elided(columns.get(i).type(), image.get(i)));
    }
    return Collections.unmodifiableList(shown);
  }

  private static @Nullable String elided(String type, @Nullable String value) {
    return value == null
        ? null
        : Embedding.of(type, value).orElseGet(() -> ShownText.lines(value, VALUE_LIMIT));
  }
}
