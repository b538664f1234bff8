package dev.offshoot.merge;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowChange;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangeSetStore.RowCursor;
import dev.offshoot.merge.ParentTable.Column;
import dev.offshoot.merge.ParentTable.KeyColumn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;

/**
 * The reviewed rows of one table on the parent, in a temporary table with the columns' own types:
 * its number {@code n}, its kind (I, U or D), {@code copies}, {@code changed} (for an update a 1
 * for each changed column, else a 0), the key {@code k…}, the image at the branch point {@code b…}
 * and the reviewed image {@code a…}, named by the numbers of the parent's columns. Of an update's
 * reviewed image only what differs is there; {@link ReviewedColumn#after} is the whole.
 *
 * <p>Values become typed by the types' own input functions: no cast and nobody's code runs.
 *
 * @param counts how many changes of each kind there are; none is left out
 * @param changedColumns names of the columns that some update changes
 * @param alwaysChanged names of the columns that every update changes
 */
record StagedChanges(
    Map<RowChange.Kind, Long> counts, List<String> changedColumns, List<String> alwaysChanged) {
  private static final int ROWS_PER_REPORT = 20_000;

  private static final String TABLE =
      """
      CREATE TEMPORARY TABLE {changes} (
        n bigint, kind text, copies int, changed text, {columns}) ON COMMIT DROP
      """;

  /** Streams the rows from the ledger to the parent. */
  static StagedChanges stage(
      ParentSession session, ChangeSetStore store, String digest, TableMerge table)
      throws SQLException {
    session.execute(
        SqlTemplate.fill(
            TABLE,
            Map.of("changes", table.changes(), "columns", String.join(", ", columns(table)))));
    // A domain's check may be anybody's code.
    return session.timed(() -> copy(session, store, digest, table));
  }

  private static StagedChanges copy(
      ParentSession session, ChangeSetStore store, String digest, TableMerge table)
      throws SQLException {
    StagedChanges staged;
    try (RowCursor rows = store.rows(digest, table.name(), 0)) {
      CopyIn copy = session.copy().copyIn("COPY %s FROM STDIN".formatted(table.changes()));
      try {
        staged = new Stream(session, table, copy).write(rows);
        copy.endCopy();
      } finally {
        if (copy.isActive()) {
          copy.cancelCopy();
        }
      }
    }
    return staged;
  }

  /** For statements that choose how to join them. */
  static void analyze(ParentSession session, TableMerge table) throws SQLException {
    // What rows are joined and chosen by; a statistic of every column would take a while.
    List<String> joined = new ArrayList<>(List.of("n", "kind"));
    table.key().forEach(part -> joined.add("k" + part.column().number()));
    session.execute("ANALYZE %s (%s)".formatted(table.changes(), String.join(", ", joined)));
  }

  boolean has(RowChange.Kind kind) {
    return count(kind) > 0;
  }

  /** How many changes of that kind; in a table without a key one may stand for several rows. */
  long count(RowChange.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  /** Whether updates change one of those columns. */
  boolean changesAny(List<String> columns) {
    return !Collections.disjoint(changedColumns, columns);
  }

  private static List<String> columns(TableMerge table) {
    List<String> columns = new ArrayList<>();
    for (KeyColumn part : table.key()) {
      columns.add(part.column().definition("k" + part.column().number()));
    }
    for (String image : List.of("b", "a")) {
      for (ReviewedColumn reviewed : table.columns()) {
        Column column = reviewed.column();
        columns.add(column.definition(image + column.number()));
      }
    }
    return columns;
  }

  /** One COPY under way. */
  private static final class Stream {
    private final ParentSession session;
    private final TableMerge table;
    private final CopyRows copy;
    private final List<Integer> keyPlaces;

    /** Of the update at hand, of all so far, and of any so far. */
    private final BitSet differs = new BitSet();

    private final BitSet always = new BitSet();
    private final BitSet ever = new BitSet();
    private final Map<RowChange.Kind, Long> counts = new EnumMap<>(RowChange.Kind.class);
    private long number;

    Stream(ParentSession session, TableMerge table, CopyIn copy) {
      this.session = session;
      this.table = table;
      this.copy = new CopyRows(copy);
      this.keyPlaces =
          table.key().stream()
              .map(
                  part ->
                      table.columns().stream()
                          .filter(column -> column.column().equals(part.column()))
                          .findFirst()
                          .orElseThrow()
                          .place())
              .toList();
    }

    StagedChanges write(RowCursor rows) throws SQLException {
      report();
      while (rows.hasNext()) {
        RowChange row = rows.next();
        line(row);
        number++;
        if (number % ROWS_PER_REPORT == 0) {
          report();
        }
      }
      copy.send();
      return new StagedChanges(Map.copyOf(counts), names(ever), names(always));
    }

    private List<String> names(BitSet places) {
      return places.stream().mapToObj(i -> table.columns().get(i).column().name()).toList();
    }

    private void report() {
      session.report("staging %s: %,d rows".formatted(table.name(), number));
    }

    private void line(RowChange row) throws SQLException {
      List<@Nullable String> before = image(row, row.kind() != RowChange.Kind.INSERT, row.before());
      List<@Nullable String> after = image(row, row.kind() != RowChange.Kind.DELETE, row.after());
      List<@Nullable String> named = row.kind() == RowChange.Kind.INSERT ? after : before;
      boolean update = row.kind() == RowChange.Kind.UPDATE;
      counts.merge(row.kind(), 1L, Long::sum);
      copy.field(Long.toString(number))
          .field(row.kind().name().substring(0, 1))
          .field(Integer.toString(row.count()))
          .field(update ? changes(before, after) : null);
      keyPlaces.forEach(place -> copy.field(named.get(place - 1)));
      before.forEach(copy::field);
      for (int i = 0; i < after.size(); i++) {
        copy.field(update && !differs.get(i) ? null : after.get(i));
      }
      copy.end();
    }

    /** Notes where the images of an update differ, and writes it down. */
    private String changes(List<@Nullable String> before, List<@Nullable String> after) {
      differs.clear();
      char[] mask = new char[before.size()];
      for (int i = 0; i < mask.length; i++) {
        boolean same = Objects.equals(before.get(i), after.get(i));
        mask[i] = same ? '0' : '1';
        differs.set(i, !same);
      }
      if (counts.getOrDefault(RowChange.Kind.UPDATE, 0L) == 1) {
        always.or(differs);
      }
      always.and(differs);
      ever.or(differs);
      return String.valueOf(mask);
    }

    private List<@Nullable String> image(
        RowChange row, boolean expected, @Nullable List<@Nullable String> image) {
      int width = table.columns().size();
      boolean fits = expected ? image != null && image.size() == width : image == null;
      if (!fits || (table.hasKey() ? row.count() != 1 : row.kind() == RowChange.Kind.UPDATE)) {
        throw new OffshootException(
            ErrorCode.INTERNAL,
            "change %d of table %s in the ledger does not fit its columns"
                .formatted(number, table.name()));
      }
      return image == null ? Collections.nCopies(width, null) : image;
    }
  }
}
