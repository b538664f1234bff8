package dev.offshoot;

import dev.offshoot.branch.Copying;
import dev.offshoot.branch.OnBusy;
import dev.offshoot.branch.OnDrift;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.SourceConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A second server, for source copies and their branches; started by its first use. */
public final class BranchServer {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final String OWNER = "branch_owner";
  private static final String PASSWORD = "secret-of-branch-owner";

  private BranchServer() {}

  /** The same parent with branches from a copy on this server, which does not exist yet. */
  public static ParentConfig withSource(
      ParentConfig parent, OnDrift onDrift, @Nullable Path programs) {
    SourceConfig source =
        new SourceConfig(
            url("copy" + NUMBER.incrementAndGet()),
            OWNER,
            PASSWORD,
            "postgres",
            onDrift,
            null,
            programs);
    return parent.toBuilder()
        .copying(new Copying(OnBusy.REFUSE, Copying.OF_THE_PARENT.rehearsalMaxBytes(), source))
        .build();
  }

  /** Makes the copy by the owner's own means. */
  public static void makeCopy(ParentConfig parent, String setupSql, String comment)
      throws SQLException {
    String database = databaseOf(parent);
    try (Connection owner = owner("postgres");
        Statement statement = owner.createStatement()) {
      statement.execute("CREATE DATABASE " + database);
      statement.execute("COMMENT ON DATABASE %s IS '%s'".formatted(database, comment));
    }
    try (Connection owner = owner(database);
        Statement statement = owner.createStatement()) {
      statement.execute(setupSql);
    }
  }

  /** Name of the copy's database. */
  public static String databaseOf(ParentConfig parent) {
    String url = parent.copying().source().url();
    return url.substring(url.lastIndexOf('/') + 1);
  }

  /** A session as the owner of copies and branches. */
  public static Connection owner(String database) throws SQLException {
    return DriverManager.getConnection(url(database), OWNER, PASSWORD);
  }

  public static Connection superuser(String database) throws SQLException {
    return DriverManager.getConnection(url(database), "postgres", "");
  }

  private static String url(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(Running.SERVER.getPort(), database);
  }

  private static final class Running {
    static final EmbeddedPostgres SERVER = start();

    private static EmbeddedPostgres start() {
      try {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
        MemoryDisk.freshFolder().ifPresent(builder::setDataDirectory);
        EmbeddedPostgres server =
            builder
                .setServerConfig("wal_level", "minimal")
                .setServerConfig("max_wal_senders", "0")
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (Connection superuser = server.getPostgresDatabase().getConnection();
            Statement statement = superuser.createStatement()) {
          statement.execute(
              "CREATE ROLE %s LOGIN CREATEDB CREATEROLE PASSWORD '%s'".formatted(OWNER, PASSWORD));
        }
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
