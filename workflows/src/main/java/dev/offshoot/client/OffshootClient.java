package dev.offshoot.client;

import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.codec.KeyFile;
import dev.offshoot.codec.KeyFileException;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.VariantsSpec;
import dev.offshoot.domain.VariantsValidation;
import dev.offshoot.workflow.Announcement;
import dev.offshoot.workflow.ExperimentMemo;
import dev.offshoot.workflow.OffshootDataConverter;
import dev.offshoot.workflow.OffshootNames;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.common.SearchAttributes;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Clock;

/**
 * Starts experiments and finds running ones again.
 *
 * <p>Throws {@link OffshootException} for what Offshoot has an answer to; a Temporal server that
 * does not answer shows as the SDK's own exception.
 */
public final class OffshootClient implements AutoCloseable {
  private static final String EXPERIMENT = "Experiment";
  private static final String VARIANTS = "Variants";

  private final WorkflowClient temporal;
  private final boolean ownsConnection;

  private OffshootClient(WorkflowClient temporal, boolean ownsConnection) {
    this.temporal = temporal;
    this.ownsConnection = ownsConnection;
  }

  /**
   * Uses namespace {@code default} of the Temporal server at {@code address} ({@code host:port}),
   * and encrypts if the environment names a key file; see {@link KeyFile#VARIABLE}.
   *
   * @throws KeyFileException if that file cannot be used
   */
  public static OffshootClient connect(String address) {
    return connect(address, "default");
  }

  /** The same with another namespace. */
  public static OffshootClient connect(String address, String namespace) {
    return connect(address, namespace, EncryptionCodec.ofEnvironment(System.getenv()));
  }

  /**
   * The same with keys from elsewhere.
   *
   * @param encryption as the worker's: the same keys
   */
  public static OffshootClient connect(
      String address, String namespace, EncryptionCodec encryption) {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    WorkflowClientOptions options =
        WorkflowClientOptions.newBuilder()
            .setNamespace(namespace)
            .setDataConverter(OffshootDataConverter.with(encryption))
            .build();
    return new OffshootClient(WorkflowClient.newInstance(stubs, options), true);
  }

  /**
   * Uses a connection of the caller's (TLS, API key, namespace), which stays the caller's to close.
   * Its data converter must be {@link OffshootDataConverter} or built on it.
   */
  public static OffshootClient over(WorkflowClient temporal) {
    return new OffshootClient(temporal, false);
  }

  /** Starts under a new id. */
  public Experiment start(ExperimentSpec spec) {
    return start(NewExperimentId.today(Clock.systemUTC()), spec);
  }

  /**
   * Starts under {@code id}, which no experiment may ever have had.
   *
   * @throws OffshootException {@code BAD_SPEC} with every problem, before anything is sent; {@code
   *     ID_IN_USE} with who asked for the other one and where it stands
   */
  public Experiment start(ExperimentId id, ExperimentSpec spec) {
    SpecValidation.requireValid(spec);
    WorkflowOptions.Builder options =
        options(id.workflowId())
            .setStaticSummary(StartSummary.summary(spec))
            .setStaticDetails(StartSummary.details(spec))
            .setMemo(ExperimentMemo.of(spec));
    start(EXPERIMENT, spec, options, Announcement.of(spec), id);
    return experiment(id);
  }

  /**
   * Starts a group under {@code id}, which no group and no experiment may ever have had.
   *
   * @throws OffshootException as {@link #start(ExperimentId, ExperimentSpec)}
   */
  public VariantGroup start(ExperimentId id, VariantsSpec spec) {
    VariantsValidation.requireValid(id, spec);
    WorkflowOptions.Builder options =
        options(id.variantsWorkflowId())
            .setStaticSummary(StartSummary.summary(spec))
            .setStaticDetails(StartSummary.details(spec))
            .setMemo(ExperimentMemo.of(spec.shared()));
    start(VARIANTS, spec, options, Announcement.of(spec.shared()), id);
    return variants(id);
  }

  private static WorkflowOptions.Builder options(String workflowId) {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(workflowId)
        .setTaskQueue(OffshootNames.TASK_QUEUE)
        .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
        .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL);
  }

  private void start(
      String type,
      Object spec,
      WorkflowOptions.Builder options,
      SearchAttributes attributes,
      ExperimentId id) {
    try {
      begin(type, spec, options.setTypedSearchAttributes(attributes).build(), id);
    } catch (WorkflowServiceException e) {
      if (!isRefusedArgument(e)) {
        throw e;
      }
      // The server does not know our search attributes yet: the workflow sets them when a worker
      // has registered them.
      begin(type, spec, options.setTypedSearchAttributes(SearchAttributes.EMPTY).build(), id);
    }
  }

  private void begin(String type, Object spec, WorkflowOptions options, ExperimentId id) {
    try {
      temporal.newUntypedWorkflowStub(type, options).start(spec);
    } catch (WorkflowExecutionAlreadyStarted e) {
      throw new OffshootException(
          ErrorCode.ID_IN_USE,
          "id: '%s' is in use%s; choose another id or leave it out"
              .formatted(id, type.equals(VARIANTS) ? " by another group" : usedBy(id)),
          e);
    }
  }

  private static boolean isRefusedArgument(WorkflowServiceException e) {
    return e.getCause() instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.INVALID_ARGUMENT;
  }

  /** The experiment of that id, whether it exists or not. */
  public Experiment experiment(ExperimentId id) {
    return new Experiment(temporal, id);
  }

  /** The group of that id, whether it exists or not. */
  public VariantGroup variants(ExperimentId id) {
    return new VariantGroup(temporal, id);
  }

  /** Who has the id, as far as somebody answers. */
  private String usedBy(ExperimentId id) {
    try {
      ExperimentStatus status = experiment(id).status();
      String who = status.spec().requestedBy();
      return " by an experiment of %s (%s)"
          .formatted(
              who == null ? "somebody" : ShownText.oneLine(who, 80),
              status.outcome() == null ? status.stage() : status.outcome().outcome());
    } catch (WorkflowException | StatusRuntimeException | OffshootException e) {
      return " by an experiment whose state is not known now (no worker answers)";
    }
  }

  @Override
  public void close() {
    if (ownsConnection) {
      temporal.getWorkflowServiceStubs().shutdown();
    }
  }
}
