package dev.offshoot.ledger;

import dev.offshoot.domain.RowChange;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import javax.sql.DataSource;

/** Reads the rows of one table chunk by chunk. For one thread. */
final class JdbcRowCursor implements ChangeSetStore.RowCursor {
  private static final String CHUNK_WITH =
      """
      SELECT first_row, lines FROM offshoot_ledger.row_chunk
      WHERE change_set = ? AND ordinal = ? AND first_row <= ?
      ORDER BY first_row DESC LIMIT 1
      """;
  private static final String CHUNK_AT =
      """
      SELECT first_row, lines FROM offshoot_ledger.row_chunk
      WHERE change_set = ? AND ordinal = ? AND first_row = ?
      """;

  private final DataSource ledger;
  private final long changeSet;
  private final int ordinal;
  private final long from;
  private Iterator<RowChange> rows = Collections.emptyIterator();
  private boolean begun;
  private boolean ended;
  private long nextChunk;

  JdbcRowCursor(DataSource ledger, long changeSet, int ordinal, long from) {
    this.ledger = ledger;
    this.changeSet = changeSet;
    this.ordinal = ordinal;
    this.from = from;
  }

  @Override
  public boolean hasNext() {
    while (!rows.hasNext() && !ended) {
      load();
    }
    return rows.hasNext();
  }

  @Override
  public RowChange next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return rows.next();
  }

  @Override
  public void close() {
    ended = true;
    rows = Collections.emptyIterator();
  }

  private void load() {
    Optional<Chunk> loaded = begun ? chunk(CHUNK_AT, nextChunk) : chunk(CHUNK_WITH, from);
    if (loaded.isEmpty()) {
      ended = true;
      return;
    }
    Chunk chunk = loaded.get();
    List<RowChange> all = CanonicalLines.rows(RowChunk.decompressed(chunk.lines()));
    long skipped = begun ? 0 : Math.min(from - chunk.firstRow(), all.size());
    rows = all.subList((int) skipped, all.size()).iterator();
    nextChunk = chunk.firstRow() + all.size();
    begun = true;
  }

  @SuppressWarnings("ArrayRecordComponent") // lives for one load
  private record Chunk(long firstRow, byte[] lines) {}

  private Optional<Chunk> chunk(String query, long row) {
    try (Connection connection = LedgerSession.open(ledger)) {
      return Sql.first(
          connection,
          query,
          found -> new Chunk(found.getLong("first_row"), found.getBytes("lines")),
          changeSet,
          ordinal,
          row);
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "reading rows of a change set", e);
    }
  }
}
