package dev.offshoot.worker;

import dev.offshoot.branch.Parents;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SweepReport;
import dev.offshoot.worker.janitor.Janitor;
import dev.offshoot.worker.janitor.JanitorSchedule;
import dev.offshoot.worker.janitor.JanitorSteps;
import dev.offshoot.worker.observe.WorkerState;
import dev.offshoot.worker.settings.WorkerSettings;
import dev.offshoot.worker.temporal.NotYet;
import dev.offshoot.worker.temporal.Patience;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import dev.offshoot.workflow.DoctorWorkflowImpl;
import dev.offshoot.workflow.ExperimentWorkflowImpl;
import dev.offshoot.workflow.ListExperimentsWorkflowImpl;
import dev.offshoot.workflow.OffshootNames;
import dev.offshoot.workflow.ReadAuditWorkflowImpl;
import dev.offshoot.workflow.ReadDiffWorkflowImpl;
import dev.offshoot.workflow.ReadRevertedWorkflowImpl;
import dev.offshoot.workflow.ReadSchemaWorkflowImpl;
import dev.offshoot.workflow.ReadValueWorkflowImpl;
import dev.offshoot.workflow.RefreshScheduleWorkflowImpl;
import dev.offshoot.workflow.RefreshSourceWorkflowImpl;
import dev.offshoot.workflow.SessionWorkflowImpl;
import dev.offshoot.workflow.SweepWorkflowImpl;
import dev.offshoot.workflow.VariantsWorkflowImpl;
import dev.offshoot.workflow.ViewBranchesWorkflowImpl;
import dev.offshoot.workflow.ViewParentsWorkflowImpl;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.spring.boot.autoconfigure.template.WorkersTemplate;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkflowImplementationOptions;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

/**
 * Brings the worker from a started application to polling, and back. Waits for ledger and Temporal
 * in a thread of its own, so that health can be asked meanwhile; at the end it stops polling, lets
 * running steps finish within the grace, and only then lets Spring close the pools.
 */
