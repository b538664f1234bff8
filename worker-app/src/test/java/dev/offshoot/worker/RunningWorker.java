package dev.offshoot.worker;

import dev.langchain4j.model.chat.ChatModel;
import dev.offshoot.activity.AuditActivities;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.AuditLine;
import dev.offshoot.domain.AuditSeal;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.ledger.AuditLog;
import dev.offshoot.ledger.BranchLimits;
import dev.offshoot.ledger.BranchRegistry;
import dev.offshoot.worker.temporal.NotYet;
import dev.offshoot.worker.temporal.TemporalTarget;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The whole application in the test's JVM, against a real Temporal server, with steps of the test's
 * own instead of those that need Postgres.
 */
final class RunningWorker implements AutoCloseable {
  static final String PASSWORD = "hunter2-the-secret";

  private final ConfigurableApplicationContext context;
  private final CountDownLatch polling;

  private RunningWorker(ConfigurableApplicationContext context, CountDownLatch polling) {
    this.context = context;
    this.polling = polling;
  }

  static RunningWorker start(TemporalTarget temporal, FakeRooms rooms, String... properties) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--offshoot.ledger.url=jdbc:postgresql://127.0.0.1:1/ledger",
                "--offshoot.ledger.username=ledger_owner",
                "--offshoot.ledger.password=" + PASSWORD,
                "--offshoot.parents.shop.url=jdbc:postgresql://127.0.0.1:1/shop",
                "--offshoot.parents.shop.username=shop_owner",
                "--offshoot.parents.shop.password=" + PASSWORD));
    arguments.addAll(List.of(properties));
    return start(
        new Launch(Arguments.parse(arguments.toArray(String[]::new)), Map.of()),
        launch -> new FixedBackends(temporal, rooms));
  }

  /** As in production, with the servers that the arguments configure. */
  static RunningWorker startConfigured(String... arguments) {
    return start(
        new Launch(Arguments.parse(arguments), Map.of()),
        launch -> new ConfiguredBackends(launch.settings(), Map.of()));
  }

  /** The same, on a Temporal server that is known better than arguments can say. */
  static RunningWorker startConfigured(TemporalTarget temporal, String... arguments) {
    return start(
        new Launch(Arguments.parse(arguments), Map.of()),
        launch -> new ConfiguredOn(temporal, new ConfiguredBackends(launch.settings(), Map.of())));
  }

  private static RunningWorker start(Launch launch, Function<Launch, Backends> backends) {
    CountDownLatch polling = new CountDownLatch(1);
    return new RunningWorker(
        WorkerApplication.run(launch, () -> backends.apply(launch), () -> new Polling(polling)),
        polling);
  }

  RunningWorker awaitPolling() throws InterruptedException {
    if (!polling.await(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the worker does not poll after 30 s");
    }
    return this;
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The address of something that it serves. */
  URI uri(String path) {
    String port = context.getEnvironment().getProperty("local.server.port");
    return URI.create("http://127.0.0.1:" + port + path);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not happen within 30 s");
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    context.close();
  }

  private record Polling(CountDownLatch latch) implements WorkerRunner.Outcome {
    @Override
    public void polling() {
      latch.countDown();
    }

    @Override
    public void failed(Throwable failure) {
      throw new AssertionError("the worker does not start", failure);
    }
  }

  private record FixedBackends(TemporalTarget temporal, FakeRooms fake) implements Backends {
    @Override
    public boolean temporalIsOurs() {
      return false;
    }

    @Override
    public Rooms rooms(@Nullable ChatModel ownModel) {
      return fake;
    }
  }

  private record ConfiguredOn(TemporalTarget temporal, Backends others) implements Backends {
    @Override
    public boolean temporalIsOurs() {
      return false;
    }

    @Override
    public Rooms rooms(@Nullable ChatModel ownModel) {
      return others.rooms(ownModel);
    }
  }

  /** Rooms without Postgres. */
  static final class FakeRooms implements Rooms {
    private final List<Object> activities;
    volatile boolean ledgerIsThere = true;
    volatile boolean closed;

    FakeRooms(Object... activities) {
      this.activities = new ArrayList<>(List.of(activities));
      AuditActivities keepsNothing = request -> new AuditSeal(1, AuditLine.FIRST);
      this.activities.add(keepsNothing);
    }

    @Override
    public void requireLedger() {
      if (!ledgerIsThere) {
        throw new NotYet("the ledger does not answer");
      }
    }

    @Override
    public List<Object> activities() {
      return activities;
    }

    @Override
    public BranchRegistry registry() {
      return new EmptyRegistry();
    }

    @Override
    public AuditLog audits() {
      return new AuditLog(ledger());
    }

    @Override
    public Parents parents() {
      return new Parents(List.of());
    }

    @Override
    public DataSource ledger() {
      PGSimpleDataSource nowhere = new PGSimpleDataSource();
      nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/ledger");
      nowhere.setUser("ledger_owner");
      nowhere.setPassword(PASSWORD);
      return nowhere;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final class EmptyRegistry implements BranchRegistry {
    @Override
    public void register(
        BranchRef ref,
        String provider,
        String workflowId,
        String runId,
        ExperimentSpec spec,
        Instant deadline) {}

    @Override
    public Optional<String> registerInTurn(
        BranchRef ref,
        String provider,
        String workflowId,
        String runId,
        ExperimentSpec spec,
        Instant deadline,
        BranchLimits limits) {
      return Optional.empty();
    }

    @Override
    public void leaveQueue(ExperimentId experiment) {}

    @Override
    public void ready(BranchRef ref) {}

    @Override
    public void extend(BranchRef ref, Instant deadline) {}

    @Override
    public void dropped(BranchRef ref, String reason) {}

    @Override
    public List<Registered> living() {
      return List.of();
    }

    @Override
    public Optional<Instant> droppedAt(BranchRef ref) {
      return Optional.empty();
    }

    @Override
    public List<Gone> gone(String reason, int limit) {
      return List.of();
    }

    @Override
    public List<ExperimentRow> experiments(
        @Nullable String parent, @Nullable String tenant, int limit) {
      return List.of();
    }
  }
}
