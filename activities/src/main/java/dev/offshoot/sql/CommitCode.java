package dev.offshoot.sql;

import dev.offshoot.domain.ShownText;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Optional;

/**
 * Code that would run inside a COMMIT, after the last look at what the transaction did: the query
 * of a holdable cursor, and triggers that put themselves off once more while those that waited were
 * run ({@code SET CONSTRAINTS} works in a trigger too).
 */
public final class CommitCode {
  private static final int MOST_OF_A_NAME = 140;

  private static final String HOLDABLE =
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE is_holdable)";

  /** Whoever has written a row of a table holds this lock until the end. */
  private static final String WRITTEN_WITH_WAITING_KIND =
      """
      SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname)
      FROM pg_catalog.pg_locks AS l
      JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) l.relation
      JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
      WHERE l.locktype OPERATOR(pg_catalog.=) 'relation'
        AND l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
        AND l.mode OPERATOR(pg_catalog.=) 'RowExclusiveLock'
        AND c.relkind OPERATOR(pg_catalog.=) 'r'
        AND EXISTS (SELECT FROM pg_catalog.pg_trigger AS t
          WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid AND t.tgdeferrable)
      """;

  /** Changes nothing, and is refused by the server while a trigger of the table waits. */
  private static final String TOUCH = "ALTER TABLE ONLY %s RESET (autovacuum_enabled)";

  private static final String IN_USE = "55006";
  private static final String NOT_OURS = "42501";

  private CommitCode() {}

  /**
   * What would run when the transaction of {@code connection} commits; to be asked after {@code SET
   * CONSTRAINTS ALL IMMEDIATE}. Leaves the transaction as it is.
   *
   * @return in words for a message; empty if nothing would
   */
  public static Optional<String> waiting(Connection connection) throws SQLException {
    if (Sql.only(connection, HOLDABLE, row -> row.getBoolean(1))) {
      return Optional.of("the query of a cursor WITH HOLD");
    }
    List<String> tables = Sql.list(connection, WRITTEN_WITH_WAITING_KIND, row -> row.getString(1));
    for (String table : tables) {
      if (isWaiting(connection, table)) {
        return Optional.of("a trigger of " + ShownText.oneLine(table, MOST_OF_A_NAME));
      }
    }
    return Optional.empty();
  }

  private static boolean isWaiting(Connection connection, String table) throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    try {
      Sql.execute(connection, TOUCH.formatted(table));
      return false;
    } catch (SQLException e) {
      String state = SqlErrors.state(e);
      if (!state.equals(IN_USE) && !state.equals(NOT_OURS)) {
        throw e;
      }
      return state.equals(IN_USE);
    } finally {
      connection.rollback(savepoint);
      connection.releaseSavepoint(savepoint);
    }
  }
}
