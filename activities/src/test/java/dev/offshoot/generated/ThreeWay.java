package dev.offshoot.generated;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Strictness;
import dev.offshoot.generated.Rows.Row;
import dev.offshoot.generated.Rows.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The three-way merge of rows, one after the other, in plain Java: what is to be deleted from the
 * parent, what is to be inserted, and what collides. Slow, and knows nothing of how a merge does
 * it.
 *
 * <p>Base and parent are given with the experiment's schema, tables that it made empty.
 */
final class ThreeWay {
  /**
   * @param deleted the parent's rows that go, by table
   * @param inserted rows that come, by table; a changed row goes and comes
   * @param conflicts {@code KIND table [key]}
   */
  record Merge(
      Map<String, List<Row>> deleted,
      Map<String, List<Map<String, @Nullable String>>> inserted,
      Set<String> conflicts) {}

  /** Characters of a value in a conflict. */
  private static final int SHOWN = 200;

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

  private final Rows base;
  private final Rows parent;
  private final Strictness strictness;
  private final Merge merge = new Merge(new HashMap<>(), new HashMap<>(), new TreeSet<>());

  private ThreeWay(Rows base, Rows parent, Strictness strictness) {
    this.base = base;
    this.parent = parent;
    this.strictness = strictness;
  }

  static Merge merge(Rows base, Rows branch, Rows parent, Strictness strictness) {
    ThreeWay threeWay = new ThreeWay(base, parent, strictness);
    branch.tables().values().forEach(threeWay::table);
    return threeWay.merge;
  }

  private void table(Table wanted) {
    Table was = base.tables().get(wanted.name());
    Table stands = parent.tables().get(wanted.name());
    if (was == null || !was.columns().equals(wanted.columns())) {
      throw new IllegalStateException("the base has no such table: " + wanted.name());
    }
    if (stands == null) {
      if (!images(was).equals(images(wanted))) {
        merge.conflicts().add(Conflict.Kind.SCHEMA_CHANGED + " " + wanted.id());
      }
      return;
    }
    if (wanted.key().isEmpty() || !was.key().equals(wanted.key())) {
      asMultiset(was, wanted, stands);
    } else {
      byKey(was, wanted, stands);
    }
  }

  private void byKey(Table was, Table wanted, Table stands) {
    Map<List<String>, Row> before = keyed(was, wanted);
    Map<List<String>, Row> after = keyed(wanted, wanted);
    Map<List<String>, Row> now = new HashMap<>();
    keyed(stands, wanted).forEach((key, row) -> now.put(equal(key), row));
    Set<List<String>> keys = new LinkedHashSet<>(before.keySet());
    keys.addAll(after.keySet());
    Set<List<String>> freed =
        before.keySet().stream()
            .filter(key -> !after.containsKey(key))
            .map(ThreeWay::equal)
            .collect(Collectors.toSet());
    for (List<String> key : keys) {
      // The same key in other words: its row goes before this one comes.
      boolean rewritten = !before.containsKey(key) && freed.contains(equal(key));
      row(
          wanted,
          stands,
          key,
          before.get(key),
          after.get(key),
          rewritten ? null : now.get(equal(key)));
    }
  }

  /** What the server takes for the same key: 10 and 10.0 are one number. */
  private static List<String> equal(List<String> key) {
    return key.stream()
        .map(
            part ->
                NUMBER.matcher(part).matches()
                    ? new BigDecimal(part).stripTrailingZeros().toPlainString()
                    : part)
        .toList();
  }

  private void row(
      Table wanted,
      Table stands,
      List<String> key,
      @Nullable Row before,
      @Nullable Row after,
      @Nullable Row now) {
    if (before != null && after != null && before.values().equals(after.values())) {
      return;
    }
    @Nullable List<@Nullable String> there = now == null ? null : seen(wanted, stands, now);
    if (after == null) {
      if (now != null
          && Objects.requireNonNull(there).equals(Objects.requireNonNull(before).values())
          && nothingMore(wanted, stands, now)) {
        delete(wanted, now);
      } else if (now != null) {
        conflict(Conflict.Kind.DELETE_UPDATED, wanted, key);
      }
    } else if (there != null && there.equals(after.values())) {
      return;
    } else if (before == null) {
      if (now == null) {
        insert(wanted, overlay(wanted, stands, null, after.values()));
      } else {
        conflict(Conflict.Kind.INSERT_EXISTS, wanted, key);
      }
    } else if (there == null) {
      conflict(Conflict.Kind.UPDATE_MISSING, wanted, key);
    } else {
      List<@Nullable String> merged = new ArrayList<>();
      boolean collides = strictness == Strictness.ROW && !there.equals(before.values());
      for (int i = 0; i < there.size(); i++) {
        boolean ours = !Objects.equals(before.values().get(i), after.values().get(i));
        boolean theirs = !Objects.equals(before.values().get(i), there.get(i));
        boolean same = Objects.equals(after.values().get(i), there.get(i));
        collides |= ours && theirs && !same;
        merged.add(ours ? after.values().get(i) : there.get(i));
      }
      if (collides) {
        conflict(Conflict.Kind.UPDATE_UPDATE, wanted, key);
      } else {
        delete(wanted, Objects.requireNonNull(now));
        insert(wanted, overlay(wanted, stands, now, merged));
      }
    }
  }

