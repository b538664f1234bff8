package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.Strictness;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.ledger.Undoing;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The three-way merge of one table against a model that looks at one row after the other: random
 * bases, experiments and parents, the same conflicts and the same rows in the end.
 */
class MergeModelTest {
  private static final int ROUNDS = 60;
  private static final TableName ITEMS = new TableName("public", "items");

  /** Rows by key; a row is its two values. */
  private static final class Rows extends TreeMap<Integer, List<String>> {}

  @Test
  void merge_doesWhatTheModelDoes() throws SQLException {
    try (Merging merging =
        Merging.into("CREATE TABLE items (id int PRIMARY KEY, a text, b text)")) {
      int merged = 0;
      for (int seed = 1; seed <= ROUNDS; seed++) {
        Random random = new Random(seed);
        Rows base = rows(random);
        Rows branch = changed(base, random);
        Rows parent = changed(base, random);
        Strictness strictness = seed % 2 == 0 ? Strictness.ROW : Strictness.CELL;
        Rows expected = new Rows();
        List<String> conflicts = model(base, parent, branch, strictness, expected);
        fill(merging, parent);

        MergeResult result =
            merging.merge(
                merging.request(
                    "round-" + seed, diff(merging, base, branch), strictness, List.of()),
                Progress.NONE);

        assertThat(found(result)).as("seed %d", seed).containsExactlyElementsOf(conflicts);
        assertThat(read(merging))
            .as("seed %d", seed)
            .isEqualTo(conflicts.isEmpty() ? expected : parent);
        merged += conflicts.isEmpty() ? 1 : 0;
      }
      assertThat(merged).isBetween(ROUNDS / 5, ROUNDS * 4 / 5);
    }
  }

  private static List<String> model(
      Rows base, Rows parent, Rows branch, Strictness strictness, Rows merged) {
    List<String> conflicts = new ArrayList<>();
    TreeSet<Integer> keys = new TreeSet<>(base.keySet());
    keys.addAll(branch.keySet());
    merged.putAll(parent);
    for (int key : keys) {
      @Nullable List<String> was = base.get(key);
      @Nullable List<String> is = parent.get(key);
      @Nullable List<String> wanted = branch.get(key);
      if (Objects.equals(was, wanted) || Objects.equals(is, wanted)) {
        continue;
      }
      if (was == null) {
        if (is != null) {
          conflicts.add("INSERT_EXISTS " + key);
        } else {
          merged.put(key, Objects.requireNonNull(wanted));
        }
      } else if (wanted == null) {
        if (was.equals(is)) {
          merged.remove(key);
        } else {
          conflicts.add("DELETE_UPDATED " + key);
        }
      } else if (is == null) {
        conflicts.add("UPDATE_MISSING " + key);
      } else if (was.equals(is)) {
        merged.put(key, wanted);
      } else {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          boolean theirs = !is.get(i).equals(was.get(i));
          boolean ours = !wanted.get(i).equals(was.get(i));
          if (theirs && ours && !is.get(i).equals(wanted.get(i))) {
            break;
          }
          cells.add(ours ? wanted.get(i) : is.get(i));
        }
        if (strictness == Strictness.CELL && cells.size() == 2) {
          merged.put(key, cells);
        } else {
          conflicts.add("UPDATE_UPDATE " + key);
        }
      }
    }
    return conflicts;
  }

  private static Rows rows(Random random) {
    Rows rows = new Rows();
    for (int key = 1; key <= 6; key++) {
      if (random.nextInt(4) > 0) {
        rows.put(key, row(random));
      }
    }
    return rows;
  }

  private static Rows changed(Rows base, Random random) {
    Rows rows = new Rows();
    rows.putAll(base);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int key = 1 + random.nextInt(6);
      @Nullable List<String> old = rows.get(key);
      if (old == null) {
        rows.put(key, row(random));
      } else {
        switch (random.nextInt(4)) {
          case 0 -> rows.remove(key);
          case 1 -> rows.put(key, row(random));
          case 2 -> rows.put(key, List.of(value(random), old.get(1)));
          default -> rows.put(key, List.of(old.get(0), value(random)));
        }
      }
    }
    return rows;
  }

  private static List<String> row(Random random) {
    return List.of(value(random), value(random));
  }

  private static String value(Random random) {
    return "v" + random.nextInt(3);
  }

  private static ChangeSet diff(Merging merging, Rows base, Rows branch) {
    try (ChangeSetStore.Writer writer = merging.store.begin(new ExperimentId("model"))) {
      writer.startTable(
          new ChangedTable(
              ITEMS,
              ITEMS,
              List.of(
                  new ColumnShape("id", "integer"),
                  new ColumnShape("a", "text"),
                  new ColumnShape("b", "text")),
              List.of(0),
              base.size()));
      TreeSet<Integer> keys = new TreeSet<>(base.keySet());
      keys.addAll(branch.keySet());
      for (int key : keys) {
        @Nullable List<String> before = base.get(key);
        @Nullable List<String> after = branch.get(key);
        if (!Objects.equals(before, after)) {
          writer.row(
              new RowChange(
                  before == null
                      ? RowChange.Kind.INSERT
                      : after == null ? RowChange.Kind.DELETE : RowChange.Kind.UPDATE,
                  image(key, before),
                  image(key, after),
                  1));
        }
      }
      return writer.freeze(List.of(), List.of(), List.of(), List.of(), Undoing.OF_ROWS);
    }
  }

  private static @Nullable List<@Nullable String> image(int key, @Nullable List<String> row) {
    return row == null ? null : List.of(Integer.toString(key), row.get(0), row.get(1));
  }

  private static void fill(Merging merging, Rows rows) throws SQLException {
    String values =
        rows.entrySet().stream()
            .map(
                row ->
                    "(%d, '%s', '%s')"
                        .formatted(row.getKey(), row.getValue().get(0), row.getValue().get(1)))
            .collect(Collectors.joining(", "));
    merging.parentDoes(
        "DELETE FROM items;" + (values.isEmpty() ? "" : "INSERT INTO items VALUES " + values));
  }

  private static Map<Integer, List<String>> read(Merging merging) throws SQLException {
    Rows rows = new Rows();
    try (Connection connection = merging.parent.ownerConnection()) {
      Sql.list(
          connection,
          "SELECT id, a, b FROM items",
          row -> rows.put(row.getInt(1), List.of(row.getString(2), row.getString(3))));
    }
    return rows;
  }

  private static List<String> found(MergeResult result) {
    return result.conflicts() == null
        ? List.of()
        : result.conflicts().conflicts().stream().map(MergeModelTest::shown).toList();
  }

  private static String shown(Conflict conflict) {
    return conflict.kind() + " " + conflict.key().get(0);
  }
}
