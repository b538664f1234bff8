package dev.offshoot.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names one experiment for ever; workflow, branch, roles and receipt derive their names from it.
 *
 * <p>Lower-case letters, digits and single hyphens, 1 to 40 characters, so that every derived
 * database and role name stays below Postgres's 63 bytes and needs no quoting to be safe.
 */
public record ExperimentId(@JsonValue String value) {
  public static final int MOST_CHARACTERS = 40;

  /** With what the ids of experiments' workflows begin. */
  public static final String WORKFLOW_PREFIX = "experiment-";

  /** With what the ids of sessions' workflows begin. */
  public static final String SESSION_PREFIX = "session-";

  /** With what the ids of groups' workflows begin. */
  public static final String VARIANTS_PREFIX = "variants-";

  private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ExperimentId {
    Objects.requireNonNull(value, "experiment id");
    if (!FORM.matcher(value).matches()) {
      throw new OffshootException(
          ErrorCode.BAD_SPEC,
          "id: '%s' is not an experiment id; use 1 to 40 lower-case letters, digits and hyphens"
              .formatted(ShownText.oneLine(value, 60)));
    }
  }

  /** The experiment that the workflow of this id runs. */
  public static ExperimentId ofWorkflow(String workflowId) {
    if (!workflowId.startsWith(WORKFLOW_PREFIX)) {
      throw new OffshootException(
          ErrorCode.BAD_SPEC,
          "workflow id: '%s' must be 'experiment-<id>'; start it under such an id"
              .formatted(ShownText.oneLine(workflowId, 80)));
    }
    return new ExperimentId(workflowId.substring(WORKFLOW_PREFIX.length()));
  }

  public String workflowId() {
    return WORKFLOW_PREFIX + value;
  }

  /** The workflow to which an agent sends its statements. */
  public String sessionWorkflowId() {
    return SESSION_PREFIX + value;
  }

  /** The group that the workflow of this id runs; empty if it runs none. */
  public static Optional<ExperimentId> ofGroup(String workflowId) {
    String id =
        workflowId.startsWith(VARIANTS_PREFIX)
            ? workflowId.substring(VARIANTS_PREFIX.length())
            : "";
    return FORM.matcher(id).matches() ? Optional.of(new ExperimentId(id)) : Optional.empty();
  }

  /** The workflow of the group of this id. */
  public String variantsWorkflowId() {
    return VARIANTS_PREFIX + value;
  }

  /** The experiment that is a variant of the group of this id. */
  public ExperimentId variant(int number) {
    return new ExperimentId(value + "-" + number);
  }

  @Override
  public String toString() {
    return value;
  }
}
