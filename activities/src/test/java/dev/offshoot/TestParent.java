package dev.offshoot;

import dev.offshoot.branch.ParentConfig;
import dev.offshoot.sql.Identifiers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A parent database of one test, with everything that its owner made on the server. */
public final class TestParent implements AutoCloseable {
  private final ParentConfig config;

  TestParent(ParentConfig config) {
    this.config = config;
  }

  public ParentConfig config() {
    return config;
  }

  /** Name of the database, the same as the parent's name. */
  public String database() {
    return config.name();
  }

  /** A session as the configured owner; keeps the parent from being copied until it is closed. */
  public Connection ownerConnection() throws SQLException {
    return PostgresServer.connect(database(), config.username(), config.password());
  }

  /** A superuser's session on the parent; also keeps it from being copied. */
  public Connection superuserConnection() throws SQLException {
    return PostgresServer.superuser(database());
  }

  /** Runs one or more statements as the owner. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = ownerConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Schema and data as text that is equal for equal contents; see {@link DatabaseDump}. */
  public String dump() throws SQLException {
    return DatabaseDump.of(database());
  }

  /** Deletes the database, every other database of its owner, and the roles that it made. */
  @Override
  public void close() throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      for (String database :
          names(
              superuser,
              "SELECT d.datname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba"
                  + " WHERE r.rolname = '%s'".formatted(config.username()))) {
        execute(superuser, "DROP DATABASE " + Identifiers.quote(database) + " WITH (FORCE)");
      }
      for (String role :
          names(
              superuser,
              """
              SELECT m.roleid::regrole::text FROM pg_auth_members m
              WHERE m.member = '%s'::regrole AND m.roleid::regrole::text ~ 'offshoot_'
              ORDER BY m.roleid::regrole::text
              """
                  .formatted(config.username()))) {
        // regrole's text is quoted already where it must be
        execute(superuser, "DROP ROLE IF EXISTS " + role);
      }
      execute(superuser, "DROP ROLE " + Identifiers.quote(config.username()));
    }
  }

  private static List<String> names(Connection connection, String query) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
