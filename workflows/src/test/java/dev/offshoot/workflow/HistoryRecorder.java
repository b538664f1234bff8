package dev.offshoot.workflow;

import static dev.offshoot.workflow.ExperimentRun.awaitStatus;
import static dev.offshoot.workflow.ExperimentRun.by;
import static dev.offshoot.workflow.ExperimentRun.spec;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictCount;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.PickRequest;
import dev.offshoot.domain.ResolveRequest;
import dev.offshoot.domain.SessionSpec;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.Variant;
import dev.offshoot.domain.VariantStatus;
import dev.offshoot.domain.VariantsSpec;
import dev.offshoot.domain.VariantsStatus;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Records the history of every path an experiment can take, into a new folder beside those of
 * earlier states of the code: {@code -Dtest=HistoryRecorder -Drecord=2026-11-30}. To be run before
 * a release; see CONTRIBUTING.md.
 */
@EnabledIfSystemProperty(named = "record", matches = ".+")
class HistoryRecorder {
  static final Path FOLDER = Path.of("src", "test", "resources", "histories");

  private static final String VERIFIER =
      "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$"
          + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  @FunctionalInterface
  private interface Walk {
    void along(ExperimentRun run) throws Exception;
  }

  @TestFactory
  List<DynamicTest> record() {
    return paths().entrySet().stream()
        .map(path -> DynamicTest.dynamicTest(path.getKey(), () -> record(path)))
        .toList();
  }

  private static void record(Map.Entry<String, Walk> path) throws Exception {
    try (ExperimentRun run = new ExperimentRun(path.getKey())) {
      path.getValue().along(run);
      for (String workflow : workflowsOf(path.getKey())) {
        try {
          var unused =
              run.temporal
                  .getWorkflowClient()
                  .newUntypedWorkflowStub(workflow)
                  .getResult(Object.class);
        } catch (WorkflowException e) {
          // Failed or cancelled, which is how some paths end.
        }
        write(workflow, run);
      }
    }
  }

  /** What a path consists of. */
  private static List<String> workflowsOf(String path) {
    if (path.startsWith("group-")) {
      return List.of("variants-" + path, "experiment-%s-1".formatted(path));
    }
    return path.startsWith("in-session-")
        ? List.of("session-" + path, "experiment-" + path)
        : List.of("experiment-" + path);
  }

  private static void write(String workflow, ExperimentRun run) throws IOException {
    Path folder = Files.createDirectories(FOLDER.resolve(System.getProperty("record")));
    Files.writeString(
        folder.resolve(workflow.replaceFirst("^experiment-", "") + ".json"),
        run.temporal.getWorkflowClient().fetchHistory(workflow).toJson(true));
  }

