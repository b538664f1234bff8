package dev.offshoot.worker.crash;

import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Stage;
import dev.offshoot.workflow.ExperimentWorkflow;
import dev.offshoot.workflow.OffshootNames;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One experiment that is brought to a place of its path, and ended there in one way. */
final class Ending {
  /** The places at which one can be held, as {@link CrashPoints} names them. */
  static final String BRANCHING = "CreateBranch branch: copying the base";

  static final String BRANCHED = "CreateBranch is done";
  static final String EXPERIMENTING =
      "RunExperiment statement 2 of 4: INSERT INTO item VALUES (100, 'new', 7)";
  static final String EXPERIMENTED = "RunExperiment is done";
  static final String DIFFING = "ComputeDiff freezing the change set";
  static final String JUDGING = "Judge judging";
  static final String WAITING = "waiting for a decision";
  static final String MERGING = "Merge committing";
  static final String MERGED = "Merge is done";
  static final String DROPPING = "DropBranch begins";

  /** What happens to it at its place. */
  @FunctionalInterface
  interface Blow {
    void strike(Ending ending) throws Exception;
  }

  private final CrashWorld world;
  private final String id;
  private final @Nullable String place;
  private final Blow blow;
  private final List<String> records;
  private String parent;
  private List<String> statements = Kind.ROWS.toTheEnd();
  private int merges;
  private boolean keepBranch;
  private @Nullable Duration runTimeout;
  private boolean started;
  private boolean struck;

  /**
   * @param place where it is held until it is struck; absent if it ends by itself
   * @param records what the ledger's audit must say of it in the end, in any order
   */
  Ending(CrashWorld world, String id, @Nullable String place, Blow blow, String... records) {
    this.world = world;
    this.id = id;
    this.parent = id;
    this.place = place;
    this.blow = blow;
    this.records = List.of(records);
    for (String record : records) {
      merges |= record.startsWith("MERGED") ? 1 : 0;
    }
  }

  Ending on(String otherParent) {
    parent = otherParent;
    return this;
  }

  Ending running(String sql) {
    statements = List.of(sql);
    return this;
  }

  /** Its branch stands while somebody is asked. */
  Ending keepingItsBranch() {
    keepBranch = true;
    return this;
  }

  /** As any client of Temporal's may start it. */
  Ending timingOutAfter(Duration time) {
    runTimeout = time;
    return this;
  }

  boolean timesOut() {
    return runTimeout != null;
  }

  boolean isStarted() {
    return started;
  }

  /** Whether it has something to do before it comes to its place, or to its end. */
  boolean isOnItsWay() {
    return started && !struck;
  }

  boolean isOver(AuditedEndings audited) {
    return started && audited.of(id).size() >= records.size();
  }

  String id() {
    return id;
  }

  String workflowId() {
    return "experiment-" + id;
  }

  String parent() {
    return parent;
  }

  @Nullable String place() {
    return place;
  }

  List<String> records() {
    return records;
  }

  int merges() {
    return merges;
  }

  ExperimentWorkflow workflow() {
    return world.client().newWorkflowStub(ExperimentWorkflow.class, workflowId());
  }

  WorkflowStub stub() {
    return WorkflowStub.fromTyped(workflow());
  }

  void start() {
    started = true;
    WorkflowOptions.Builder options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(workflowId())
            .setTaskQueue(OffshootNames.TASK_QUEUE);
    if (runTimeout != null) {
      options.setWorkflowRunTimeout(runTimeout);
    }
    WorkflowClient.start(
        world.client().newWorkflowStub(ExperimentWorkflow.class, options.build())::run, spec());
  }

  private ExperimentSpec spec() {
    ExperimentSpecBuilder spec =
        ExperimentSpec.builder()
            .goal("end")
            .parent(parent)
            .requestedBy("agent")
            .ttl(Duration.ofMinutes(20))
            .keepBranch(keepBranch);
    statements.forEach(spec::statement);
    return spec.build();
  }

  /** Where it stands, if anybody says so. */
  @Nullable Stage stage() {
    ExperimentStatus status = status();
    return status == null ? null : status.stage();
  }

  private @Nullable ExperimentStatus status() {
    try {
      return workflow().status();
    } catch (WorkflowException e) {
      return null;
    }
  }

  /** Approves, if somebody is to be asked. */
  void approveIfAsked() {
    if (stage() == Stage.AWAITING_DECISION) {
      workflow().approve(new DecisionRequest("rita", "yes", null, null));
    }
  }

  /** One step on its way to the place and through it. */
  void goOn(PointsOfSteps points) throws Exception {
    if (!started || struck || place == null) {
      return;
    }
    boolean there = isThere(points);
    if (there) {
      struck = true;
      blow.strike(this);
    } else if (place.equals(MERGING) || place.equals(MERGED)) {
      approveIfAsked();
    }
  }

  boolean isThere(PointsOfSteps points) {
    return WAITING.equals(place) ? stage() == Stage.AWAITING_DECISION : points.isStopped(id);
  }

  @Override
  public String toString() {
    return "%s (%s at %s)".formatted(id, struck ? "struck" : "held", place);
  }
}
