package dev.offshoot.changelog;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

/**
 * Lets the worker look around in the middle of an experiment's transaction: under settings of its
 * own, without leaving a trace.
 */
public final class Aside {
  /** Names and operators mean the server's own; the experiment's haste is not ours. */
  private static final String OUR_SETTINGS =
      """
      SET LOCAL statement_timeout = 0;
      SET LOCAL lock_timeout = 0;
      SET LOCAL search_path = pg_catalog, pg_temp\
      """;

  private Aside() {}

  /** Something to look at. */
  @FunctionalInterface
  public interface Look<T> {
    T at(Connection connection) throws SQLException;
  }

  /**
   * What {@code look} sees. The session's settings and transaction are afterwards as they were;
   * {@code look} must not write.
   */
  public static <T> T look(Connection connection, Look<T> look) throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      statement.execute(OUR_SETTINGS);
      return look.at(connection);
    } finally {
      connection.rollback(savepoint);
      connection.releaseSavepoint(savepoint);
    }
  }
}
