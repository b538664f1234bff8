package dev.offshoot.worker.benchmark;

import dev.offshoot.benchmark.Measurements;
import dev.offshoot.client.Experiment;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Stage;
import dev.offshoot.workflow.OffshootNames;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * Experiments of one kind on several parents, each on a row of its own; every second is approved,
 * the others are rejected.
 */
final class Crowd {
  static final String SETUP =
      """
      CREATE TABLE item (id text PRIMARY KEY, what text NOT NULL, n int NOT NULL);
      INSERT INTO item SELECT crowd || '-' || i, 'item ' || i, 0
        FROM unnest(ARRAY['first', 'parked', 'running']) AS crowd, generate_series(0, 999) AS i;
      CREATE TABLE done (experiment text PRIMARY KEY);
      """;

  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final Duration TTL = Duration.ofHours(6);
  private static final int ON_THEIR_WAY = 20;
  private static final int REVIEWERS = 8;
  private static final long PAUSE_MILLIS = 500;

  private final LoadWorld world;
  private final WorkflowClient client;
  private final List<String> parents;
  private final String name;
  private final int count;
  private final Measurements measurements;

  Crowd(LoadWorld world, List<String> parents, String name, int count, Measurements measurements) {
    this.world = world;
    this.client = world.client();
    this.parents = parents;
    this.name = name;
    this.count = count;
    this.measurements = measurements;
  }

  private ExperimentId id(int number) {
    return new ExperimentId("%s-%d".formatted(name, number));
  }

  private String parent(int number) {
    return parents.get(number % parents.size());
  }

  private static boolean isApproved(int number) {
    // Not by parity alone: every parent is to have both.
    return number / 2 % 2 == 0;
  }

  private void start(int number) {
    var unused =
        OffshootClient.over(client)
            .start(
                id(number),
                ExperimentSpec.builder()
                    .goal("Count item " + number)
                    .parent(parent(number))
                    .requestedBy("agent")
                    .ttl(TTL)
                    .statement(
                        "UPDATE item SET n = n + 1 WHERE id = '%s'".formatted(id(number).value()))
                    .statement("INSERT INTO done VALUES ('%s')".formatted(id(number).value()))
                    .build());
  }

  void startAtOnce() {
    for (int i = 0; i < count; i++) {
      start(i);
    }
  }

  /** Starts as many at a time as do not queue, and waits until all ask for a decision. */
  void park() throws InterruptedException {
    int started = 0;
    int asking = 0;
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (asking < count) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("%d of %d ask for a decision".formatted(asking, count));
      }
      while (started < count && started - asking < ON_THEIR_WAY) {
        start(started++);
      }
      Thread.sleep(PAUSE_MILLIS);
      int before = asking;
      asking = asking().size();
      if (asking / 100 > before / 100) {
        measurements.say("%d of %d ask for a decision".formatted(asking, count));
      }
    }
  }

  /** Numbers of those that ask for a decision, as whoever looks at the list sees them. */
  private List<Integer> asking() {
    return listed(
        "%s = '%s'".formatted(OffshootNames.STAGE.getName(), Stage.AWAITING_DECISION.name()));
  }

  /** How many have not ended. */
  int open() {
    return listed("ExecutionStatus = 'Running'").size();
  }

  private List<Integer> listed(String which) {
    String prefix = ExperimentId.WORKFLOW_PREFIX + name + "-";
    return client
        .listExecutions(
            "%s AND WorkflowType = 'Experiment' AND ExecutionStatus = 'Running'".formatted(which))
        .map(found -> found.getExecution().getWorkflowId())
        .filter(id -> id.startsWith(prefix))
        .map(id -> Integer.valueOf(id.substring(prefix.length())))
        .toList();
  }

  /** Decides all, several people at a time; how long each waits for the answer. */
  Times decideAll() throws Exception {
    Times times = new Times();
    ExecutorService reviewers = Executors.newFixedThreadPool(REVIEWERS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int number : IntStream.range(0, count).toArray()) {
        all.add(
            reviewers.submit(
                () -> {
                  times.add(Measurements.millis(this::decide, number));
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      reviewers.shutdownNow();
    }
    measurements.say("%d %s are decided".formatted(count, name));
    return times;
  }

  /** Decides each when it is seen to ask. */
  void decideAsTheyAsk() throws InterruptedException {
    Set<Integer> decided = new HashSet<>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (decided.size() < count) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "%d of %d have asked for a decision".formatted(decided.size(), count));
      }
      for (int number : asking()) {
        if (decided.add(number)) {
          decide(number);
        }
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    measurements.say("%d %s are decided".formatted(count, name));
  }

  private void decide(int number) {
    Experiment experiment = OffshootClient.over(client).experiment(id(number));
    DecisionRequest request = new DecisionRequest("rita", "looked at it", null, null);
    var unused = isApproved(number) ? experiment.approve(request) : experiment.reject(request);
  }

  /**
   * Waits until all have ended; whatever has not ended as decided, or is not on the parent as
   * decided.
   */
  List<String> wrong() throws SQLException, InterruptedException {
    List<String> wrong = new ArrayList<>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int number = 0; number < count; number++) {
      String outcome = outcome(number, end);
      String expected = (isApproved(number) ? Outcome.MERGED : Outcome.DROPPED).name();
      if (!outcome.equals(expected)) {
        wrong.add("%s ended as %s, not %s".formatted(id(number).value(), outcome, expected));
      }
    }
    for (String parent : parents) {
      Set<String> there = merged(parent);
      for (int number = 0; number < count; number++) {
        String id = id(number).value();
        boolean expected = parent(number).equals(parent) && isApproved(number);
        if (there.contains(id) != expected) {
          wrong.add("%s: %s is %s".formatted(parent, id, expected ? "missing" : "there"));
        }
      }
    }
    return wrong;
  }

  private String outcome(int number, long end) {
    try {
      return client
          .newUntypedWorkflowStub(id(number).workflowId())
          .getResult(
              Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS, ExperimentOutcome.class)
          .outcome()
          .name();
    } catch (TimeoutException e) {
      return "nothing yet";
    } catch (WorkflowException e) {
      return "a failure: " + e.getCause();
    }
  }

  private Set<String> merged(String parent) throws SQLException {
    Set<String> merged = new HashSet<>();
    try (Connection owner = world.owner(parent);
        Statement statement = owner.createStatement();
        ResultSet rows = statement.executeQuery("SELECT experiment FROM done")) {
      while (rows.next()) {
        merged.add(rows.getString(1));
      }
    }
    return merged;
  }
}
