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
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Statements of an agent, one after the other: by messages of a session, over a connection to its
 * branch, and, by turns with them, over plain JDBC to a database of the same server.
 */
public final class SessionBenchmark implements Benchmark {
  private static final double MOST_QUERY = 1.5;

  /** A branch notes the keys of a write by a trigger, which a database of one's own does not do. */
  private static final double MOST_UPDATE = 3.0;

  private static final int WARM_UP = 20;

  /** A message takes as long as a hundred of these, and whichever comes first after it is slow. */
  private static final int PAIRS = 10;

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

  /** What is sent in each turn, with a key of the turn's own. */
  private enum Kind {
    QUERY("SELECT name, email FROM customer WHERE id = %2$d"),
    UPDATE("UPDATE customer SET email = lower(email), name = 'turn %1$d' WHERE id = %2$d");

    private final String sql;

    Kind(String sql) {
      this.sql = sql;
    }

    String of(int turn) {
      return sql.formatted(turn, 1 + turn % 1000);
    }

    String figure(String name) {
      return name + "." + name().toLowerCase(Locale.ROOT);
    }
  }

  /** How one way of sending did, of all statements and of each kind. */
  private static final class Way {
    private final Times all = new Times();
    private final Map<Kind, Times> each = new EnumMap<>(Kind.class);

    Times of(Kind kind) {
      return each.computeIfAbsent(kind, any -> new Times());
    }

    void add(Kind kind, double took) {
      all.add(took);
      of(kind).add(took);
    }
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
    Way messages = new Way();
    Way connected = new Way();
    Way plain = new Way();
    Way empty = new Way();
    try (Connection agent = connection(address, password);
        Connection own = world.owner(PLAIN)) {
      for (int turn = -WARM_UP; turn < turns; turn++) {
        for (Kind kind : Kind.values()) {
          String sql = kind.of(turn + WARM_UP);
          double message = Measurements.millis(run -> send(byMessage, sql), turn);
          double nothing = Measurements.millis(run -> bare.update("message", Void.class), turn);
          if (turn >= 0) {
            messages.add(kind, message);
            empty.add(kind, nothing);
          }
          for (int i = 0; i < PAIRS; i++) {
            String next = kind.of((turn + WARM_UP) * PAIRS + i);
            boolean first = i % 2 == 0;
            double before = Measurements.millis(run -> execute(first ? agent : own, next), turn);
            double after = Measurements.millis(run -> execute(first ? own : agent, next), turn);
            if (turn >= 0) {
              connected.add(kind, first ? before : after);
              plain.add(kind, first ? after : before);
            }
          }
        }
        if (turn % 20 == 0) {
          measurements.say("turn %d of %d".formatted(turn, turns));
        }
      }
    }
    bare.terminate("measured");
    note(
        measurements,
        Kind.QUERY.figure("session.connection"),
        MOST_QUERY,
        connected.of(Kind.QUERY),
        plain.of(Kind.QUERY),
        "JDBC");
    note(
        measurements,
        Kind.UPDATE.figure("session.connection"),
        MOST_UPDATE,
        connected.of(Kind.UPDATE),
        plain.of(Kind.UPDATE),
        "JDBC");
    note(
        measurements, "session.message", Double.POSITIVE_INFINITY, messages.all, empty.all, "bare");
    detail(measurements, "session.message", messages.all);
    detail(measurements, "session.connection", connected.all);
    detail(measurements, "session.jdbc", plain.all);
    detail(measurements, "session.bare", empty.all);
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
