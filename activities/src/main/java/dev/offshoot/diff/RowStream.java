package dev.offshoot.diff;

import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a query as the server prints them, a few at a time: as many as fit into a few megabytes,
 * however wide they are.
 */
final class RowStream implements AutoCloseable {
  private static final int FIRST_FETCH = 20;
  private static final int MOST_ROWS = 5_000;
  private static final long MOST_CHARACTERS = 4_000_000;

  private final Statement statement;
  private final ResultSet rows;
  private final int width;
  private int fetched = FIRST_FETCH;
  private int seenOfFetch;
  private long charactersOfFetch;
  private long count;
  private @Nullable List<@Nullable String> row;

  /**
   * Starts the query in the connection's transaction.
   *
   * @param width columns of each row
   */
  RowStream(Connection connection, String query, int width, Progress progress) throws SQLException {
    this.width = width;
    this.statement = connection.createStatement();
    statement.setEscapeProcessing(false);
    statement.setFetchSize(FIRST_FETCH);
    Progress.Interruptible running = progress.interruptible(statement);
    try {
      this.rows = statement.executeQuery(query);
    } catch (SQLException e) {
      try (statement) {
        throw e;
      }
    } finally {
      running.close();
    }
  }

  /** Goes to the next row, the first one at first; false if there is none. */
  boolean advance() throws SQLException {
    adaptFetchSize();
    if (!rows.next()) {
      row = null;
      return false;
    }
    @Nullable String[] values = new String[width];
    for (int i = 0; i < width; i++) {
      String value = rows.getString(i + 1);
      values[i] = value;
      charactersOfFetch += value == null ? 1 : value.length();
    }
    seenOfFetch++;
    count++;
    row = Collections.unmodifiableList(Arrays.asList(values));
    return true;
  }

  boolean hasRow() {
    return row != null;
  }

  List<@Nullable String> row() {
    if (row == null) {
      throw new IllegalStateException("not on a row");
    }
    return row;
  }

  /** Rows that the next fetch asks for. */
  int fetchSize() {
    return fetched;
  }

  /** Rows seen until now. */
  long count() {
    return count;
  }

  /** The next fetch is as large as this one's rows suggest. */
  private void adaptFetchSize() throws SQLException {
    if (seenOfFetch < fetched) {
      return;
    }
    long perRow = Math.max(1, charactersOfFetch / seenOfFetch);
    int next = (int) Math.max(1, Math.min(MOST_ROWS, MOST_CHARACTERS / perRow));
    rows.setFetchSize(next);
    fetched = next;
    seenOfFetch = 0;
    charactersOfFetch = 0;
  }

  @Override
  public void close() throws SQLException {
    // Closes its result as well.
    statement.close();
  }
}
