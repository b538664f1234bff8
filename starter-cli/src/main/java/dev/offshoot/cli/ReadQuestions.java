package dev.offshoot.cli;

import dev.offshoot.activity.ParentActivities;
import dev.offshoot.activity.ReadActivities;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableName;
import dev.offshoot.workflow.OffshootNames;
import dev.offshoot.workflow.ParentWorkflows;
import dev.offshoot.workflow.ReadWorkflows;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.failure.TimeoutFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks the worker through its short read workflows; each question has an end. */
final class ReadQuestions {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Connection connection;

  ReadQuestions(Connection connection) {
    this.connection = connection;
  }

  /** Rows of a frozen change set from the first on, at most {@code most}, page by page. */
  void rows(
      String digest, TableName table, long most, int pageSize, Consumer<List<RowChange>> pages) {
    @Nullable Long from = null;
    long left = most;
    do {
      int limit = (int) Math.min(pageSize, left);
      ReadActivities.ReadDiff request = new ReadActivities.ReadDiff(digest, table, from, limit);
      DiffPage page = answered(() -> stub(ReadWorkflows.ReadDiffWorkflow.class).run(request));
      if (!page.rows().isEmpty()) {
        pages.accept(page.rows());
      }
      left -= page.rows().size();
      from = page.next();
    } while (from != null && left > 0);
  }

  /** The same in one list; for few rows. */
  List<RowChange> firstRows(String digest, TableName table, int most) {
    List<RowChange> rows = new ArrayList<>();
    rows(digest, table, most, most, rows::addAll);
    return rows;
  }

  List<ExperimentRow> experiments(@Nullable String parent, @Nullable String tenant, int most) {
    ReadActivities.ListExperiments request =
        new ReadActivities.ListExperiments(parent, tenant, most);
    return answered(() -> stub(ReadWorkflows.ListExperimentsWorkflow.class).run(request));
  }

  /** All parents, or the one that is named. */
  List<ParentView> parents(@Nullable String parent) {
    ParentActivities.ViewParents request = new ParentActivities.ViewParents(parent);
    return answered(() -> stub(ParentWorkflows.ViewParentsWorkflow.class).run(request));
  }

  List<HealthFinding> health() {
    return answered(() -> stub(ReadWorkflows.DoctorWorkflow.class).run());
  }

  private static <T> T answered(Supplier<T> question) {
    try {
      return question.get();
    } catch (WorkflowFailedException e) {
      if (e.getCause() instanceof TimeoutFailure) {
        throw new CliException(
            ExitCode.UNREACHABLE,
            "no worker answered within " + PATIENCE.toSeconds() + " s",
            "start one with ./offshoot up or ./offshoot worker --config FILE",
            e);
      }
      throw e;
    }
  }

  private <T> T stub(Class<T> type) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId("offshoot-read-" + UUID.randomUUID())
            .setTaskQueue(OffshootNames.TASK_QUEUE)
            .setWorkflowExecutionTimeout(PATIENCE)
            .build();
    return connection.temporal().newWorkflowStub(type, options);
  }
}
