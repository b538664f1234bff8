package dev.offshoot.neon;

import dev.offshoot.MemoryDisk;
import dev.offshoot.generated.PgDump;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The servers behind a fake Neon. A branch is a Postgres of its own on a physical copy of its
 * parent's files, taken while that runs, as they were at one place of its log.
 */
public final class NeonServers implements AutoCloseable {
  public static final String DATABASE = "shop";
  public static final String OWNER = "shop_owner";
  private static final String PASSWORD = "p@ss+word";

  private static final String LOGINS =
      """
      local all all trust
      host all postgres 127.0.0.1/32 trust
      host all all 127.0.0.1/32 scram-sha-256
      """;

  /** What belongs to the running server and not to its data. */
  private static final Set<String> NOT_COPIED =
      Set.of("postmaster.pid", "postmaster.opts", "epg-lock", "pg_wal", "pg_stat_tmp");

  private record Running(EmbeddedPostgres server, Path folder) {}

  private final Map<String, Running> running = new HashMap<>();
  private final Map<String, Path> snapshots = new HashMap<>();
  private final Map<String, String> passwords = new HashMap<>();
  private final Map<String, String> passwordsThen = new HashMap<>();

  /**
   * @param setupSql what the owner makes in the database of the root
   */
  public NeonServers(String setupSql) throws SQLException {
    start(FakeNeon.ROOT, (Path) null);
    try (Connection superuser = superuser(FakeNeon.ROOT, "postgres");
        Statement statement = superuser.createStatement()) {
      statement.execute(
          "CREATE ROLE %s LOGIN CREATEDB CREATEROLE PASSWORD '%s'".formatted(OWNER, PASSWORD));
      statement.execute("CREATE DATABASE %s OWNER %s".formatted(DATABASE, OWNER));
    }
    try (Connection owner = owner(FakeNeon.ROOT);
        Statement statement = owner.createStatement()) {
      statement.execute(setupSql);
    }
  }

  /** A session on a branch's database that may do anything. */
  public Connection superuser(String id) throws SQLException {
    return superuser(id, DATABASE);
  }

  /** A session as the owner. */
  public Connection owner(String id) throws SQLException {
    return DriverManager.getConnection(
        url(id, DATABASE), OWNER, passwords.getOrDefault(id, PASSWORD));
  }

  private Connection superuser(String id, String database) throws SQLException {
    return DriverManager.getConnection(url(id, database), "postgres", "");
  }

  private synchronized String url(String id, String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port(id), database);
  }

  private int port(String id) {
    return running.get(id).server().getPort();
  }

  synchronized String uri(String id, String database, String role) {
    return "postgresql://%s:%s@127.0.0.1:%d/%s?sslmode=disable"
        .formatted(
            role,
            URLEncoder.encode(passwords.getOrDefault(id, PASSWORD), StandardCharsets.UTF_8),
            port(id),
            database);
  }

  /** Somebody resets the owner's password on one branch. */
  public synchronized void resetPassword(String id, String password) throws SQLException {
    try (Connection superuser = superuser(id, "postgres");
        Statement statement = superuser.createStatement()) {
      statement.execute("ALTER ROLE %s PASSWORD '%s'".formatted(OWNER, password));
    }
    passwords.put(id, password);
  }

  /** Both schemas as {@code pg_dump} gives them, as a unified diff; empty where it is not there. */
  synchronized Optional<String> schemaDifference(String base, String branch, String database) {
    return PgDump.find()
        .map(
            dump ->
                unified(
                    dump.schemaOf(port(base), database),
                    dump.schemaOf(port(branch), database),
                    database));
  }

  private static String unified(String before, String after, String name) {
    try {
      Path old = Files.writeString(Files.createTempFile("schema", ".sql"), before);
      Path now = Files.writeString(Files.createTempFile("schema", ".sql"), after);
      Process diff =
          new ProcessBuilder(
                  "diff",
                  "-u",
                  "--label",
                  "a/" + name,
                  "--label",
                  "b/" + name,
                  old.toString(),
                  now.toString())
              .start();
      String text = new String(diff.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Files.delete(old);
      Files.delete(now);
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies the files of a branch; returns the place of its log that the copy shows. */
  synchronized String snapshot(String id) {
    Path from = running.get(id).folder();
    Path to = folder();
    try (Connection superuser = superuser(id, "postgres");
        Statement statement = superuser.createStatement()) {
      boolean old = superuser.getMetaData().getDatabaseMajorVersion() < 15;
      statement.execute(
          old
              ? "SELECT pg_start_backup('copy', true, false)"
              : "SELECT pg_backup_start('copy', true)");
      copy(from, to, NOT_COPIED);
      String lsn;
      try (ResultSet stopped =
          statement.executeQuery(
              "SELECT lsn::text, labelfile FROM "
                  + (old ? "pg_stop_backup(false, false)" : "pg_backup_stop(false)"))) {
        stopped.next();
        lsn = stopped.getString(1);
        Files.writeString(to.resolve("backup_label"), stopped.getString(2));
      }
      copy(from.resolve("pg_wal"), to.resolve("pg_wal"), Set.of());
      snapshots.put(lsn, to);
      passwordsThen.put(lsn, passwords.getOrDefault(id, PASSWORD));
      return lsn;
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts a server on what a snapshot holds. */
  synchronized void start(String id, String lsn) {
    passwords.put(id, passwordsThen.getOrDefault(lsn, PASSWORD));
    start(id, snapshots.get(lsn));
  }

  private void start(String id, @Nullable Path snapshot) {
    Path folder = folder();
    try {
      if (snapshot != null) {
        copy(snapshot, folder, Set.of());
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      EmbeddedPostgres server =
          EmbeddedPostgres.builder()
              .setDataDirectory(folder)
              .setCleanDataDirectory(snapshot == null)
              .setServerConfig("wal_level", "replica")
              .setServerConfig("max_wal_senders", "2")
              .setServerConfig("max_connections", "40")
              .setServerConfig("shared_buffers", "32MB")
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("fsync", "off")
              .setDataDirectoryCustomizer(NeonServers::askForPasswords)
              .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
              .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
              .start();
      running.put(id, new Running(server, folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  synchronized void stop(String id) {
    Running gone = running.remove(id);
    if (gone != null) {
      stop(gone);
    }
  }

  private static void stop(Running gone) {
    try {
      gone.server().close();
      MemoryDisk.delete(gone.folder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    running.values().forEach(NeonServers::stop);
    running.clear();
    snapshots.values().forEach(MemoryDisk::delete);
    snapshots.clear();
  }

  private static Path folder() {
    try {
      return MemoryDisk.freshFolder().orElse(Files.createTempDirectory("offshoot-test-neon-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to, Set<String> without) throws IOException {
    Files.createDirectories(to);
    List<Path> everything;
    try (Stream<Path> all = Files.walk(from)) {
      everything = all.toList();
    }
    for (Path each : everything) {
      Path relative = from.relativize(each);
      if (relative.toString().isEmpty() || without.contains(relative.getName(0).toString())) {
        continue;
      }
      try {
        if (Files.isDirectory(each)) {
          Files.createDirectories(to.resolve(relative));
        } else {
          Files.copy(
              each,
              to.resolve(relative),
              StandardCopyOption.REPLACE_EXISTING,
              StandardCopyOption.COPY_ATTRIBUTES);
        }
      } catch (NoSuchFileException e) {
        // The server has removed it meanwhile; its log says so too.
      }
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
