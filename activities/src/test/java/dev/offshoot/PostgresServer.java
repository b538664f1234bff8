package dev.offshoot;

import dev.offshoot.branch.ParentConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The one throw-away Postgres of a test JVM, started by its first use and gone with the JVM: 18, or
 * what {@code mvn -Dpostgres=N} says.
 *
 * <p>Fast rather than durable, but strict about logins: only the superuser {@code postgres} gets in
 * without a password.
 */
public final class PostgresServer {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final String LOGINS =
      """
      local all all trust
      host all postgres 127.0.0.1/32 trust
      host all all 127.0.0.1/32 scram-sha-256
      """;

  /** System property: with {@code true} the server keeps its promises, as a parent's would. */
  public static final String DURABLE = "offshoot.test.durable";

  private static final Map<String, String> DURABLE_SETTINGS =
      Map.of(
          "fsync", "on",
          "full_page_writes", "on",
          "synchronous_commit", "on",
          "wal_level", "replica",
          "shared_buffers", "1GB",
          "max_wal_size", "8GB");

  private PostgresServer() {}

  /**
   * A fresh database that {@code setupSql} has filled, with a login of its own that owns it and may
   * create databases and roles. PUBLIC may not connect to it.
   */
  public static TestParent parent(String setupSql) throws SQLException {
    String name = "p" + NUMBER.incrementAndGet();
    String owner = name + "_owner";
    String password = "secret-of-" + owner;
    try (Connection superuser = superuser("postgres");
        Statement statement = superuser.createStatement()) {
      statement.execute(
          "CREATE ROLE %s LOGIN CREATEDB CREATEROLE PASSWORD '%s'".formatted(owner, password));
      statement.execute("CREATE DATABASE %s OWNER %s".formatted(name, owner));
      statement.execute("REVOKE CONNECT, TEMPORARY ON DATABASE %s FROM PUBLIC".formatted(name));
    }
    TestParent parent = new TestParent(ParentConfig.of(name, url(name), owner, password));
    if (!setupSql.isBlank()) {
      try (Connection connection = parent.ownerConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(setupSql);
      }
    }
    return parent;
  }

  /** An empty database of its own for a ledger. */
  public static DataSource freshLedger() throws SQLException {
    String name = "ledger" + NUMBER.incrementAndGet();
    String password = "secret-of-" + name;
    try (Connection superuser = superuser("postgres");
        Statement statement = superuser.createStatement()) {
      statement.execute("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(name, password));
      statement.execute("CREATE DATABASE %s OWNER %s".formatted(name, name));
    }
    PGSimpleDataSource ledger = new PGSimpleDataSource();
    ledger.setUrl(url(name));
    ledger.setUser(name);
    ledger.setPassword(password);
    return ledger;
  }

  /** A session that may do anything; for looking, and for what only a superuser can set up. */
  public static Connection superuser(String database) throws SQLException {
    return connect(database, "postgres", "");
  }

  /** A session as anybody, with the driver's defaults. */
  public static Connection connect(String database, String user, String password)
      throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", user);
    login.setProperty("password", password);
    return DriverManager.getConnection(url(database), login);
  }

  public static String url(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port(), database);
  }

  public static int port() {
    return Running.SERVER.getPort();
  }

  /** 14 to 18. */
  public static int majorVersion() {
    return Running.MAJOR_VERSION;
  }

  /** Started when first asked for. */
  private static final class Running {
    static final EmbeddedPostgres SERVER = start();
    static final int MAJOR_VERSION = askVersion();

    private static int askVersion() {
      try (Connection session = SERVER.getPostgresDatabase().getConnection()) {
        return session.getMetaData().getDatabaseMajorVersion();
      } catch (SQLException e) {
        throw new IllegalStateException("a server that does not tell its version", e);
      }
    }

    private static EmbeddedPostgres start() {
      try {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
        builder
            .setServerConfig("max_connections", "200")
            .setServerConfig("max_prepared_transactions", "10")
            .setServerConfig("password_encryption", "scram-sha-256")
            .setServerConfig("wal_level", "minimal")
            .setServerConfig("max_wal_senders", "0")
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setDataDirectoryCustomizer(Running::askForPasswords)
            .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
            .setOutputRedirector(ProcessBuilder.Redirect.DISCARD);
        if (Boolean.getBoolean(DURABLE)) {
          DURABLE_SETTINGS.forEach(builder::setServerConfig);
        } else {
          MemoryDisk.freshFolder().ifPresent(builder::setDataDirectory);
        }
        EmbeddedPostgres server = builder.start();
        hashQuickly(server);
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Tests log in thousands of times, with passwords that nobody is after; known since 16. */
    private static void hashQuickly(EmbeddedPostgres server) {
      try (Connection session = server.getPostgresDatabase().getConnection();
          Statement statement = session.createStatement()) {
        if (session.getMetaData().getDatabaseMajorVersion() >= 16) {
          statement.execute("ALTER SYSTEM SET scram_iterations = 1");
          statement.execute("SELECT pg_reload_conf()");
        }
      } catch (SQLException e) {
        throw new IllegalStateException("a server that does not take a setting", e);
      }
    }

    private static void askForPasswords(File dataDirectory) {
      try {
        Files.writeString(Path.of(dataDirectory.getPath(), "pg_hba.conf"), LOGINS);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
