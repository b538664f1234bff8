package dev.offshoot.worker.stack;

import dev.offshoot.client.ScramVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.UnaryOperator;

/**
 * The parent database of {@code demo}: a small web shop with about 160,000 rows in 13 tables, the
 * same at every time and on every machine. Role {@link #OWNER} owns the database and everything in
 * it; PUBLIC may not connect.
 *
 * <p>Thread-safe; several processes may fill at once.
 */
public final class ShopParent {

  /** The database's name. */
  public static final String DATABASE = "shop";

  /** The role that owns the database: may log in, make databases and roles, and is no superuser. */
  public static final String OWNER = "shop_owner";

  /**
   * Two fillers at once, of one or several processes, wait for each other. Any number that others
   * do not use.
   */
  private static final long FILL_LOCK = 0x0ff5_4007_5400_0001L;

  private ShopParent() {}

  /** As {@link #fill(UnaryOperator, String, String, String)}, on the embedded server. */
  public static boolean fill(EmbeddedPostgresServer server, String ownerPassword) {
    return fill(server::jdbcUrl, server.superuser(), server.superuserPassword(), ownerPassword);
  }

  /**
   * Makes role, database and rows where they are missing, and gives the role the password either
   * way. Idempotent: the rows come in one transaction, so they are all there or none is, wherever
   * an earlier run was killed; what people have changed in the shop since is left alone.
   *
   * @param jdbcUrl the JDBC address of a database of the server, by name
   * @param superuser a superuser, who can log in to database {@code postgres}
   * @param ownerPassword the password {@link #OWNER} has from now on; the server only gets its
   *     SCRAM verifier
   * @return whether the rows were made now
   * @throws StackException when the server refuses something; the message holds no password
   */
  public static boolean fill(
      UnaryOperator<String> jdbcUrl,
      String superuser,
      String superuserPassword,
      String ownerPassword) {
    try {
      try (Connection connection =
          DriverManager.getConnection(jdbcUrl.apply("postgres"), superuser, superuserPassword)) {
        makeRoleAndDatabase(connection, ownerPassword);
      }
      try (Connection connection =
          DriverManager.getConnection(jdbcUrl.apply(DATABASE), OWNER, ownerPassword)) {
        return fillOnce(connection);
      }
    } catch (SQLException e) {
      throw new StackException(
          "The demo database "
              + DATABASE
              + " could not be made: "
              + e.getMessage()
              + ". Drop it and the role "
              + OWNER
              + " if they are not the demo's, and start again.",
          e);
    }
  }

  private static void makeRoleAndDatabase(Connection connection, String ownerPassword)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // CREATE DATABASE cannot run in a transaction, so the lock is the session's.
      statement.execute("SELECT pg_catalog.pg_advisory_lock(" + FILL_LOCK + ")");
      if (!exists(statement, "SELECT FROM pg_catalog.pg_roles WHERE rolname = '" + OWNER + "'")) {
        statement.execute("CREATE ROLE " + OWNER + " LOGIN NOSUPERUSER CREATEDB CREATEROLE");
      }
      // The statement that travels holds the verifier only.
      statement.execute(
          "ALTER ROLE " + OWNER + " PASSWORD '" + ScramVerifier.of(ownerPassword) + "'");
      if (!exists(
          statement, "SELECT FROM pg_catalog.pg_database WHERE datname = '" + DATABASE + "'")) {
        statement.execute(
            "CREATE DATABASE " + DATABASE + " OWNER " + OWNER + " TEMPLATE template0");
      }
      // Each time: a run may have been killed between the two.
      statement.execute("REVOKE ALL ON DATABASE " + DATABASE + " FROM PUBLIC");
      // Branches are made from there; nobody else has business on it.
      statement.execute("REVOKE ALL ON DATABASE postgres FROM PUBLIC");
      statement.execute("GRANT CONNECT ON DATABASE postgres TO " + OWNER);
    }
  }

  private static boolean fillOnce(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_catalog.pg_advisory_xact_lock(" + FILL_LOCK + ")");
      boolean missing =
          exists(statement, "SELECT WHERE pg_catalog.to_regclass('public.customers') IS NULL");
      if (missing) {
        statement.execute(resource("shop.sql"));
      }
      connection.commit();
      return missing;
    }
  }

  private static boolean exists(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery(query)) {
      return result.next();
    }
  }

  /**
   * The script of the demo's experiment: looks around, adds a column and fills it, tidies e-mail
   * addresses and product names, deletes expired coupons. Its statements end with {@code ;} and
   * touch fewer than 2,000 rows.
   */
  public static String demoExperiment() {
    return resource("demo-experiment.sql");
  }

  private static String resource(String name) {
    try (InputStream stream = ShopParent.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("Resource " + name + " is not on the class path");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StackException("Resource " + name + " could not be read.", e);
    }
  }
}
