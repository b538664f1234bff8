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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of one table chunk by chunk. Whoever goes on after the first chunk goes through
 * all, mostly: from then on the next chunk is read and taken apart while the last one is worked on.
 * For one thread.
 */
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

  /** Each chunk that is read ahead has a thread for the milliseconds that it takes. */
  private static final Executor AHEAD =
      task -> {
        Thread thread = new Thread(task, "offshoot-ledger-ahead");
        thread.setDaemon(true);
        thread.start();
      };

  private final DataSource ledger;
  private final long changeSet;
  private final int ordinal;
  private final long from;
  private Iterator<RowChange> rows = Collections.emptyIterator();
  private boolean begun;
  private boolean ended;
  private long nextChunk;
  private @Nullable CompletableFuture<Optional<Chunk>> ahead;

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
    if (ahead != null) {
      // Its session goes back before the ledger may be closed; what it read, nobody asks any more.
      ahead.handle((read, failure) -> true).join();
      ahead = null;
    }
  }

  private void load() {
    Optional<Chunk> loaded =
        ahead != null ? await(ahead) : begun ? chunk(CHUNK_AT, nextChunk) : chunk(CHUNK_WITH, from);
    ahead = null;
    if (loaded.isEmpty()) {
      ended = true;
      return;
    }
    Chunk chunk = loaded.get();
    List<RowChange> all = chunk.rows();
    long skipped = begun ? 0 : Math.min(from - chunk.firstRow(), all.size());
    rows = all.subList((int) skipped, all.size()).iterator();
    long next = chunk.firstRow() + all.size();
    if (begun) {
      ahead = CompletableFuture.supplyAsync(() -> chunk(CHUNK_AT, next), AHEAD);
    }
    nextChunk = next;
    begun = true;
  }

  private static Optional<Chunk> await(CompletableFuture<Optional<Chunk>> ahead) {
    try {
      return ahead.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  private record Chunk(long firstRow, List<RowChange> rows) {}

  private Optional<Chunk> chunk(String query, long row) {
    try (Connection connection = LedgerSession.open(ledger)) {
      return Sql.first(
          connection,
          query,
          found ->
              new Chunk(
                  found.getLong("first_row"),
                  CanonicalLines.rows(RowChunk.decompressed(found.getBytes("lines")))),
          changeSet,
          ordinal,
          row);
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "reading rows of a change set", e);
    }
  }
}
