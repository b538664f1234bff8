package dev.offshoot.worker.benchmark;

import dev.offshoot.MemoryDisk;
import dev.offshoot.worker.stack.EmbeddedPostgresServer;
import dev.offshoot.worker.stack.TemporalDevServer;
import dev.offshoot.worker.stack.TemporalProgram;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Postgres with durable settings and a Temporal server that persists, with parents, and a worker
 * as its default configuration has it.
 */
final class LoadWorld implements AutoCloseable {
  static final String LEDGER = "ledger";
  private static final String OWNER = "parent_owner";
  private static final String PASSWORD = "benchmark";

  private final Path folder;
  private final EmbeddedPostgresServer postgres;
  private final TemporalDevServer temporal;
  private final WorkflowServiceStubs stubs;

  /** On the disk, as servers are whose speed matters. */
  static LoadWorld onDisk() throws IOException, SQLException {
    return new LoadWorld(Files.createTempDirectory("offshoot-benchmark-"));
  }

  /** In memory where there is room: what is measured is not how fast copies are made. */
  static LoadWorld inMemory() throws IOException, SQLException {
    Optional<Path> room = MemoryDisk.freshFolder();
    return room.isPresent() ? new LoadWorld(room.get()) : onDisk();
  }

  /** Asks for {@link TemporalProgram#find()} to be there. */
  private LoadWorld(Path folder) throws IOException, SQLException {
    this.folder = folder;
    postgres = EmbeddedPostgresServer.start(folder.resolve("postgres"), 0);
    temporal =
        TemporalDevServer.start(
            new TemporalDevServer.Options(
                TemporalProgram.find().orElseThrow(),
                folder.resolve("temporal"),
                0,
                0,
                TemporalServer.searchAttributes(),
                Duration.ofSeconds(60)));
    stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(temporal.address()).build());
    run(
        "postgres",
        "CREATE ROLE %s LOGIN CREATEDB CREATEROLE PASSWORD '%s'".formatted(OWNER, PASSWORD),
        "CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(LEDGER, PASSWORD),
        "CREATE DATABASE %1$s OWNER %1$s".formatted(LEDGER));
  }

  /** A database that may be a parent. */
  void parent(String name, String setup) throws SQLException {
    run(
        "postgres",
        "CREATE DATABASE %s OWNER %s".formatted(name, OWNER),
        "REVOKE CONNECT, TEMPORARY ON DATABASE %s FROM PUBLIC".formatted(name));
    try (Connection owner = owner(name);
        Statement statement = owner.createStatement()) {
      statement.execute(setup);
    }
  }

  /** Starts a worker for these parents and waits until it polls. */
  MeasuredWorker worker(List<String> parents) throws IOException, InterruptedException {
    String databases =
        parents.stream()
            .map(
                name ->
                    """
                        %1$s:
                          url: jdbc:postgresql://127.0.0.1:%2$d/%1$s
                          username: %3$s
                          password: %4$s
                    """
                        .formatted(name, postgres.port(), OWNER, PASSWORD))
            .collect(Collectors.joining());
    Path configuration =
        Files.writeString(
            folder.resolve("worker.yml"),
            """
            offshoot:
              temporal:
                address: %s
              ledger:
                url: jdbc:postgresql://127.0.0.1:%d/%s
                username: %s
                password: %s
              parents:
            %s
            server:
              port: 0
            """
                .formatted(
                    temporal.address(), postgres.port(), LEDGER, LEDGER, PASSWORD, databases));
    return MeasuredWorker.start(configuration).awaitPolling();
  }

  /** As our own clients have it. */
  WorkflowClient client() {
    return WorkflowClient.newInstance(
        stubs,
        WorkflowClientOptions.newBuilder().setDataConverter(OffshootDataConverter.get()).build());
  }

  Connection superuser(String database) throws SQLException {
    return login(database, postgres.superuser(), postgres.superuserPassword());
  }

  Connection owner(String database) throws SQLException {
    return login(database, OWNER, PASSWORD);
  }

  private Connection login(String database, String user, String password) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", user);
    login.setProperty("password", password);
    return DriverManager.getConnection(postgres.jdbcUrl(database), login);
  }

  /** Runs statements as superuser, each on its own. */
  private void run(String database, String... statements) throws SQLException {
    try (Connection superuser = superuser(database);
        Statement statement = superuser.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** What the ledger takes of Postgres's disk. */
  long ledgerBytes() throws SQLException {
    try (Connection superuser = superuser("postgres");
        Statement statement = superuser.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_database_size('%s')".formatted(LEDGER))) {
      row.next();
      return row.getLong(1);
    }
  }

  /** What Temporal keeps on its disk. */
  long temporalBytes() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("temporal"))) {
      long bytes = 0;
      for (Path file : files.filter(LoadWorld::isTemporals).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  private static boolean isTemporals(Path file) {
    return file.getFileName().toString().startsWith("temporal.db");
  }

  @Override
  public void close() {
    stubs.shutdownNow();
    temporal.close();
    postgres.close();
    MemoryDisk.delete(folder);
  }
}
