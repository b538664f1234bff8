package dev.offshoot;

import dev.offshoot.branch.ParentConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A server of the Postgres that {@code .ci/run} fetches, which brings more extensions than the one
 * of the other tests: pgvector among them.
 */
public final class WheelServer implements AutoCloseable {
  private static final String OWNER = "docs_owner";
  private static final String PASSWORD = "secret-of-docs-owner";

  private final Path programs;
  private final Path data;
  private final int port;

  private WheelServer(Path programs, Path data, int port) {
    this.programs = programs;
    this.data = data;
    this.port = port;
  }

  /** Starts one; empty where those programs are not to be had. */
  public static Optional<WheelServer> start() throws IOException, SQLException {
    Optional<Path> programs = PostgresPrograms.folder("postgres", "initdb", "pg_ctl");
    if (programs.isEmpty()) {
      return Optional.empty();
    }
    Path data = MemoryDisk.freshFolder().orElse(Files.createTempDirectory("offshoot-test-wheel-"));
    WheelServer server = new WheelServer(programs.get(), data, freePort());
    server.run("initdb", "-D", data.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8");
    Files.writeString(
        data.resolve("pg_hba.conf"),
        """
        local all all trust
        host all postgres 127.0.0.1/32 trust
        host all all 127.0.0.1/32 scram-sha-256
        """);
    server.run(
        "pg_ctl",
        "-D",
        data.toString(),
        "-w",
        "-l",
        data.resolve("log").toString(),
        "-o",
        "-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
            .formatted(server.port),
        "start");
    return Optional.of(server);
  }

  /** A parent with what a superuser and then its owner make in it. */
  public ParentConfig parent(String name, String superuserSql, String ownerSql)
      throws SQLException {
    try (Connection superuser = superuser("postgres");
        Statement statement = superuser.createStatement()) {
      statement.execute(
          "CREATE ROLE %s LOGIN CREATEDB CREATEROLE PASSWORD '%s'".formatted(OWNER, PASSWORD));
      statement.execute("CREATE DATABASE %s OWNER %s".formatted(name, OWNER));
    }
    try (Connection superuser = superuser(name);
        Statement statement = superuser.createStatement()) {
      statement.execute(superuserSql);
    }
    try (Connection owner = DriverManager.getConnection(url(name), OWNER, PASSWORD);
        Statement statement = owner.createStatement()) {
      statement.execute(ownerSql);
    }
    return ParentConfig.of(name, url(name), OWNER, PASSWORD);
  }

  public Connection superuser(String database) throws SQLException {
    return DriverManager.getConnection(url(database), "postgres", "");
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
  }

  @Override
  public void close() {
    run("pg_ctl", "-D", data.toString(), "-w", "-m", "immediate", "stop");
    MemoryDisk.delete(data);
  }

  /** Root may not run a server, but may run it as somebody who is nobody outside. */
  private void run(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("%s did not end well".formatted(command));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
