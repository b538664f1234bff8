package dev.offshoot.diff;

import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** What a session of the reader's is while it runs statements that an experiment ran, or might. */
final class ExperimentRole {
  private static final String SETTINGS =
      """
      SELECT pg_catalog.set_config('search_path', ?, true),
        pg_catalog.set_config('statement_timeout', ?, true)
      """;

  private ExperimentRole() {}

  /**
   * Has no more rights than the experiment until the transaction ends or the role is reset.
   *
   * @param session in a transaction
   * @param timeout of each statement
   */
  static void become(Connection session, String role, String searchPath, Duration timeout)
      throws SQLException {
    Sql.execute(session, "SET LOCAL ROLE " + Identifiers.quote(role));
    Sql.only(session, SETTINGS, row -> true, searchPath, Long.toString(timeout.toMillis()));
  }
}
