package dev.offshoot.worker.benchmark;

import dev.offshoot.benchmark.Benchmark;
import dev.offshoot.benchmark.Figure;
import dev.offshoot.benchmark.Measurements;
import dev.offshoot.client.AgentSession;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.client.ScramVerifier;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.HandInRequest;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.SessionSpec;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Statements of an agent, one after the other: by messages of a session, over a connection to its
 * branch, and, by turns with them, over plain JDBC to a database of the same server.
 */
public final class SessionBenchmark implements Benchmark {
  /** Keys are noted on a branch, which a database of one's own does not do. */
  private static final double MOST_CONNECTION = 1.5;

  private static final int WARM_UP = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String PARENT = "session_parent";
  private static final String PLAIN = "plain_database";

  @Override
  public void run(Measurements measurements) throws Exception {
    try (LoadWorld world = LoadWorld.onDisk()) {
      world.parent(PARENT, Shop.SETUP);
      world.parent(PLAIN, Shop.SETUP);
      try (MeasuredWorker worker = world.worker(List.of(PARENT))) {
        WorkerFactory bare = bareWorker(world.client());
        try {
          measure(world, measurements, measurements.quick() ? 30 : 200);
        } finally {
          bare.shutdownNow();
        }
      }
    }
  }

  private static WorkerFactory bareWorker(WorkflowClient client) {
    WorkerFactory factory = WorkerFactory.newInstance(client);
    Worker worker = factory.newWorker(BareWorkflow.TASK_QUEUE);
    worker.registerWorkflowImplementationTypes(BareSession.Impl.class);
    worker.registerActivitiesImplementations((BareWorkflow.EmptyStep) () -> {});
    factory.start();
    return factory;
  }

  private static AgentSession open(LoadWorld world, String id) throws InterruptedException {
    ExperimentSpec spec =
        ExperimentSpec.builder()
            .goal("Lower-case e-mails")
            .parent(PARENT)
            .requestedBy("agent")
            .session(new SessionSpec(Duration.ofMinutes(30)))
            .build();
    AgentSession session =
        OffshootClient.over(world.client()).start(new ExperimentId(id), spec).session();
    var unused = session.awaitOpen(PATIENCE);
    return session;
  }

  /** A query and an update by key, of each turn another. */
  private static List<String> statements(int turn) {
    int id = 1 + turn % 1000;
    return List.of(
        "SELECT name, email FROM customer WHERE id = " + id,
        "UPDATE customer SET email = lower(email), name = 'turn %d' WHERE id = %d"
            .formatted(turn, id));
  }

  private void measure(LoadWorld world, Measurements measurements, int turns) throws Exception {
    AgentSession byMessage = open(world, "by-message");
    AgentSession byConnection = open(world, "by-connection");
    String password = ScramVerifier.freshPassword();
    ConnectAnswer address = byConnection.connect(ScramVerifier.of(password), "agent");
    WorkflowStub bare =
        world
            .client()
            .newUntypedWorkflowStub(
                "BareSession",
                WorkflowOptions.newBuilder()
                    .setWorkflowId("bare-session")
                    .setTaskQueue(BareWorkflow.TASK_QUEUE)
                    .build());
    bare.start();
    Times messages = new Times();
    Times connected = new Times();
    Times plain = new Times();
    Times empty = new Times();
    try (Connection agent = connection(address, password);
        Connection own = world.owner(PLAIN)) {
      for (int turn = -WARM_UP; turn < turns; turn++) {
        for (String sql : statements(turn + WARM_UP)) {
          double message = Measurements.millis(run -> send(byMessage, sql), turn);
          double nothing = Measurements.millis(run -> bare.update("message", Void.class), turn);
          double over = Measurements.millis(run -> execute(agent, sql), turn);
          double direct = Measurements.millis(run -> execute(own, sql), turn);
          if (turn >= 0) {
            messages.add(message);
            empty.add(nothing);
            connected.add(over);
            plain.add(direct);
          }
        }
        if (turn % 20 == 0) {
          measurements.say("turn %d of %d".formatted(turn, turns));
        }
      }
    }
    bare.terminate("measured");
    note(measurements, "session.connection", MOST_CONNECTION, connected, plain, "JDBC");
    note(measurements, "session.message", Double.POSITIVE_INFINITY, messages, empty, "bare");
    detail(measurements, "session.message", messages);
    detail(measurements, "session.connection", connected);
    detail(measurements, "session.jdbc", plain);
    detail(measurements, "session.bare", empty);
    for (AgentSession session : List.of(byMessage, byConnection)) {
      var unused = session.discard(new HandInRequest("agent", "measured"));
    }
  }

  /** The ratio of the medians, with the extremes of the ratios of neighbours. */
  private static void note(
      Measurements measurements,
      String name,
      double limit,
      Times subject,
      Times baseline,
      String what) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < subject.each().size(); i++) {
      ratios.add(subject.each().get(i) / baseline.each().get(i));
    }
    measurements.note(
        new Figure(
            name,
            subject.p50() / baseline.p50(),
            limit,
            ratios.size(),
            Collections.min(ratios),
            Collections.max(ratios)),
        String.format(Locale.ROOT, "%s %.2f ms", what, baseline.p50()),
        String.format(Locale.ROOT, "%.2f ms", subject.p50()));
  }

  private static void detail(Measurements measurements, String name, Times times) {
    double sum = times.each().stream().mapToDouble(Double::doubleValue).sum();
    double perSecond = 1000 * times.each().size() / sum;
    measurements.note(
        Figure.told(name + ".perSecond", perSecond, times.each().size(), perSecond, perSecond),
        "",
        String.format(Locale.ROOT, "%.0f /s", perSecond));
    times.note(measurements, name);
  }

  private static Connection connection(ConnectAnswer address, String password) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), address.database()),
        address.user(),
        password);
  }

  private static void send(AgentSession session, String sql) {
    RunAnswer answer = session.run(sql);
    if (!answer.applied()) {
      throw new IllegalStateException("not applied: " + answer);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            var unused = rows.getString(1);
          }
        }
      }
    }
  }
}
