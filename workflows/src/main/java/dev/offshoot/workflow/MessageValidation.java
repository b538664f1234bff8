package dev.offshoot.workflow;

import dev.offshoot.domain.DecideRequest;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExtendTtlRequest;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.Stage;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is refused before an update reaches the history: missing parts, and what comes too late. */
final class MessageValidation {
  private MessageValidation() {}

  /**
   * @throws ApplicationFailure {@code DECISION_REFUSED} if it could not count
   */
  static void requireDecision(@Nullable DecideRequest request, DecisionDesk desk) {
    if (request == null || request.decision() == null) {
      throw refused("decision: is missing; send {\"decision\": \"APPROVE\" or \"REJECT\", …}");
    }
    @Nullable String refusal =
        desk.weigh(request.decision(), request.request(), Decision.Channel.UPDATE).refusal();
    if (refusal != null) {
      throw refused(refusal);
    }
  }

  /** What is asked for; a rejection if that cannot be told. */
  static Decision.Kind kind(@Nullable DecideRequest request) {
    return request == null || request.decision() == null
        ? Decision.Kind.REJECT
        : request.decision();
  }

  /**
   * @throws ApplicationFailure {@code DECISION_REFUSED} if the deadline cannot be moved like that
   */
  static void requireExtension(
      @Nullable ExtendTtlRequest request, DecisionDesk desk, Journal journal) {
    if (request == null || request.by() == null || request.by().isBlank()) {
      throw refused("by: is missing; send {\"by\": \"your name\", \"ttl\": \"2h\"}");
    }
    if (request.ttl() == null || request.ttl().isNegative() || request.ttl().isZero()) {
      throw refused("ttl: must be longer than zero; write it like 30m or 2h");
    }
    if (desk.isClosed() || journal.stage().compareTo(Stage.MERGING) >= 0) {
      throw refused("too late: the experiment is at " + journal.stage());
    }
    if (deadline(request).isAfter(journal.latestDeadline())) {
      throw refused(
          "ttl: %s from now is past %s, the latest deadline this parent allows; ask for less"
              .formatted(HumanDuration.format(request.ttl()), journal.latestDeadline()));
    }
  }

  /** The deadline that is asked for, seen from now. */
  static Instant deadline(@Nullable ExtendTtlRequest request) {
    Duration ttl = request == null || request.ttl() == null ? Duration.ZERO : request.ttl();
    return Instant.ofEpochMilli(Workflow.currentTimeMillis()).plus(ttl);
  }

  static ApplicationFailure refused(String why) {
    return ApplicationFailure.newNonRetryableFailure(why, ErrorCode.DECISION_REFUSED.name());
  }
}
