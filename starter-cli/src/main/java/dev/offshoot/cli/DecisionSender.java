package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TimelineEvent;
import dev.offshoot.policy.DecisionPolicy;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sends a decision by the {@code decide} update and follows what comes of it. */
final class DecisionSender {
  private static final int SHORTEST_DIGEST = 8;
  private static final int WHOLE_DIGEST = 64;

  private final Connection connection;
  private final Experiment experiment;
  private final Output output;

  DecisionSender(Connection connection, Experiment experiment, Output output) {
    this.connection = connection;
    this.experiment = experiment;
    this.output = output;
  }

  /** The hazards of those names. */
  static List<String> hazards(List<String> names) {
    Set<String> known =
        List.of(Hazard.values()).stream().map(Enum::name).collect(Collectors.toSet());
    List<String> hazards =
        names.stream().map(name -> name.strip().toUpperCase(Locale.ROOT)).toList();
    for (String name : hazards) {
      if (!known.contains(name)) {
        throw new CliException(
            ExitCode.USAGE,
            "--accept-hazard: there is no hazard '%s'".formatted(name),
            "copy the name as ./offshoot experiment show prints it");
      }
    }
    return hazards;
  }

  /**
   * The whole digest that {@code given} begins.
   *
   * @param given at least 8 hexadecimal digits, or nothing for the change set under review
   */
  static @Nullable String digest(@Nullable String given, ExperimentStatus status) {
    @Nullable String current = status.changes() == null ? null : status.changes().digest();
    if (given == null) {
      return current;
    }
    String wanted = given.strip().toLowerCase(Locale.ROOT);
    if (!wanted.matches("[0-9a-f]{%d,%d}".formatted(SHORTEST_DIGEST, WHOLE_DIGEST))) {
      throw new CliException(
          ExitCode.USAGE,
          "--digest: '%s' is not a digest".formatted(given),
          "give at least %d of its hexadecimal digits".formatted(SHORTEST_DIGEST));
    }
    if (current != null && !current.startsWith(wanted)) {
      throw new CliException(
          ExitCode.CONFLICT,
          "--digest: %s is not the change set under review (%s)"
              .formatted(wanted, ProgressText.shortDigest(current)),
          "look at it with ./offshoot experiment diff %s and give its digest"
              .formatted(status.id()));
    }
    return current == null ? wanted : current;
  }

  /** Decides; a refusal ends the command with the reason and a code that says of which kind. */
  Decision send(Decision.Kind kind, DecisionRequest request) {
    try {
      return kind == Decision.Kind.APPROVE
          ? experiment.approve(request)
          : experiment.reject(request);
    } catch (OffshootException e) {
      if (e.code() != ErrorCode.DECISION_REFUSED) {
        throw e;
      }
      throw refused(kind, request, e);
    }
  }

  private CliException refused(
      Decision.Kind kind, DecisionRequest request, OffshootException refusal) {
    ExperimentStatus status = experiment.status();
    return new CliException(
        refusedCode(kind, request, status),
        refusal.failure().message(),
        status.outcome() != null
            ? "it ended %s by %s".formatted(status.outcome().outcome(), status.outcome().by())
            : null,
        refusal);
  }

  /** Of which kind a refusal is, from what stands now. */
  static ExitCode refusedCode(
      Decision.Kind kind, DecisionRequest request, ExperimentStatus status) {
    boolean decided = status.decisions().stream().anyMatch(Decision::settles);
    boolean reopened = status.stage() == Stage.AWAITING_DECISION;
    if (status.stage() == Stage.CLOSED || (decided && !reopened)) {
      return ExitCode.CONFLICT;
    }
    if (kind == Decision.Kind.REJECT) {
      return ExitCode.USAGE;
    }
    if (status.changes() == null || status.judgement() == null) {
      return ExitCode.PENDING;
    }
    boolean own =
        DecisionPolicy.sameActor(
            String.valueOf(request.by()), String.valueOf(status.spec().requestedBy()));
    boolean outsider =
        !DecisionPolicy.mayApprove(String.valueOf(request.by()), status.judgement().approval());
    if (own
        || outsider
        || status.judgement().hazards().stream().anyMatch(found -> blocks(found, request))) {
      return ExitCode.PERMISSION;
    }
    boolean other = request.digest() != null && !request.digest().equals(status.changes().digest());
    // Decided, but not acted on yet: the stage follows a moment later.
    return other || decided ? ExitCode.CONFLICT : ExitCode.USAGE;
  }

  private static boolean blocks(HazardFinding found, DecisionRequest request) {
    return switch (found.severity()) {
      case NOTICE -> false;
      case NEEDS_NAME -> !request.acceptHazards().contains(found.hazard().name());
      case FORBIDDEN -> true;
    };
  }

  /** Follows a decision until the experiment has ended or asks again. */
  ExperimentStatus follow(ExperimentStatus before) throws InterruptedException {
    long asked = timesAsked(before);
    LiveView view = new LiveView(connection, output);
    view.skip(before);
    return view.follow(
        experiment, now -> now.stage() == Stage.AWAITING_DECISION && timesAsked(now) > asked);
  }

  /** Notes of one stage follow each other. */
  private static long timesAsked(ExperimentStatus status) {
    long times = 0;
    boolean asking = false;
    for (TimelineEvent event : status.timeline()) {
      boolean asks = event.stage() == Stage.AWAITING_DECISION;
      times += asks && !asking ? 1 : 0;
      asking = asks;
    }
    return times;
  }
}