  private void asMultiset(Table was, Table wanted, Table stands) {
    Map<List<@Nullable String>, Integer> difference = new LinkedHashMap<>();
    was.rows().forEach(row -> difference.merge(row.values(), -1, Integer::sum));
    wanted.rows().forEach(row -> difference.merge(row.values(), 1, Integer::sum));
    difference.forEach(
        (values, count) -> {
          List<Row> equal =
              stands.rows().stream()
                  .filter(row -> seen(wanted, stands, row).equals(values))
                  .toList();
          if (count < 0) {
            equal = equal.stream().filter(row -> nothingMore(wanted, stands, row)).toList();
          }
          if (count < 0 && equal.size() < -count) {
            merge.conflicts().add(line(Conflict.Kind.DELETE_UPDATED, wanted, values));
          }
          for (int i = 0; i < -count && i < equal.size(); i++) {
            delete(wanted, equal.get(i));
          }
          for (int i = 0; i < count; i++) {
            insert(wanted, overlay(wanted, stands, null, values));
          }
        });
  }

  /** No value that the branch does not know stands in the parent's row: it would be lost. */
  private boolean nothingMore(Table wanted, Table stands, Row row) {
    return stands.columns().stream()
        .filter(column -> wanted.place(column) < 0)
        .allMatch(column -> parent.untouched(stands, row, column));
  }

  /** The parent's row in the branch's columns. */
  private static List<@Nullable String> seen(Table wanted, Table stands, Row row) {
    List<@Nullable String> values = new ArrayList<>();
    for (String column : wanted.columns()) {
      int place = stands.place(column);
      values.add(place < 0 ? "(no such column)" : row.values().get(place));
    }
    return values;
  }

  private static Map<String, @Nullable String> overlay(
      Table wanted, Table stands, @Nullable Row now, List<@Nullable String> values) {
    Map<String, @Nullable String> row = new LinkedHashMap<>();
    for (int i = 0; now != null && i < stands.columns().size(); i++) {
      row.put(stands.columns().get(i), now.values().get(i));
    }
    for (int i = 0; i < values.size(); i++) {
      row.put(wanted.columns().get(i), values.get(i));
    }
    return row;
  }

  private static Map<List<String>, Row> keyed(Table table, Table by) {
    Map<List<String>, Row> rows = new LinkedHashMap<>();
    for (Row row : table.rows()) {
      List<String> key = new ArrayList<>();
      for (int place : by.key()) {
        int there = table.place(by.columns().get(place));
        key.add(there < 0 ? "" : Objects.requireNonNull(row.values().get(there)));
      }
      rows.put(key, row);
    }
    return rows;
  }

  private static Map<List<@Nullable String>, Integer> images(Table table) {
    Map<List<@Nullable String>, Integer> images = new HashMap<>();
    table.rows().forEach(row -> images.merge(row.values(), 1, Integer::sum));
    return images;
  }

  private void delete(Table table, Row row) {
    merge.deleted().computeIfAbsent(table.name(), name -> new ArrayList<>()).add(row);
  }

  private void insert(Table table, Map<String, @Nullable String> row) {
    merge.inserted().computeIfAbsent(table.name(), name -> new ArrayList<>()).add(row);
  }

  private void conflict(Conflict.Kind kind, Table table, List<String> key) {
    merge.conflicts().add(line(kind, table, key));
  }

  private static String line(Conflict.Kind kind, Table table, List<@Nullable String> key) {
    List<@Nullable String> shown = new ArrayList<>();
    key.forEach(value -> shown.add(value == null ? null : ShownText.oneLine(value, SHOWN)));
    return kind + " " + table.id() + " " + shown;
  }
}
