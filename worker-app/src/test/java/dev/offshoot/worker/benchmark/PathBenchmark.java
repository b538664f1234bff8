package dev.offshoot.worker.benchmark;

import dev.offshoot.benchmark.Benchmark;
import dev.offshoot.benchmark.Figure;
import dev.offshoot.benchmark.Measurements;
import dev.offshoot.client.Experiment;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.Outcome;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * A small experiment from its start to its merge, approved in the moment in which it asks; by turns
 * with what it is made of: the same SQL by a script, and a workflow of as many empty steps.
 */
public final class PathBenchmark implements Benchmark {
  private static final double LIMIT = 1.3;
  private static final int WARM_UP = 10;
  private static final int CLIENTS = 4;

  /** Where experiments run one after the other, and where the script does the same. */
  private static final String ONE = "one";

  private static final String BY_HAND = "by_hand_parent";

  @Override
  public void run(Measurements measurements) throws Exception {
    List<String> several = IntStream.range(0, CLIENTS).mapToObj(i -> "several_" + i).toList();
    try (LoadWorld world = LoadWorld.onDisk()) {
      world.parent(ONE, Shop.SETUP);
      world.parent(BY_HAND, Shop.SETUP);
      for (String parent : several) {
        world.parent(parent, Shop.SETUP);
      }
      List<String> parents = new ArrayList<>(several);
      parents.add(ONE);
      try (MeasuredWorker worker = world.worker(parents)) {
        WorkerFactory bare = bareWorker(world.client());
        try {
          new Turns(world, measurements).take(measurements.quick() ? 10 : 100);
          together(world, several, measurements);
        } finally {
          bare.shutdownNow();
        }
      }
    }
  }

  private static WorkerFactory bareWorker(WorkflowClient client) {
    WorkerFactory factory = WorkerFactory.newInstance(client);
    Worker worker = factory.newWorker(BareWorkflow.TASK_QUEUE);
    worker.registerWorkflowImplementationTypes(BareWorkflow.Impl.class);
    worker.registerActivitiesImplementations((BareWorkflow.EmptyStep) () -> {});
    factory.start();
    return factory;
  }

  /** One experiment, the script, one bare workflow, and again. */
  private static final class Turns {
    private final Measurements measurements;
    private final WorkflowClient client;
    private final HandMadeScript script;
    private final Times ours = new Times();
    private final Times byHand = new Times();
    private final Times bare = new Times();
    private final StepTimes times = new StepTimes();

    Turns(LoadWorld world, Measurements measurements) {
      this.measurements = measurements;
      this.client = world.client();
      this.script = new HandMadeScript(world, BY_HAND);
    }

    void take(int turns) throws Exception {
      Steps steps = new Steps(0, 0);
      for (int turn = -WARM_UP; turn < turns; turn++) {
        int number = turn + WARM_UP;
        String id = "turn-" + number;
        double experiment = Measurements.millis(run -> experiment(client, ONE, id, run), number);
        if (turn == -WARM_UP) {
          steps = Steps.of(client, "experiment-" + id);
          measurements.say("%s, of which the bare workflow has as many".formatted(steps));
        }
        Steps asMany = steps;
        double sql = Measurements.millis(run -> script.run(run, Shop.statements(run)), number);
        double workflow = Measurements.millis(run -> bare(asMany, run), number);
        if (turn >= 0) {
          times.add(client, "experiment-" + id);
          ours.add(experiment);
          byHand.add(sql);
          bare.add(workflow);
        }
        measurements.say(
            String.format(
                Locale.ROOT,
                "%s %d: experiment %.0f ms, script %.0f ms, bare workflow %.0f ms, %.2fx",
                turn < 0 ? "warm-up" : "turn",
                number,
                experiment,
                sql,
                workflow,
                experiment / (sql + workflow)));
      }
      note();
    }

    private void note() {
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < ours.each().size(); i++) {
        ratios.add(ours.each().get(i) / (byHand.each().get(i) + bare.each().get(i)));
      }
      measurements.note(
          new Figure(
              "path",
              ours.p50() / (byHand.p50() + bare.p50()),
              LIMIT,
              ratios.size(),
              Collections.min(ratios),
              Collections.max(ratios)),
          String.format(Locale.ROOT, "%.0f+%.0f ms", byHand.p50(), bare.p50()),
          String.format(Locale.ROOT, "%.1f ms", ours.p50()));
      times.say(measurements);
      ours.note(measurements, "path.experiment");
      byHand.note(measurements, "path.script");
      bare.note(measurements, "path.bare");
    }

    private void bare(Steps steps, int run) {
      String id = "bare-" + run;
      WorkflowStub stub =
          client.newUntypedWorkflowStub(
              "BareWorkflow",
              WorkflowOptions.newBuilder()
                  .setWorkflowId(id)
                  .setTaskQueue(BareWorkflow.TASK_QUEUE)
                  .build());
      stub.start(steps.before(), steps.after());
      FollowedHistory.await(
          client, id, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, steps.before());
      stub.update("decide", Void.class);
      stub.getResult(Void.class);
    }
  }

  /**
   * Activities in a history.
   *
   * @param before the decision
   * @param after it
   */
  private record Steps(int before, int after) {
    static Steps of(WorkflowClient client, String workflowId) {
      List<EventType> events =
          client.fetchHistory(workflowId).getEvents().stream()
              .map(event -> event.getEventType())
              .filter(
                  type ->
                      type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
                          || type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
              .toList();
      int decision = events.indexOf(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
      return new Steps(decision, events.size() - decision - 1);
    }
  }

  private static void experiment(WorkflowClient client, String parent, String id, int number) {
    ExperimentSpecBuilder spec =
        ExperimentSpec.builder().goal("Lower-case e-mails").parent(parent).requestedBy("agent");
    Shop.statements(number).forEach(spec::statement);
    Experiment experiment = OffshootClient.over(client).start(new ExperimentId(id), spec.build());
    String workflowId = experiment.id().workflowId();
    // The first since its start: it asks for a decision.
    FollowedHistory.await(
        client, workflowId, EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, 1);
    var unused = experiment.approve(new DecisionRequest("rita", "looked at it", null, null));
    ExperimentOutcome outcome =
        client.newUntypedWorkflowStub(workflowId).getResult(ExperimentOutcome.class);
    if (outcome.outcome() != Outcome.MERGED) {
      throw new IllegalStateException("%s ended as %s".formatted(id, outcome));
    }
  }

  /** As many as one worker does when several clients ask, each on a parent of its own. */
  private static void together(LoadWorld world, List<String> parents, Measurements measurements)
      throws Exception {
    int each = measurements.quick() ? 5 : 40;
    Times times = new Times();
    ExecutorService clients = Executors.newFixedThreadPool(parents.size());
    try {
      long from = System.nanoTime();
      List<Future<?>> all = new ArrayList<>();
      for (String parent : parents) {
        all.add(
            clients.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    String id = "%s-%d".formatted(parent.replace('_', '-'), i);
                    times.add(
                        Measurements.millis(run -> experiment(world.client(), parent, id, run), i));
                  }
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
      double perSecond = times.each().size() * 1e9 / (System.nanoTime() - from);
      measurements.note(
          Figure.told("path.perSecond", perSecond, times.each().size(), perSecond, perSecond),
          "",
          "%d clients".formatted(parents.size()));
      times.note(measurements, "path.together");
    } finally {
      clients.shutdownNow();
    }
  }
}
