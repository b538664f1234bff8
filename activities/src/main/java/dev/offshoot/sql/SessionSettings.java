package dev.offshoot.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * How every session of ours is opened and set, so that the same value prints the same everywhere
 * and the same statement means the same on branch, base and parent.
 */
public final class SessionSettings {
  /** Begins the application name of every session of ours, by which we know them. */
  public static final String APPLICATION = "offshoot";

  private static final int SECONDS_TO_CONNECT = 5;

  /**
   * Plain SET resolves no function and no operator, so that nothing in the database's own schemas
   * can step in between.
   */
  private static final String EVERYWHERE =
      """
      SET DateStyle = 'ISO, MDY';
      SET IntervalStyle = 'postgres';
      SET TimeZone = 'UTC';
      SET bytea_output = 'hex';
      SET extra_float_digits = 1;
      SET lc_monetary = 'C';
      SET lc_numeric = 'C';
      SET lc_time = 'C';
      SET xmlbinary = 'base64';
      SET xmloption = 'content';
      SET standard_conforming_strings = on;
      SET array_nulls = on;
      SET quote_all_identifiers = off;
      SET statement_timeout = 0;
      SET lock_timeout = 0;
      SET idle_in_transaction_session_timeout = 0;
      SET idle_session_timeout = 0
      """;

  /** Row security is an error rather than a silent filter: what is read must be everything. */
  private static final String FOR_READING =
      """
      SET search_path = pg_catalog, pg_temp;
      SET row_security = off
      """;

  private SessionSettings() {}

  /**
   * Opens a plain session, which the caller closes.
   *
   * @param url JDBC address, whose own parameters (SSL and the like) are kept
   * @param database which database of that server
   * @return set as everywhere, with the search path that database and role have; autocommit is on
   */
  public static Connection open(String url, String user, String password, String database)
      throws SQLException {
    Connection connection = dataSource(url, user, password, database).getConnection();
    try {
      apply(connection);
    } catch (SQLException e) {
      try (connection) {
        throw e;
      }
    }
    return connection;
  }

  /** Where sessions come from that still need {@link #apply}; for pools. */
  public static PGSimpleDataSource dataSource(
      String url, String user, String password, String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    source.setDatabaseName(database);
    source.setUser(user);
    source.setPassword(password);
    source.setApplicationName(APPLICATION);
    source.setBinaryTransfer(false);
    source.setPreferQueryMode(PreferQueryMode.EXTENDED);
    // No statement has a name on the server. Names could be taken over by code of an agent that
    // runs
    // in the same session (DEALLOCATE, PREPARE), and even our COMMIT would have one.
    source.setPrepareThreshold(0);
    source.setConnectTimeout(SECONDS_TO_CONNECT);
    source.setLoginTimeout(2 * SECONDS_TO_CONNECT);
    source.setTcpKeepAlive(true);
    source.setReWriteBatchedInserts(true);
    // Details of an error hold row values; the driver is not to put them into messages.
    source.setLogServerErrorDetail(false);
    return source;
  }

  /** The database that {@code url} names; like the driver, the user's own if it names none. */
  public static String databaseOf(String url, String user) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    String database = source.getDatabaseName();
    return database == null || database.isEmpty() ? user : database;
  }

  /** Sets a session as every session of ours is; leaves its search path. */
  public static void apply(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(EVERYWHERE);
      if (connection.getMetaData().getDatabaseMajorVersion() >= 17) {
        statement.execute("SET transaction_timeout = 0");
      }
    }
  }

  /** On top of {@link #apply}: for reading a database whose schemas somebody else may fill. */
  public static void applyForReading(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(FOR_READING);
    }
  }
}