  private static Map<String, Walk> paths() {
    Map<String, Walk> paths = new LinkedHashMap<>();
    paths.put("merged", run -> approve(run.startAndAwaitReview(spec().build())));
    paths.put(
        "merged-with-kept-branch",
        run -> approve(run.startAndAwaitReview(spec().keepBranch(true).build())));
    paths.put(
        "merged-by-update",
        run -> {
          WorkflowStub stub = run.startAndAwaitReview(spec().build());
          var unused =
              stub.update(
                  "decide", Decision.class, Map.of("decision", "APPROVE", "request", by("ada")));
        });
    paths.put("merged-by-policy", run -> run.start(spec().autoMerge(true).build()));
    paths.put(
        "merged-after-refusals",
        run -> {
          WorkflowStub stub = run.startAndAwaitReview(spec().build());
          stub.signal("approve", by("agent-7"));
          stub.signal("approve", (Object) null);
          approve(stub);
        });
    paths.put(
        "merged-after-extension",
        run -> {
          WorkflowStub stub = run.startAndAwaitReview(spec().build());
          var unused =
              stub.update(
                  "extendTtl", Instant.class, new ExtendTtlRequest("ada", Duration.ofHours(3)));
          run.temporal.sleep(Duration.ofMinutes(90));
          approve(stub);
        });
    paths.put(
        "rejected", run -> run.startAndAwaitReview(spec().build()).signal("reject", by("ada")));
    paths.put(
        "rejected-while-running",
        run -> {
          run.world.hangs = "experiment";
          WorkflowStub stub = run.start(spec().build());
          run.world.hanging.await();
          stub.signal("reject", by("ada"));
        });
    paths.put("expired", run -> run.start(spec().ttl(Duration.ofHours(2)).build()));
    paths.put(
        "cancelled-while-running",
        run -> {
          run.world.hangs = "experiment";
          WorkflowStub stub = run.start(spec().build());
          run.world.hanging.await();
          stub.cancel();
        });
    paths.put("cancelled-while-waiting", run -> run.startAndAwaitReview(spec().build()).cancel());
    paths.put(
        "failed",
        run -> {
          run.world.experimentFails = new OffshootException(ErrorCode.SQL_ERROR, "no column");
          run.start(spec().build());
        });
    paths.put(
        "failed-at-the-branch",
        run -> {
          run.world.createFails = new OffshootException(ErrorCode.PARENT_BUSY, "busy");
          run.start(spec().build());
        });
    paths.put(
        "merged-after-a-lost-worker",
        run -> {
          run.world.branchesLost.set(1);
          approve(run.startAndAwaitReview(spec().build()));
        });
    paths.put("refused", run -> run.start(spec().goal(" ").build()));
    paths.put(
        "nothing-changed",
        run -> {
          run.world.nothingChanged = true;
          run.start(spec().build());
        });
    paths.put(
        "drop-tried-again",
        run -> {
          run.world.dropFailures.set(3);
          approve(run.startAndAwaitReview(spec().build()));
        });
    paths.put(
        "conflicted",
        run -> {
          run.world.mergeResults.add(conflict());
          approve(run.startAndAwaitReview(spec().onConflict(OnConflict.DROP).build()));
        });
    paths.put(
        "merged-after-conflict",
        run -> {
          run.world.mergeResults.add(conflict());
          WorkflowStub stub = run.startAndAwaitReview(spec().onConflict(OnConflict.ASK).build());
          approve(stub);
          awaitStatus(stub, s -> s.conflicts() != null && s.stage() == Stage.AWAITING_DECISION);
          approve(stub);
        });
    paths.put(
        "merged-after-resolution",
        run -> {
          run.world.mergeResults.add(conflict());
          WorkflowStub stub = run.startAndAwaitReview(spec().onConflict(OnConflict.ASK).build());
          approve(stub);
          awaitStatus(stub, s -> s.conflicts() != null && s.stage() == Stage.AWAITING_DECISION);
          stub.signal(
              "approve",
              new DecisionRequest(
                  "ada", "ours", null, null, List.of(new ResolveRequest(null, null, "PARENT"))));
        });
    paths.put(
        "rebased",
        run -> {
          run.world.mergeResults.add(conflict());
          run.world.digests.add(FakeSteps.DIGEST);
          run.world.digests.add("b".repeat(64));
          WorkflowStub stub = run.startAndAwaitReview(spec().onConflict(OnConflict.REBASE).build());
          approve(stub);
          awaitStatus(
              stub,
              s ->
                  s.changes() != null
                      && s.changes().digest().startsWith("b")
                      && s.stage() == Stage.AWAITING_DECISION);
          approve(stub);
        });
    paths.put(
        "in-session-submitted",
        run -> {
          WorkflowStub session = session(run, "in-session-submitted");
          send(session, "run", Map.of("sql", "UPDATE t SET v = 'a'"));
          send(session, "run", Map.of("sql", "FAIL"));
          send(session, "savepoint", Map.of("name", "good"));
          send(session, "run", Map.of("sql", "DELETE FROM t"));
          send(session, "undo", Map.of("name", "good"));
          send(session, "connect", Map.of("verifier", VERIFIER, "by", "agent-7"));
          send(session, "disconnect", Map.of());
          send(session, "diff", Map.of());
          send(session, "submit", Map.of("reason", "done"));
          WorkflowStub experiment = experiment(run, "in-session-submitted");
          awaitStatus(experiment, s -> s.stage() == Stage.AWAITING_DECISION);
          approve(experiment);
        });
    paths.put(
        "in-session-discarded",
        run -> {
          WorkflowStub session = session(run, "in-session-discarded");
          send(session, "run", Map.of("sql", "UPDATE t SET v = 'a'"));
          send(session, "discard", Map.of("reason", "no use"));
        });
    paths.put("in-session-idle", run -> session(run, "in-session-idle"));
    paths.put(
        "in-session-rejected",
        run -> {
          WorkflowStub session = session(run, "in-session-rejected");
          send(session, "run", Map.of("sql", "UPDATE t SET v = 'a'"));
          experiment(run, "in-session-rejected").signal("reject", by("ada"));
        });
    paths.put(
        "group-picked",
        run -> {
          WorkflowStub group = group(run, "group-picked");
          pick(group, "1");
        });
    paths.put("group-dropped", run -> pick(group(run, "group-dropped"), "none"));
    paths.put(
        "group-conflicted",
        run -> {
          run.world.mergeResults.add(conflict());
          WorkflowStub group = group(run, "group-conflicted");
          pick(group, "1");
          awaitGroup(group, now -> now.variants().get(0).ended() != null && now.picked() == null);
          pick(group, "2");
        });
    paths.put("group-cancelled", run -> group(run, "group-cancelled").cancel());
    paths.put("reverted", run -> approve(run.startAndAwaitReview(revert())));
    return paths;
  }

