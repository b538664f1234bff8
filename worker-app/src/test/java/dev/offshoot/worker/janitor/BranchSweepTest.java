package dev.offshoot.worker.janitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.BranchView;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.ledger.BranchRegistry;
import dev.offshoot.ledger.BranchRegistry.Registered;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.step.Progress;
import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import dev.offshoot.worker.temporal.WorkflowOwners;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class BranchSweepTest {
  private static final Duration GRACE = Duration.ofMinutes(5);

  private EmbeddedTemporalServer temporal;
  private WorkflowServiceStubs stubs;
  private TestParent parent;
  private PostgresBranchProvider provider;
  private BranchRegistry registry;

  @BeforeEach
  void setUp() throws Exception {
    temporal = EmbeddedTemporalServer.start(0, Map.of());
    stubs = WorkflowServiceStubs.newServiceStubs(target().options());
    parent = PostgresServer.parent("CREATE TABLE t (id int PRIMARY KEY)");
    provider = new PostgresBranchProvider(parent.config().toBuilder().sequenceBlock(1000).build());
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    registry = ledger.branches();
  }

  @AfterEach
  void tearDown() throws Exception {
    for (BranchRef standing : provider.standing()) {
      provider.drop(standing);
    }
    provider.close();
    parent.close();
    stubs.shutdownNow();
    temporal.close();
  }

  @Test
  void serverOfOurOwn_everyBranchWithoutRunningWorkflowIsDropped_atOnce() throws Exception {
    BranchRef alive = branch("sweep-alive", start("sweep-alive"));
    WorkflowStub ended = start("sweep-ended");
    BranchRef orphan = branch("sweep-ended", ended);
    ended.terminate("test");
    BranchRef forgotten = branch("sweep-forgotten", UUID.randomUUID().toString());

    List<BranchRef> left = sweep(Duration.ZERO, Clock.systemUTC()).sweep().left();

    assertThat(left).isEmpty();
    assertThat(provider.standing()).containsExactly(alive);
    assertThat(registry.living()).extracting(Registered::ref).containsExactly(alive);
    assertThat(exists(orphan.branchName()) || exists(forgotten.baseName())).isFalse();
  }

  @Test
  void sharedServer_orphansAreLeftAloneWithinTheGrace_andDroppedAfterIt() throws Exception {
    WorkflowStub ended = start("grace-ended");
    BranchRef justEnded = branch("grace-ended", ended);
    ended.terminate("test");
    BranchRef forgotten = branch("grace-forgotten", UUID.randomUUID().toString());
    BranchRef alive = branch("grace-alive", start("grace-alive"));
    AtomicReference<Duration> passed = new AtomicReference<>(Duration.ZERO);
    BranchSweep sweep = sweep(GRACE, passing(passed));

    List<BranchRef> left = sweep.sweep().left();

    assertThat(left).containsExactly(justEnded, forgotten);
    assertThat(provider.standing()).containsExactlyInAnyOrder(justEnded, forgotten, alive);

    passed.set(GRACE.plusSeconds(1));

    assertThat(sweep.sweep().left()).isEmpty();
    assertThat(provider.standing()).containsExactly(alive);
  }

  @Test
  void workflowThatRunsAgainUnderItsId_asAfterAReset_keepsTheBranchOfItsEarlierRun()
      throws Exception {
    WorkflowStub first = start("sweep-reset");
    BranchRef branch = branch("sweep-reset", first);
    first.terminate("reset");
    WorkflowStub again = start("sweep-reset");
    BranchSweep sweep = sweep(Duration.ZERO, Clock.systemUTC());

    assertThat(sweep.sweep().left()).isEmpty();
    assertThat(provider.standing()).containsExactly(branch);

    again.terminate("done");
    assertThat(sweep.sweep().left()).isEmpty();
    assertThat(provider.standing()).isEmpty();
  }

  @Test
  void ownerThatEndedBeforeTheGrace_losesItsBranchAtOnce() throws Exception {
    WorkflowStub ended = start("long-ended");
    branch("long-ended", ended);
    ended.terminate("test");
    Clock later = Clock.offset(Clock.systemUTC(), GRACE.plusSeconds(1));

    assertThat(sweep(GRACE, later).sweep().left()).isEmpty();

    assertThat(provider.standing()).isEmpty();
  }

  @Test
  void sweptBranch_givesItsValuesOfTheParentsSequencesBack_unlessItsExperimentWasMerged()
      throws Exception {
    parent.execute("CREATE SEQUENCE tickets; SELECT nextval('tickets')");
    String before = parent.dump();
    branch("sweep-unmerged", UUID.randomUUID().toString());
    assertThat(parent.dump()).isNotEqualTo(before);

    sweep(Duration.ZERO, Clock.systemUTC()).sweep();

    assertThat(parent.dump()).isEqualTo(before);

    branch("sweep-merged", UUID.randomUUID().toString());
    parent.execute(
        """
        CREATE SCHEMA offshoot;
        CREATE TABLE offshoot.merge_receipt (
          experiment_id text PRIMARY KEY, digest text, merged_at timestamptz, reverts text,
          converged text);
        INSERT INTO offshoot.merge_receipt VALUES ('sweep-merged', 'abc', now(), NULL, '{}');
        """);
    String merged = parent.dump();

    sweep(Duration.ZERO, Clock.systemUTC()).sweep();

    assertThat(provider.standing()).isEmpty();
    assertThat(parent.dump()).isEqualTo(merged);
  }

  @Test
  void branchThatStandsThoughItWasDeleted_asAfterAWorkerThoughtDead_isDropped() throws Exception {
    WorkflowStub owner = start("sweep-zombie");
    BranchRef zombie = branch("sweep-zombie", owner);
    registry.dropped(zombie, "change set frozen");
    AtomicReference<Duration> passed = new AtomicReference<>(Duration.ZERO);
    BranchSweep sweep = sweep(GRACE, passing(passed));

    assertThat(sweep.sweep().left()).containsExactly(zombie);
    passed.set(GRACE.plusSeconds(1));

    assertThat(sweep.sweep().dropped()).containsExactly(zombie);
    assertThat(provider.standing()).isEmpty();
  }

  @Test
  void branchOfAnotherInstallation_isShownAndNeverTouched() {
    ExperimentId experiment = new ExperimentId("sweep-neighbours");
    BranchRef theirs = new BranchRef(experiment, 1, parent.config().name());
    provider.create(theirs, Instant.now().plusSeconds(600), Progress.NONE);

    assertThat(sweep(Duration.ZERO, Clock.systemUTC()).sweep().dropped()).isEmpty();

    assertThat(provider.standing()).containsExactly(theirs);
    assertThat(views().of(null))
        .extracting(BranchView::ref, BranchView::state, BranchView::owner)
        .containsExactly(tuple(theirs, BranchView.State.UNREGISTERED, BranchView.Owner.UNKNOWN));
  }

  @Test
  void views_showWhatStandsWhatIsOrphanedAndWhatWasSwept() throws Exception {
    BranchRef alive = branch("view-alive", start("view-alive"));
    WorkflowStub ended = start("view-ended");
    BranchRef orphan = branch("view-ended", ended);
    ended.terminate("test");

    assertThat(views().of(null))
        .extracting(BranchView::ref, BranchView::state, BranchView::owner)
        .containsExactlyInAnyOrder(
            tuple(alive, BranchView.State.STANDS, BranchView.Owner.RUNNING),
            tuple(orphan, BranchView.State.STANDS, BranchView.Owner.ENDED));

    sweep(Duration.ZERO, Clock.systemUTC()).sweep();

    assertThat(views().of(parent.config().name()))
        .extracting(BranchView::ref, BranchView::state, BranchView::note)
        .containsExactlyInAnyOrder(
            tuple(alive, BranchView.State.STANDS, null),
            tuple(orphan, BranchView.State.SWEPT, "its workflow has ended"));
    assertThat(views().of("another")).isEmpty();
  }

  private BranchViews views() {
    return new BranchViews(
        registry,
        new Parents(List.of(new Parents.Parent(parent.config(), provider))),
        new WorkflowOwners(target(), stubs));
  }

  @Test
  void databaseThatWeDidNotMake_isNeverTouched() throws Exception {
    try (Connection superuser = PostgresServer.superuser("postgres");
        Statement statement = superuser.createStatement()) {
      statement.execute("CREATE DATABASE offshoot_somebodys");
      try {
        sweep(Duration.ZERO, Clock.systemUTC()).sweep();

        assertThat(exists("offshoot_somebodys")).isTrue();
      } finally {
        statement.execute("DROP DATABASE offshoot_somebodys");
      }
    }
  }

  /** A clock that runs ahead by what has passed for the test. */
  private static Clock passing(AtomicReference<Duration> passed) {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return Instant.now().plus(passed.get());
      }
    };
  }

  private BranchSweep sweep(Duration grace, Clock clock) {
    Parents parents = new Parents(List.of(new Parents.Parent(parent.config(), provider)));
    return new BranchSweep(registry, parents, new WorkflowOwners(target(), stubs), grace, clock);
  }

  private TemporalTarget target() {
    return TemporalTarget.local(temporal.address(), true);
  }

  private WorkflowStub start(String id) {
    WorkflowStub workflow =
        WorkflowClient.newInstance(stubs)
            .newUntypedWorkflowStub(
                "Experiment",
                WorkflowOptions.newBuilder()
                    .setWorkflowId("experiment-" + id)
                    .setTaskQueue("nobody")
                    .build());
    WorkflowExecution unused = workflow.start();
    return workflow;
  }

  private BranchRef branch(String id, WorkflowStub owner) {
    return branch(id, owner.getExecution().getRunId());
  }

  private BranchRef branch(String id, String runId) {
    ExperimentId experiment = new ExperimentId(id);
    BranchRef ref = new BranchRef(experiment, 1, parent.config().name());
    Instant deadline = Instant.now().plusSeconds(600);
    registry.register(
        ref,
        provider.kind(),
        experiment.workflowId(),
        runId,
        ExperimentSpec.builder().build(),
        deadline);
    provider.create(ref, deadline, Progress.NONE);
    registry.ready(ref);
    return ref;
  }

  private static boolean exists(String database) throws Exception {
    try (Connection superuser = PostgresServer.superuser("postgres");
        Statement statement = superuser.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + database + "'")) {
      return rows.next();
    }
  }
}
