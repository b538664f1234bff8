package dev.offshoot.diff;

import dev.offshoot.changelog.KeyLog.Keys;
import dev.offshoot.domain.RowChange;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares the rows of a table in the rehearsed base with those in the branch: streams both in one
 * order and tells the differences in that order. Values are the server's own print; memory does not
 * grow with the table.
 */
final class TableComparison {
  private static final int REPORT_EVERY = 20_000;

  private final Connection base;
  private final Connection branch;
  private final Progress progress;
  private final boolean utf8;

  TableComparison(Connection base, Connection branch, Progress progress) throws SQLException {
    this.base = base;
    this.branch = branch;
    this.progress = progress;
    String encoding =
        Sql.only(
            branch,
            "SELECT pg_catalog.current_setting('server_encoding')",
            row -> row.getString(1));
    this.utf8 = encoding.equals("UTF8") || encoding.equals("SQL_ASCII");
  }

  /** Takes one difference after the other. */
  @FunctionalInterface
  interface Differences {
    void add(RowChange change) throws SQLException;
  }

  /**
   * Tells {@code differences} how the branch's rows differ from the base's: the same in the same
   * order, whether all rows are compared or those of some keys.
   *
   * @param keys of all rows that may differ; absent if nobody knows them
   * @throws dev.offshoot.domain.OffshootException {@code NOT_CARRIED} if the table may not be read
   *     completely
   */
  void compare(TablePair pair, Optional<Keys> keys, Differences differences) throws SQLException {
    progress.report("comparing " + NotCarried.show(pair.name()));
    try {
      if (keys.isEmpty()) {
        compare(pair, pair.from(), differences);
      } else if (keys.get().most() > 0) {
        try (KeyStage stage = KeyStage.of(pair, keys.get(), base, branch, progress)) {
          compare(pair, stage.from(), differences);
        }
      }
    } catch (SQLException e) {
      if (SqlErrors.state(e).equals("42501")) {
        throw NotCarried.because(
            "table %s may not be read completely (forced row-level security, or its owner's rights were revoked), so what changed in it cannot be told; leave that out of the experiment"
                .formatted(NotCarried.show(pair.name())));
      }
      throw e;
    }
  }

  private void compare(TablePair pair, String from, Differences differences) throws SQLException {
    List<String> order = order(pair);
    String query =
        "SELECT %s FROM %s%s"
            .formatted(
                pair.selected(),
                from,
                order.isEmpty() ? "" : " ORDER BY " + String.join(", ", order));
    int width = pair.columns().size();
    try (RowStream before = new RowStream(base, query, width, progress);
        RowStream after = new RowStream(branch, query, width, progress)) {
      Walk walk = new Walk(pair, before, after, differences);
      walk.begin();
      if (pair.hasKey()) {
        walk.byKey();
      } else {
        walk.asMultiset();
      }
    }
  }

  private List<String> order(TablePair pair) {
    if (pair.hasKey()) {
      return pair.keyColumns().stream()
          .map(column -> KeyOrder.of(column).expression(column.name(), utf8))
          .toList();
    }
    List<String> order = new ArrayList<>();
    // Not IS NULL, which is true of a composite value whose fields are all null.
    pair.columns()
        .forEach(
            column -> {
              order.add("pg_catalog.num_nulls(t." + Identifiers.quote(column.name()) + ")");
              order.add(KeyOrder.printed(column.name(), utf8));
            });
    return order;
  }

  /** One walk along both streams. */
  private final class Walk {
    private final TablePair pair;
    private final RowStream before;
    private final RowStream after;
    private final Differences differences;
    private final List<KeyOrder> orders;
    private long nextReport = REPORT_EVERY;

    Walk(TablePair pair, RowStream before, RowStream after, Differences differences) {
      this.pair = pair;
      this.before = before;
      this.after = after;
      this.differences = differences;
      this.orders = pair.keyColumns().stream().map(KeyOrder::of).toList();
    }

    void begin() throws SQLException {
      before.advance();
      after.advance();
      if (pair.computed() && !pair.rowsAreTellable() && before.hasRow()) {
        throw TablePair.untellable(pair.name());
      }
    }

    void byKey() throws SQLException {
      while (before.hasRow() || after.hasRow()) {
        int order = next(this::compareKeys);
        if (order < 0) {
          differences.add(RowChange.delete(atBranchPoint(before.row(), column -> true)));
          before.advance();
        } else if (order > 0) {
          differences.add(RowChange.insert(after.row()));
          after.advance();
        } else {
          if (pair.computed() || !before.row().equals(after.row())) {
            List<@Nullable String> now = after.row();
            differences.add(
                RowChange.update(
                    atBranchPoint(before.row(), column -> now.get(column) != null), now));
          }
          before.advance();
          after.advance();
        }
        report();
      }
    }

    void asMultiset() throws SQLException {
      while (before.hasRow() || after.hasRow()) {
        int order = next(TableComparison::compareRows);
        List<@Nullable String> row = order > 0 ? after.row() : before.row();
        int had = order > 0 ? 0 : runOf(row, before);
        int has = order < 0 ? 0 : runOf(row, after);
        if (had > has) {
          differences.add(new RowChange(RowChange.Kind.DELETE, row, null, had - has));
        } else if (has > had) {
          differences.add(new RowChange(RowChange.Kind.INSERT, null, row, has - had));
        }
        report();
      }
    }

    /** Below 0 if the base is to go on, above 0 if the branch is. */
    private int next(Comparator<List<@Nullable String>> order) {
      if (!after.hasRow()) {
        return -1;
      }
      return before.hasRow() ? order.compare(before.row(), after.row()) : 1;
    }

    /** How many rows from here on equal {@code row}; goes past them. */
    private int runOf(List<@Nullable String> row, RowStream stream) throws SQLException {
      int run = 0;
      while (stream.hasRow() && stream.row().equals(row)) {
        run = Math.addExact(run, 1);
        stream.advance();
      }
      return run;
    }

    private int compareKeys(List<@Nullable String> left, List<@Nullable String> right) {
      for (int i = 0; i < orders.size(); i++) {
        int column = pair.key().get(i);
        int order = orders.get(i).compare(inKey(left.get(column)), inKey(right.get(column)));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    }

    private String inKey(@Nullable String value) {
      if (value == null) {
        throw new IllegalStateException("null in a key of not-null columns");
      }
      return value;
    }

    /**
     * Without what the server made up for columns that did not exist then. Where the branch has
     * null, that is kept: the column has changed, and must be seen to.
     */
    private List<@Nullable String> atBranchPoint(
        List<@Nullable String> row, IntPredicate forgettable) {
      if (pair.chosenByServer().isEmpty()) {
        return row;
      }
      List<@Nullable String> values = new ArrayList<>(row);
      pair.chosenByServer().stream()
          .filter(column -> !pair.key().contains(column) && forgettable.test(column))
          .forEach(column -> values.set(column, null));
      return Collections.unmodifiableList(values);
    }

    private void report() {
      long rows = Math.max(before.count(), after.count());
      if (rows >= nextReport) {
        nextReport = rows + REPORT_EVERY;
        progress.report(
            String.format(
                Locale.ROOT, "comparing %s: %,d rows", NotCarried.show(pair.name()), rows));
      }
    }
  }

  /** The order in which the server sorts whole rows. */
  private static int compareRows(List<@Nullable String> left, List<@Nullable String> right) {
    for (int i = 0; i < left.size(); i++) {
      @Nullable String a = left.get(i);
      @Nullable String b = right.get(i);
      int order =
          a == null || b == null
              ? Boolean.compare(a == null, b == null)
              : KeyOrder.byCodePoint(a, b);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