  private static WorkflowStub experiment(ExperimentRun run, String path) {
    return run.temporal.getWorkflowClient().newUntypedWorkflowStub("experiment-" + path);
  }

  /** Begins a session and waits until it takes messages. */
  private static WorkflowStub session(ExperimentRun run, String path) {
    WorkflowStub experiment =
        run.start(
            ExperimentSpec.builder()
                .goal("look first")
                .parent("shop")
                .requestedBy("agent-7")
                .ttl(Duration.ofHours(1))
                .session(new SessionSpec(Duration.ofMinutes(10)))
                .build());
    awaitStatus(experiment, status -> status.stage() == Stage.IN_SESSION);
    return run.temporal.getWorkflowClient().newUntypedWorkflowStub("session-" + path);
  }

  /** The experiment is in session a moment before its session can be found. */
  private static void send(WorkflowStub session, String update, Map<String, ?> message)
      throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        var unused = session.update(update, Object.class, message);
        return;
      } catch (WorkflowNotFoundException e) {
        if (attempt == 50) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  private static WorkflowStub group(ExperimentRun run, String path) throws InterruptedException {
    WorkflowStub group =
        run.temporal
            .getWorkflowClient()
            .newUntypedWorkflowStub(
                "Variants",
                WorkflowOptions.newBuilder()
                    .setWorkflowId("variants-" + path)
                    .setTaskQueue(OffshootNames.TASK_QUEUE)
                    .build());
    group.start(
        new VariantsSpec(
            spec().build().handedIn(List.of()),
            List.of(
                new Variant(null, List.of("SELECT 1"), null, null, null, null),
                new Variant(null, List.of("SELECT 2"), null, null, null, null))));
    awaitGroup(
        group,
        now ->
            now.ranking() != null
                && now.variants().stream().allMatch(VariantStatus::awaitsDecision));
    return group;
  }

  private static void awaitGroup(WorkflowStub group, Predicate<VariantsStatus> wanted)
      throws InterruptedException {
    for (int attempt = 1; attempt <= 300; attempt++) {
      if (wanted.test(group.query("variants", VariantsStatus.class))) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("never came");
  }

  private static void pick(WorkflowStub group, String variant) {
    group.signal("pick", PickRequest.of(variant, by("ada")));
  }

  private static ExperimentSpec revert() {
    return ExperimentSpec.builder()
        .goal("take it back")
        .parent("shop")
        .requestedBy("agent-7")
        .ttl(Duration.ofHours(1))
        .reverts("merged")
        .build();
  }

  private static void approve(WorkflowStub stub) {
    stub.signal("approve", by("ada"));
  }

  private static MergeResult conflict() {
    TableName table = new TableName("public", "t");
    return MergeResult.conflicted(
        new ConflictReport(
            1,
            List.of(
                new Conflict(
                    Conflict.Kind.UPDATE_UPDATE, table, List.of("1"), "v", "a", "b", "c", "both")),
            List.of(new ConflictCount(Conflict.Kind.UPDATE_UPDATE, table, 1)),
            "f1"));
  }
}