public final class WorkerRunner implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerRunner.class);

  private final ObjectProvider<Rooms> rooms;
  private final ObjectProvider<TemporalServer> server;
  private final ObjectProvider<WorkersTemplate> workers;
  private final ObjectProvider<Janitor> janitor;
  private final ObjectProvider<JanitorSteps> janitorSteps;
  private final ObjectProvider<TemporalTarget> target;
  private final WorkerSettings settings;
  private final WorkflowImplementationOptions workflowOptions;
  private final WorkerState state;
  private final Outcome outcome;
  private final Patience patience = new Patience(Duration.ofMillis(250), Duration.ofSeconds(10));
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(task -> daemon("offshoot-sweep", task));

  private volatile @Nullable Thread starting;
  private volatile @Nullable WorkerFactory polling;
  private volatile boolean running;

  /** What happens at the end of the start. */
  public interface Outcome {
    /** The workers poll. */
    void polling();

    /** They never will. */
    void failed(Throwable failure);
  }

  public WorkerRunner(
      ObjectProvider<Rooms> rooms,
      ObjectProvider<TemporalServer> server,
      ObjectProvider<WorkersTemplate> workers,
      ObjectProvider<Janitor> janitor,
      ObjectProvider<JanitorSteps> janitorSteps,
      ObjectProvider<TemporalTarget> target,
      WorkerSettings settings,
      WorkflowImplementationOptions workflowOptions,
      WorkerState state,
      Outcome outcome) {
    this.rooms = rooms;
    this.server = server;
    this.workers = workers;
    this.janitor = janitor;
    this.janitorSteps = janitorSteps;
    this.target = target;
    this.settings = settings;
    this.workflowOptions = workflowOptions;
    this.state = state;
    this.outcome = outcome;
  }

  @Override
  public void start() {
    running = true;
    Thread thread = new Thread(this::startPolling, "offshoot-start");
    starting = thread;
    thread.start();
  }

  private void startPolling() {
    try {
      if (getReady()) {
        state.polling();
        LOG.info("polling task queue {}", OffshootNames.TASK_QUEUE);
        outcome.polling();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      if (running) {
        state.waitingFor("nothing: the start has failed, see the log");
        outcome.failed(e);
      }
    }
  }

  /** Everything in order; false if told to end meanwhile. */
  private boolean getReady() throws InterruptedException {
    Rooms needed = rooms.getObject();
    TemporalServer temporal = server.getObject();
    return await(needed::requireLedger)
        && await(temporal::requireReachable)
        && await(temporal::requireSearchAttributes)
        && sweepOrphans()
        && recover(needed)
        && await(() -> poll(needed))
        && await(this::sweepAgainAndAgain)
        && await(() -> RefreshSchedules.start(client(), needed.parents()));
  }

  private boolean await(Runnable step) throws InterruptedException {
    return patience.until(step, state::waitingFor);
  }

  /** What has no workflow any more is deleted before anything new is made. */
  private boolean sweepOrphans() {
    try {
      SweepReport report = janitor.getObject().sweep();
      if (!report.left().isEmpty()) {
        LOG.info(
            "sweep: {} branches have no workflow, and are deleted when that is so for {}",
            report.left().size(),
            HumanDuration.format(settings.worker().orphanGrace()));
      }
    } catch (OffshootException e) {
      LOG.warn("sweep: not done at the start: {}", e.failure().message());
    }
    return running;
  }

  /** By a schedule of the server's, or by our own clock where it has none. */
  private void sweepAgainAndAgain() {
    Duration every = settings.worker().sweepEvery();
    boolean scheduled = !target.getObject().embedded() && JanitorSchedule.start(schedules(), every);
    if (!scheduled) {
      var unused =
          later.scheduleWithFixedDelay(
              this::sweepAgain, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private ScheduleClient schedules() {
    WorkflowClient client = client();
    return ScheduleClient.newInstance(
        client.getWorkflowServiceStubs(),
        ScheduleClientOptions.newBuilder()
            .setNamespace(client.getOptions().getNamespace())
            .setDataConverter(client.getOptions().getDataConverter())
            .build());
  }

  /** A look that fails is no reason not to look again. */
  private void sweepAgain() {
    try {
      var unused = janitor.getObject().sweep();
    } catch (RuntimeException e) {
      LOG.warn("sweep: could not look for branches without a workflow", e);
    }
  }

  /** What workers that died left in the middle is put right now and whenever it is seen. */
  private boolean recover(Rooms needed) {
    recoverAll(needed);
    long every = settings.worker().recoveryEvery().toMillis();
    var unused =
        later.scheduleWithFixedDelay(() -> recoverAll(needed), every, every, TimeUnit.MILLISECONDS);
    return running;
  }

  /** A look that fails is no reason not to look again. */
  private static void recoverAll(Rooms needed) {
    for (Parents.Parent parent : needed.parents().all()) {
      try {
        parent.provider().recover();
      } catch (RuntimeException e) {
        LOG.warn("parent {}: could not look for what was left", parent.config().name(), e);
      }
    }
  }

  private WorkflowClient client() {
    return workers.getObject().getWorkerFactory().getWorkflowClient();
  }

  private void poll(Rooms needed) {
    WorkersTemplate template = workers.getObject();
    Worker worker = template.getWorkers().iterator().next();
    if (polling == null) {
      worker.registerWorkflowImplementationTypes(
          workflowOptions,
          ExperimentWorkflowImpl.class,
          SessionWorkflowImpl.class,
          VariantsWorkflowImpl.class,
          ReadDiffWorkflowImpl.class,
          ReadSchemaWorkflowImpl.class,
          ReadValueWorkflowImpl.class,
          ReadRevertedWorkflowImpl.class,
          ReadAuditWorkflowImpl.class,
          ListExperimentsWorkflowImpl.class,
          DoctorWorkflowImpl.class,
          SweepWorkflowImpl.class,
          ViewBranchesWorkflowImpl.class,
          ViewParentsWorkflowImpl.class,
          RefreshSourceWorkflowImpl.class,
          RefreshScheduleWorkflowImpl.class);
      worker.registerActivitiesImplementations(needed.activities().toArray());
      worker.registerActivitiesImplementations(janitorSteps.getObject());
      polling = template.getWorkerFactory();
    }
    try {
      template.getWorkerFactory().start();
    } catch (StatusRuntimeException e) {
      throw new NotYet(
          "Temporal went away before polling began (%s)".formatted(e.getStatus().getCode()), e);
    }
  }

  @Override
  public void stop() {
    running = false;
    state.waitingFor("nothing: the worker is ending");
    patience.giveUp();
    later.shutdownNow();
    join(starting);
    WorkerFactory factory = polling;
    if (factory == null) {
      return;
    }
    String grace = HumanDuration.format(settings.shutdownGrace());
    LOG.info("no longer polling; running steps have {} to finish", grace);
    factory.shutdown();
    factory.awaitTermination(settings.shutdownGrace().toMillis(), TimeUnit.MILLISECONDS);
    if (!factory.isTerminated()) {
      LOG.warn("steps still run after {}; Temporal will have them tried again elsewhere", grace);
      factory.shutdownNow();
    }
  }

  private static void join(@Nullable Thread thread) {
    if (thread == null || thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(TimeUnit.SECONDS.toMillis(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
