package dev.offshoot.worker.up;

import dev.offshoot.client.FreshPassword;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.worker.settings.LedgerSettings;
import dev.offshoot.worker.settings.Secret;
import dev.offshoot.worker.stack.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.util.PasswordUtil;

/**
 * The ledger's database and role on the stack's own server. The password is new at every start and
 * stored nowhere.
 */
final class LedgerDatabase {
  /**
   * Not {@code offshoot_...}: these names belong to branches, and an experiment may have the id
   * "ledger".
   */
  private static final String NAME = "ledger";

  private static final int MOST_CONNECTIONS = 10;

  private LedgerDatabase() {}

  /** Makes database and role if they are not there, and a new password. */
  static LedgerSettings ensure(EmbeddedPostgresServer server) throws SQLException {
    String password = FreshPassword.make();
    Properties login = new Properties();
    login.setProperty("user", server.superuser());
    login.setProperty("password", server.superuserPassword());
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"), login)) {
      if (!exists(connection, "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = ?")) {
        execute(connection, "CREATE ROLE %s LOGIN".formatted(Identifiers.quote(NAME)));
      }
      // Sent as a SCRAM verifier, so that the password itself never travels.
      execute(
          connection,
          "ALTER ROLE %s PASSWORD '%s'"
              .formatted(
                  Identifiers.quote(NAME), PasswordUtil.encodeScramSha256(password.toCharArray())));
      if (!exists(connection, "SELECT 1 FROM pg_catalog.pg_database WHERE datname = ?")) {
        execute(connection, "CREATE DATABASE %1$s OWNER %1$s".formatted(Identifiers.quote(NAME)));
        execute(
            connection, "REVOKE ALL ON DATABASE %s FROM PUBLIC".formatted(Identifiers.quote(NAME)));
      }
    }
    return new LedgerSettings(
        server.jdbcUrl(NAME), NAME, Secret.of(password), null, MOST_CONNECTIONS, null);
  }

  private static boolean exists(Connection connection, String query) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, NAME);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
