package dev.offshoot.cli;

import dev.offshoot.codec.UndecryptablePayload;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.workflow.ExperimentMemo;
import dev.offshoot.workflow.OffshootNames;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.common.converter.DataConverterException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists experiments from where they can be listed. */
final class ExperimentLists {
  private static final String STATUS_PREFIX = "WORKFLOW_EXECUTION_STATUS_";

  private final Connection connection;
  private @Nullable UndecryptablePayload undecryptable;

  ExperimentLists(Connection connection) {
    this.connection = connection;
  }

  /** From the Temporal server's search attributes; needs no worker. */
  List<ListedExperiment> ofServer(ExperimentQuery query, int most) {
    try (Stream<WorkflowExecutionMetadata> found =
        connection.temporal().listExecutions(query.text())) {
      return found.map(this::listed).limit(most).toList();
    }
  }

  /** From the ledger, through a worker; knows parent and tenant. */
  List<ListedExperiment> ofLedger(ExperimentQuery query, int most) {
    if (query.hazard() != null) {
      throw new CliException(
          ExitCode.USAGE,
          "--hazard: this server cannot search by hazard",
          "leave it out, or use ./offshoot up --temporal dev");
    }
    return new ReadQuestions(connection)
        .experiments(query.parent(), query.tenant(), query.stage() == null ? most : 500).stream()
            .filter(row -> query.stage() == null || query.stage() == row.stage())
            .limit(most)
            .map(ExperimentLists::listed)
            .toList();
  }

  private static ListedExperiment listed(ExperimentRow row) {
    return new ListedExperiment(
        row.id().value(),
        row.outcome() != null
            ? row.outcome().name()
            : row.stage() != null ? row.stage().name() : "RUNNING",
        row.parent(),
        row.tenant(),
        row.goal(),
        row.requestedBy(),
        List.of(),
        null,
        row.startedAt());
  }

  /** Why goals and requesters are missing; nothing if they are not. */
  @Nullable UndecryptablePayload undecryptable() {
    return undecryptable;
  }

  private ListedExperiment listed(WorkflowExecutionMetadata workflow) {
    SearchAttributes attributes = workflow.getTypedSearchAttributes();
    return new ListedExperiment(
        id(workflow.getExecution().getWorkflowId()),
        state(workflow.getStatus(), attributes),
        value(attributes, OffshootNames.PARENT),
        value(attributes, OffshootNames.TENANT),
        memo(workflow, ExperimentMemo.GOAL),
        memo(workflow, ExperimentMemo.REQUESTED_BY),
        Objects.requireNonNullElse(value(attributes, OffshootNames.HAZARD), List.of()),
        value(attributes, OffshootNames.DIGEST),
        workflow.getStartTime());
  }

  private static String state(WorkflowExecutionStatus status, SearchAttributes attributes) {
    @Nullable String outcome = value(attributes, OffshootNames.OUTCOME);
    if (outcome != null) {
      return outcome;
    }
    if (status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) {
      return status.name().replace(STATUS_PREFIX, "");
    }
    return Objects.requireNonNullElse(value(attributes, OffshootNames.STAGE), "RUNNING");
  }

  private static <T> @Nullable T value(SearchAttributes attributes, SearchAttributeKey<T> key) {
    return attributes.containsKey(key) ? attributes.get(key) : null;
  }

  private @Nullable String memo(WorkflowExecutionMetadata workflow, String key) {
    try {
      return workflow.getMemo(key, String.class, String.class);
    } catch (DataConverterException e) {
      return null;
    } catch (UndecryptablePayload e) {
      undecryptable = e;
      return null;
    }
  }

  /** Somebody may have started one under an id of another form. */
  private static String id(String workflowId) {
    try {
      return ExperimentId.ofWorkflow(workflowId).value();
    } catch (OffshootException e) {
      return workflowId;
    }
  }
}
