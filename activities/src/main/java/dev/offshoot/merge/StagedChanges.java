package dev.offshoot.merge;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowChange;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangeSetStore.RowCursor;
import dev.offshoot.merge.ParentTable.Column;
import dev.offshoot.merge.ParentTable.KeyColumn;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;

/**
 * The reviewed rows of one table on the parent, in a temporary table with the columns' own types:
 * its number {@code n}, its kind (I, U or D), {@code copies}, {@code changed} (for an update a 1
 * for each changed column, else a 0), the key {@code k…}, the image at the branch point {@code b…}
 * and the reviewed image {@code a…}, named by the numbers of the parent's columns.
 *
 * <p>Values become typed by the types' own input functions: no cast and nobody's code runs.
 *
 * @param kinds the kinds of changes that there are
 * @param changedColumns names of the columns that updates change
 */
record StagedChanges(Set<RowChange.Kind> kinds, List<String> changedColumns) {
  private static final int ROWS_PER_REPORT = 20_000;
  private static final int CHARACTERS_PER_MESSAGE = 1 << 16;

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
    session.execute("ANALYZE " + table.changes());
    return staged;
  }

  boolean has(RowChange.Kind kind) {
    return kinds.contains(kind);
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
    private final CopyIn copy;
    private final List<Integer> keyPlaces;
    private final StringBuilder pending = new StringBuilder(CHARACTERS_PER_MESSAGE + 4096);
    private final BitSet changed = new BitSet();
    private final Set<RowChange.Kind> kinds = EnumSet.noneOf(RowChange.Kind.class);
    private long number;

    Stream(ParentSession session, TableMerge table, CopyIn copy) {
      this.session = session;
      this.table = table;
      this.copy = copy;
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
        if (pending.length() >= CHARACTERS_PER_MESSAGE) {
          send();
        }
      }
      send();
      return new StagedChanges(
          Set.copyOf(kinds),
          changed.stream().mapToObj(i -> table.columns().get(i).column().name()).toList());
    }

    private void report() {
      session.report("staging %s: %,d rows".formatted(table.name(), number));
    }

    private void line(RowChange row) {
      List<@Nullable String> before = image(row, row.kind() != RowChange.Kind.INSERT, row.before());
      List<@Nullable String> after = image(row, row.kind() != RowChange.Kind.DELETE, row.after());
      List<@Nullable String> named = row.kind() == RowChange.Kind.INSERT ? after : before;
      kinds.add(row.kind());
      CopyLine line =
          new CopyLine(pending)
              .field(Long.toString(number))
              .field(row.kind().name().substring(0, 1))
              .field(Integer.toString(row.count()))
              .field(row.kind() == RowChange.Kind.UPDATE ? changes(before, after) : null);
      keyPlaces.forEach(place -> line.field(named.get(place - 1)));
      before.forEach(line::field);
      after.forEach(line::field);
      line.end();
    }

    private String changes(List<@Nullable String> before, List<@Nullable String> after) {
      StringBuilder mask = new StringBuilder();
      for (int i = 0; i < before.size(); i++) {
        boolean same = Objects.equals(before.get(i), after.get(i));
        mask.append(same ? '0' : '1');
        changed.set(i, changed.get(i) || !same);
      }
      return mask.toString();
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

    private void send() throws SQLException {
      byte[] bytes = pending.toString().getBytes(StandardCharsets.UTF_8);
      copy.writeToCopy(bytes, 0, bytes.length);
      pending.setLength(0);
    }
  }
}
