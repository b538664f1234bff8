package dev.offshoot.hostile;

import dev.offshoot.StepByStep;
import dev.offshoot.activity.SessionActivities;
import dev.offshoot.activity.SessionActivities.CloseConnection;
import dev.offshoot.activity.SessionActivities.ConnectionDone;
import dev.offshoot.activity.SessionActivities.OpenConnection;
import dev.offshoot.activity.SessionActivities.RunChecks;
import dev.offshoot.activity.SessionActivities.RunDone;
import dev.offshoot.activity.SessionActivities.RunStatements;
import dev.offshoot.activity.SessionActivities.WatchConnection;
import dev.offshoot.client.ScramVerifier;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ConnectionEnd;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.RunRequest;
import dev.offshoot.domain.RunValidation;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.Touched;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.workflow.Failures;
import io.temporal.failure.TemporalFailure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Brings an attack's statements to its branch in one of the ways that an agent has. */
final class Delivery {
  /** How long the worker lets a connection be quiet. */
  static final Duration IDLE = Duration.ofSeconds(1);

  private static final String CONNECTED = "SELECT 'an agent worked over a connection'";
  private static final int MOST_ROWS = 10;
  private static final int MOST_TRIES = 20;
  private static final long PAUSE_MILLIS = 300;

  private final StepByStep steps;
  private final StepByStep watching;
  private final BranchRef branch;
  private final BranchInfo made;
  private final Attack attack;

  /**
   * @param watching for the step that lasts as long as a connection
   */
  Delivery(StepByStep steps, StepByStep watching, BranchInfo made, Attack attack) {
    this.steps = steps;
    this.watching = watching;
    this.branch = made.ref();
    this.made = made;
    this.attack = attack;
  }

  /** The ways. */
  enum Way {
    /** All at once, as an experiment's script. */
    SCRIPT,
    /** As messages of a session. */
    MESSAGES,
    /** Over a connection of the agent's own. */
    CONNECTION
  }

  /**
   * What is reviewed.
   *
   * @param spec with the statements that are handed in
   * @param report what they did
   */
  record Delivered(ExperimentSpec spec, ExperimentReport report) {}

  /**
   * @param password of the agent's, if it connects
   * @throws io.temporal.failure.TemporalFailure if the worker refuses them
   */
  Delivered by(Way way, ExperimentSpec spec, String password) {
    return switch (way) {
      case SCRIPT -> new Delivered(spec, steps.run(branch, spec));
      case MESSAGES -> byMessages(spec);
      case CONNECTION -> overConnection(spec, password);
    };
  }

  private Delivered byMessages(ExperimentSpec spec) {
    List<String> applied = new ArrayList<>();
    List<StatementResult> results = new ArrayList<>();
    List<SchemaStatement> schema = new ArrayList<>();
    Touched touched = Touched.NOTHING;
    int run = 0;
    for (List<String> statements : runs(spec)) {
      RunDone done =
          session()
              .runStatements(
                  new RunStatements(
                      branch,
                      spec,
                      ++run,
                      statements,
                      applied.size(),
                      MOST_ROWS,
                      made.parentBytes(),
                      touched,
                      1000));
      if (!done.answer().applied()) {
        throw Failures.toTemporal(
            new OffshootException(Objects.requireNonNull(done.answer().failure()), null));
      }
      touched = done.touched();
      for (SchemaStatement each : done.schemaStatements()) {
        schema.add(new SchemaStatement(applied.size() + each.index(), each.searchPath()));
      }
      applied.addAll(statements);
      results.addAll(done.answer().statements());
    }
    List<String> checks = session().runChecks(new RunChecks(branch, spec));
    return new Delivered(
        spec.handedIn(applied),
        new ExperimentReport(results, checks, schema, touched.tables(), 0, touched.writtenRows()));
  }

  /** What is one transaction is one message. */
  private List<List<String>> runs(ExperimentSpec spec) {
    try {
      List<String> statements =
          RunValidation.statementsOf(RunRequest.of(String.valueOf(spec.script())), List.of());
      return attack.transaction() == TransactionMode.SINGLE
          ? List.of(statements)
          : statements.stream().map(List::of).toList();
    } catch (OffshootException e) {
      throw Failures.toTemporal(e);
    }
  }

  /** The agent goes on after every error, until all is sent or the worker has enough of it. */
  private Delivered overConnection(ExperimentSpec spec, String password) {
    ConnectAnswer address =
        session().openConnection(new OpenConnection(branch, ScramVerifier.of(password)));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<ConnectionEnd> watch =
          threads.submit(
              () ->
                  watching
                      .steps(SessionActivities.class)
                      .watchConnection(new WatchConnection(branch, spec, made.parentBytes())));
      Future<?> agent =
          threads.submit(() -> send(address, password, String.valueOf(spec.script())));
      await(agent, attack.statementTimeout());
      ConnectionDone done = closed(spec);
      await(agent, Duration.ofSeconds(20));
      await(watch, Duration.ofSeconds(30));
      List<String> statements = new ArrayList<>(List.of(CONNECTED));
      List<SchemaStatement> schema = new ArrayList<>();
      for (ReplayedStatement each : done.schema()) {
        schema.add(new SchemaStatement(statements.size(), each.searchPath()));
        statements.add(each.sql());
      }
      Touched touched = done.touched();
      return new Delivered(
          spec.handedIn(statements),
          new ExperimentReport(
              List.of(), List.of(), schema, touched.tables(), 0, touched.writtenRows()));
    } finally {
      threads.shutdownNow();
    }
  }

  /** Tried again where it may be, as Temporal would. */
  private ConnectionDone closed(ExperimentSpec spec) {
    for (int attempt = 1; ; attempt++) {
      try {
        return session()
            .closeConnection(new CloseConnection(branch, spec, Touched.NOTHING, List.of()));
      } catch (TemporalFailure e) {
        if (attempt == MOST_TRIES || !Failures.fromTemporal(e).code().retryable()) {
          throw e;
        }
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private static void send(ConnectAnswer address, String password, String script) {
    String url =
        "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), address.database());
    try (Connection agent = DriverManager.getConnection(url, address.user(), password);
        Statement statement = agent.createStatement()) {
      // What floods its client is the agent's own to bear.
      statement.setMaxRows(MOST_ROWS);
      for (SqlStatement each : SqlScript.split(script)) {
        try {
          statement.execute(each.text());
        } catch (SQLException e) {
          if (agent.isClosed()) {
            return;
          }
        }
      }
    } catch (SQLException | OffshootException e) {
      // It was ended, or its script is none.
    }
  }

  private static void await(Future<?> work, Duration atMost) {
    try {
      var unused = work.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // Whoever ends the connection ends it too.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private SessionActivities session() {
    return steps.steps(SessionActivities.class);
  }
}
