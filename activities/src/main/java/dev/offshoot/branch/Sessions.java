package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Ends sessions of the branches' roles and waits until they are gone. */
final class Sessions {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
  private static final long POLL_MILLIS = 10;

  private static final String OF_ROLE =
      """
      SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE usename = ? AND pid <> pg_backend_pid()
      """;

  /** Those of others we may not end; the server itself sends its vacuum workers away. */
  private static final String ON_DATABASE =
      """
      SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE datname = ? AND pid <> pg_backend_pid()
        AND (pg_has_role(usesysid, 'USAGE')
             OR (pg_has_role('pg_signal_backend', 'USAGE')
                 AND usesysid IN (SELECT oid FROM pg_roles WHERE NOT rolsuper)))
      """;

  private Sessions() {}

  static void endOfRole(Connection maintenance, String role) throws SQLException {
    restoreMembership(maintenance, role, "CURRENT_USER");
    end(maintenance, OF_ROLE, role);
  }

  /** Ends those sessions on a database that are ours to end. */
  static void endOnDatabase(Connection maintenance, String database) throws SQLException {
    end(maintenance, ON_DATABASE, database);
  }

  /** Before Postgres 16 the experiment's role could take memberships in itself away. */
  static void restoreMembership(Connection maintenance, String role, String quotedMember)
      throws SQLException {
    Sql.execute(maintenance, "GRANT %s TO %s".formatted(Identifiers.quote(role), quotedMember));
  }

  private static void end(Connection maintenance, String query, String name) throws SQLException {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (Sql.only(maintenance, query, row -> row.getLong(1), name) > 0) {
      if (System.nanoTime() > end) {
        throw new OffshootException(
            ErrorCode.CONNECTION_LOST, "sessions of %s do not end; tried again".formatted(name));
      }
      pause(POLL_MILLIS);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OffshootException(
          ErrorCode.CANCELLED, "interrupted while waiting for sessions to end", e);
    }
  }
}
