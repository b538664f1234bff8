package dev.offshoot.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.activity.ParentActivities;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.RefreshReport;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The long workflow that has a source copy made anew again and again. */
class RefreshScheduleTest {
  private final TestWorkflowEnvironment temporal =
      TestWorkflowEnvironment.newInstance(
          TestEnvironmentOptions.newBuilder()
              .setWorkflowClientOptions(
                  WorkflowClientOptions.newBuilder()
                      .setDataConverter(OffshootDataConverter.get())
                      .build())
              .build());
  private final Copies copies = new Copies();

  @BeforeEach
  void start() {
    Worker worker = temporal.newWorker(OffshootNames.TASK_QUEUE);
    worker.registerWorkflowImplementationTypes(RefreshScheduleWorkflowImpl.class);
    worker.registerActivitiesImplementations(copies);
    temporal.start();
  }

  @AfterEach
  void stop() {
    temporal.close();
  }

  @Test
  void copyIsLookedAtOnTime_alsoAfterAFailure_beyondTheEndOfARun_andAtOnceWhenWoken() {
    var unused = started("shop");
    temporal.sleep(Duration.ofMinutes(1));
    int first = copies.looks.get();
    assertThat(first).isPositive();

    copies.fails = true;
    temporal.sleep(Duration.ofHours(6));
    int afterAFailure = copies.looks.get();
    temporal.sleep(RefreshScheduleWorkflowImpl.AFTER_FAILURE.plusMinutes(1));
    assertThat(copies.looks.get()).isGreaterThan(afterAFailure);
    copies.fails = false;

    temporal.sleep(Duration.ofHours(6L * RefreshScheduleWorkflowImpl.ROUNDS + 6));
    assertThat(copies.looks.get()).isGreaterThan(RefreshScheduleWorkflowImpl.ROUNDS);

    copies.wanted = false;
    // As a worker that starts with another configuration does.
    started("shop").getResult(Void.class);
  }

  @Test
  void scheduleThatTheConfigurationDoesNotWant_ends() {
    copies.wanted = false;

    started("shop").getResult(Void.class);

    assertThat(copies.looks).hasValue(1);
  }

  private WorkflowStub started(String parent) {
    WorkflowClient client = temporal.getWorkflowClient();
    WorkflowStub schedule =
        client.newUntypedWorkflowStub(
            "RefreshSchedule",
            WorkflowOptions.newBuilder()
                .setWorkflowId(ParentWorkflows.scheduleId(parent))
                .setTaskQueue(OffshootNames.TASK_QUEUE)
                .build());
    schedule.signalWithStart(
        "wake", new Object[0], new Object[] {new ParentActivities.RefreshSource(parent)});
    return schedule;
  }

  /** Counts; does as it is told. */
  private static final class Copies implements ParentActivities {
    private final AtomicInteger looks = new AtomicInteger();
    private volatile boolean fails;
    private volatile boolean wanted = true;

    @Override
    public NextRefresh refreshIfDue(RefreshSource request) {
      looks.incrementAndGet();
      if (fails) {
        throw Failures.toTemporal(
            new OffshootException(ErrorCode.PARENT_UNSUITABLE, "an extension is missing"));
      }
      return new NextRefresh(wanted ? Duration.ofHours(6) : null);
    }

    @Override
    public List<ParentView> viewParents(ViewParents request) {
      return List.of();
    }

    @Override
    public RefreshReport refreshSource(RefreshSource request) {
      throw new UnsupportedOperationException();
    }
  }
}
