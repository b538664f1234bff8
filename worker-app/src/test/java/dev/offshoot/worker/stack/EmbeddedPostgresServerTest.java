package dev.offshoot.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresServerTest {

  @TempDir static Path parent;

  private static Path folder = Path.of("");
  private static EmbeddedPostgresServer server;

  @BeforeAll
  static void startServer() {
    folder = parent.resolve("server");
    server = EmbeddedPostgresServer.start(folder, 0);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void nobodyGetsInWithoutThePassword() throws Exception {
    try (Connection superuser = superuser(server, "postgres")) {
      assertThat(value(superuser, "SELECT current_setting('is_superuser')")).isEqualTo("on");
    }
    for (String password : List.of("", "postgres", server.superuserPassword() + "x")) {
      assertThatThrownBy(() -> connect(server, "postgres", "postgres", password))
          .isInstanceOf(SQLException.class);
    }
    assertThat(Files.readString(folder.resolve("data/pg_hba.conf"))).doesNotContain("trust");
  }

  @Test
  void thePasswordIsInNoLogArgumentOrFileOfPostgres() throws Exception {
    String password = server.superuserPassword();
    assertThat(password).hasSizeGreaterThanOrEqualTo(32);
    assertThat(server.toString()).doesNotContain(password);
    assertThat(server.jdbcUrl("postgres")).doesNotContain(password);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("superuser.password"))))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith("superuser.password")) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContain(password);
        }
      }
    }
    assertThat(ProcessHandle.allProcesses().map(process -> process.info().commandLine().orElse("")))
        .noneMatch(line -> line.contains(password));
  }

  @Test
  void failedStatementsDoNotReachTheLog() throws Exception {
    try (Connection superuser = superuser(server, "postgres");
        Statement statement = superuser.createStatement()) {
      assertThatThrownBy(() -> statement.execute("ALTER ROLE nobody PASSWORD 'in-the-log-1'"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> statement.execute("SELECT 'in-the-log-2'::int"))
          .isInstanceOf(SQLException.class);
    }

    assertThat(Files.readString(folder.resolve("postgres.log")))
        .contains("database system is ready")
        .doesNotContain("in-the-log");
  }

  @Test
  void settingsAreDurable() throws Exception {
    try (Connection superuser = superuser(server, "postgres")) {
      assertThat(value(superuser, "SHOW server_version")).startsWith("18.");
      assertThat(value(superuser, "SHOW fsync")).isEqualTo("on");
      assertThat(value(superuser, "SHOW synchronous_commit")).isEqualTo("on");
      assertThat(value(superuser, "SHOW full_page_writes")).isEqualTo("on");
      assertThat(value(superuser, "SHOW data_checksums")).isEqualTo("on");
      assertThat(value(superuser, "SHOW password_encryption")).isEqualTo("scram-sha-256");
      assertThat(value(superuser, "SHOW max_connections")).isEqualTo("200");
      assertThat(value(superuser, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(value(superuser, "SHOW unix_socket_directories")).isEmpty();
      assertThat(value(superuser, "SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL"))
          .isEqualTo("0");
    }
  }

  @Test
  void cannotBeReachedFromOtherMachines() throws Exception {
    assertThat(Network.reachable(Loopback.address(), server.port())).isTrue();
    assertThat(Network.outsideAddresses())
        .noneMatch(address -> Network.reachable(address, server.port()));
  }

  @Test
  void branchRolesReachOnlyTheirOwnDatabase() throws Exception {
    try (Connection superuser = superuser(server, "postgres");
        Statement statement = superuser.createStatement()) {
      statement.execute("CREATE ROLE offshoot_b1 LOGIN PASSWORD 'one'");
      statement.execute("CREATE ROLE offshoot_b1_reader LOGIN PASSWORD 'two' IN ROLE offshoot_b1");
      statement.execute("CREATE ROLE person LOGIN PASSWORD 'three'");
      statement.execute("CREATE DATABASE offshoot_b1");
      statement.execute("CREATE DATABASE offshoot_b2");
    }

    connect(server, "offshoot_b1", "offshoot_b1", "one").close();
    connect(server, "offshoot_b1", "offshoot_b1_reader", "two").close();
    connect(server, "offshoot_b2", "person", "three").close();
    for (String other : List.of("postgres", "template1", "offshoot_b2")) {
      assertThatThrownBy(() -> connect(server, other, "offshoot_b1", "one"))
          .hasMessageContaining("pg_hba.conf rejects connection");
      assertThatThrownBy(() -> connect(server, other, "offshoot_b1_reader", "two"))
          .hasMessageContaining("pg_hba.conf rejects connection");
    }
  }

  @Test
  void aSecondServerOnALiveFolderIsRefused() throws Exception {
    assertThatThrownBy(() -> EmbeddedPostgresServer.start(folder, 0))
        .isInstanceOf(StackException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("in use by a running embedded Postgres server");

    // Nor from another process, and the attempt above must not have given the lock away.
    Process other = Owner.launch(folder);
    assertThat(new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("in use by a running embedded Postgres server");
    superuser(server, "postgres").close();
  }

  @Test
  void saysWhichPortIsTaken(@TempDir Path another) {
    assertThatThrownBy(() -> EmbeddedPostgresServer.start(another, server.port()))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("Port " + server.port() + " on 127.0.0.1 is taken")
        .hasMessageContaining("embedded Postgres server");
  }

  @Test
  void dataOfAnotherVersionIsLeftAlone(@TempDir Path old) throws Exception {
    Files.createDirectories(old.resolve("data"));
    Files.writeString(old.resolve("data/PG_VERSION"), "16\n");

    assertThatThrownBy(() -> EmbeddedPostgresServer.start(old, 0))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("version 16");
  }

  @Test
  void dataAndPasswordSurviveARestartAndAKill(@TempDir Path own) throws Exception {
    String password;
    try (EmbeddedPostgresServer first = EmbeddedPostgresServer.start(own, 0)) {
      password = first.superuserPassword();
      execute(first, "CREATE TABLE kept (n int)");
      execute(first, "INSERT INTO kept VALUES (1)");
    }

    // The run is killed: the database server with it, in good order.
    Process killed = Owner.launch(own);
    assertThat(Owner.firstLine(killed)).isEqualTo("started");
    killed.destroyForcibly().waitFor();

    try (EmbeddedPostgresServer second = EmbeddedPostgresServer.start(own, 0)) {
      assertThat(second.superuserPassword()).isEqualTo(password);
      execute(second, "INSERT INTO kept VALUES (2)");
      // The database server itself is killed, with a session open, and leaves its postmaster.pid
      // behind.
      try (Connection open = superuser(second, "postgres")) {
        assertThat(value(open, "SELECT count(*) FROM kept")).isEqualTo("2");
        ChildProcess.signal(postmaster(own), "KILL");
      }
    }
    assertThat(own.resolve("data/postmaster.pid")).exists();

    try (EmbeddedPostgresServer third = EmbeddedPostgresServer.start(own, 0)) {
      try (Connection superuser = superuser(third, "postgres")) {
        assertThat(value(superuser, "SELECT count(*) FROM kept")).isEqualTo("2");
      }
      assertThat(Files.readString(own.resolve("postgres.log")))
          .contains("automatic recovery in progress");
    }
  }

  @Test
  void aProcessIdThatNowBelongsToAnotherProgramDoesNotHinderTheStart(@TempDir Path own)
      throws Exception {
    EmbeddedPostgresServer.start(own, 0).close();
    Path file = own.resolve("data/postmaster.pid");
    Files.writeString(file, ProcessHandle.current().pid() + "\n" + own.resolve("data") + "\n");

    try (EmbeddedPostgresServer again = EmbeddedPostgresServer.start(own, 0)) {
      superuser(again, "postgres").close();
    }
  }

  @Test
  void aHalfMadeDatabaseIsMadeAgain(@TempDir Path own) throws Exception {
    Files.createDirectories(own.resolve("data.new/base"));
    Files.writeString(own.resolve("superuser.password"), "of the killed run");

    try (EmbeddedPostgresServer started = EmbeddedPostgresServer.start(own, 0)) {
      superuser(started, "postgres").close();
      assertThat(own.resolve("data.new")).doesNotExist();
    }
  }

  @Test
  void aTemporaryServerLeavesNothingBehind() throws Exception {
    Path data;
    try (EmbeddedPostgresServer temporary = EmbeddedPostgresServer.startTemporary();
        Connection superuser = superuser(temporary, "postgres")) {
      data = Path.of(value(superuser, "SHOW data_directory"));
      assertThat(data).exists();
    }
    assertThat(data.getParent()).doesNotExist();
  }

  private static long postmaster(Path own) throws IOException {
    return Long.parseLong(Files.readAllLines(own.resolve("data/postmaster.pid")).get(0).strip());
  }

  private static void execute(EmbeddedPostgresServer server, String sql) throws SQLException {
    try (Connection superuser = superuser(server, "postgres");
        Statement statement = superuser.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection superuser(EmbeddedPostgresServer server, String database)
      throws SQLException {
    return connect(server, database, server.superuser(), server.superuserPassword());
  }

  private static Connection connect(
      EmbeddedPostgresServer server, String database, String user, String password)
      throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(database), user, password);
  }

  private static String value(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }

  /** Another JVM with a server, to be killed. */
  static final class Owner {

    private Owner() {}

    static Process launch(Path folder) throws IOException {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              Owner.class.getName(),
              folder.toString())
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    }

    static String firstLine(Process process) throws IOException {
      var output = process.inputReader();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        // The logger prints to standard output as well.
        if (!line.contains(" -- ") && !line.isBlank()) {
          return line;
        }
      }
      return "";
    }

    /** Starts a server, says so and waits to be killed. */
    public static void main(String[] arguments) throws Exception {
      try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(Path.of(arguments[0]), 0)) {
        System.out.println("started");
        Thread.sleep(60_000);
        System.out.println(server);
      } catch (StackException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
