package dev.offshoot.worker.crash;

import dev.offshoot.MemoryDisk;
import dev.offshoot.client.FreshPassword;
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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * A durable Postgres and a Temporal server that persists, both processes that may be killed, with
 * parents and a ledger of their own. The parents are all alike and named by whoever asks for them.
 */
final class CrashWorld implements AutoCloseable {
  static final String OWNER_PASSWORD = "parents-secret-7d21";
  static final String LEDGER_PASSWORD = "ledgers-secret-90c4";

  /** How what a server keeps of a password begins. */
  private static final String VERIFIER = "SCRAM-SHA-256$";

  private static final String OWNER = "parent_owner";
  private static final String LEDGER = "ledger";

  private volatile boolean postgresWasKilled;
  private final Path folder;
  private EmbeddedPostgresServer postgres;
  private TemporalDevServer temporal;
  private WorkflowServiceStubs stubs;
  private int files;

  /** Asks for {@link TemporalProgram#find()} to be there. */
  CrashWorld() throws IOException, SQLException {
    folder =
        MemoryDisk.freshFolder()
            .orElseGet(
                () -> {
                  try {
                    return Files.createTempDirectory("offshoot-crash");
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    postgres = EmbeddedPostgresServer.start(folder.resolve("postgres"), 0);
    temporal = startTemporal(0);
    stubs = stubsOf(temporal.address());
    run(
        "postgres",
        "CREATE ROLE %s LOGIN CREATEDB CREATEROLE PASSWORD '%s'".formatted(OWNER, OWNER_PASSWORD),
        "CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(LEDGER, LEDGER_PASSWORD),
        "CREATE DATABASE %1$s OWNER %1$s".formatted(LEDGER));
  }

  private TemporalDevServer startTemporal(int port) {
    return TemporalDevServer.start(
        new TemporalDevServer.Options(
            TemporalProgram.find().orElseThrow(),
            folder.resolve("temporal"),
            port,
            0,
            TemporalServer.searchAttributes(),
            Duration.ofSeconds(60)));
  }

  private static WorkflowServiceStubs stubsOf(String address) {
    return WorkflowServiceStubs.newServiceStubs(
        WorkflowServiceStubsOptions.newBuilder()
            .setTarget(address)
            // A worker that was killed does not answer; another is asked the next time.
            .setRpcQueryTimeout(Duration.ofSeconds(2))
            .build());
  }

  WorkflowClient client() {
    return WorkflowClient.newInstance(
        stubs,
        WorkflowClientOptions.newBuilder().setDataConverter(OffshootDataConverter.get()).build());
  }

  /** A database that may be a parent, filled by {@link Kind#SETUP}. */
  void database(String name) throws SQLException {
    run(
        "postgres",
        "CREATE DATABASE %s OWNER %s".formatted(name, OWNER),
        "REVOKE CONNECT, TEMPORARY ON DATABASE %s FROM PUBLIC".formatted(name));
    try (Connection owner = owner(name);
        Statement statement = owner.createStatement()) {
      statement.execute(Kind.SETUP);
    }
  }

  /** The same database as new. */
  void databaseAnew(String name) throws SQLException {
    run("postgres", "DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(name));
    database(name);
  }

  /** The configuration of a worker with these parents. */
  Path configuration(List<String> parents) throws IOException {
    return configuration(parents, postgres.port());
  }

  /** The same by way of another port, where something stands between worker and server. */
  Path configuration(List<String> parents, int postgresPort) throws IOException {
    return configuration(parents, postgresPort, "");
  }

  /** The same with more about the worker, indented by four. */
  Path configuration(List<String> parents, int postgresPort, String more) throws IOException {
    return configuration(parents, postgresPort, more, "");
  }

  /** The same with more about each parent, indented by six. */
  Path configuration(List<String> parents, int postgresPort, String more, String ofParents)
      throws IOException {
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
                            .formatted(name, postgresPort, OWNER, OWNER_PASSWORD)
                        + ofParents)
            .collect(Collectors.joining());
    return Files.writeString(
        folder.resolve("worker-%d.yml".formatted(++files)),
        """
        offshoot:
          temporal:
            address: %s
          ledger:
            url: jdbc:postgresql://127.0.0.1:%d/%s
            username: %s
            password: %s
          worker:
            max-concurrent-activities: 40
            sweep-every: 2s
            orphan-grace: 2s
        %s  parents:
        %s
        """
            .formatted(
                temporal.address(),
                postgresPort,
                LEDGER,
                LEDGER,
                LEDGER_PASSWORD,
                more,
                databases));
  }

  /** Whatever nobody may read anywhere. */
  List<String> secrets() {
    return List.of(
        OWNER_PASSWORD,
        LEDGER_PASSWORD,
        postgres.superuserPassword(),
        VERIFIER,
        FreshPassword.MARK);
  }

  String temporalAddress() {
    return temporal.address();
  }

  Path folder() {
    return folder;
  }

  int postgresPort() {
    return postgres.port();
  }

  Connection superuser(String database) throws SQLException {
    return login(database, postgres.superuser(), postgres.superuserPassword());
  }

  Connection owner(String database) throws SQLException {
    return login(database, OWNER, OWNER_PASSWORD);
  }

  private Connection login(String database, String user, String password) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", user);
    login.setProperty("password", password);
    return DriverManager.getConnection(postgres.jdbcUrl(database), login);
  }

  /** Runs statements as superuser, each on its own. */
  void run(String database, String... statements) throws SQLException {
    try (Connection superuser = superuser(database);
        Statement statement = superuser.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Whether it ever was: its sequences may have skipped values since. */
  boolean postgresWasKilled() {
    return postgresWasKilled;
  }

  /** Kills the postmaster, as a machine that loses its power would, and starts it again. */
  void killPostgres(Duration down) throws IOException, InterruptedException {
    postgresWasKilled = true;
    int port = postgres.port();
    Path pidFile = folder.resolve("postgres").resolve("data").resolve("postmaster.pid");
    kill(Long.parseLong(Files.readAllLines(pidFile).get(0).strip()));
    postgres.closedByCaller().close();
    Thread.sleep(down.toMillis());
    postgres = EmbeddedPostgresServer.start(folder.resolve("postgres"), port);
  }

  /** Kills the Temporal server and starts it again with what it has on its disk. */
  void killTemporal(Duration down) throws IOException, InterruptedException {
    int port = Integer.parseInt(temporal.address().replaceFirst(".*:", ""));
    Path pidFile = folder.resolve("temporal").resolve("temporal.pid");
    kill(Long.parseLong(Files.readString(pidFile).strip()));
    temporal.closedByCaller().close();
    Thread.sleep(down.toMillis());
    temporal = startTemporal(port);
  }

  private static void kill(long pid) {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    stubs.shutdownNow();
    temporal.close();
    postgres.close();
    MemoryDisk.delete(folder);
  }
}
