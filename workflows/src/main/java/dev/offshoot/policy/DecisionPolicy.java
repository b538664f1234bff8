package dev.offshoot.policy;

import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.ShownText;
import java.text.Normalizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which decisions count. People outrank the judge, policy outranks people: a forbidden hazard is
 * never merged, a hazard that needs a name is merged only by an approval that names it, and nobody
 * approves their own experiment.
 */
public final class DecisionPolicy {
  static final int MAX_NAME = 200;
  static final int MAX_REASON = 2_000;
  private static final int SHOWN_DIGEST = 12;

  private DecisionPolicy() {}

  /**
   * The decision that {@code request} amounts to; with a refusal if it has no effect. Never throws,
   * whatever the request holds.
   */
  public static Decision weigh(
      Decision.Kind kind,
      @Nullable DecisionRequest request,
      Decision.Channel channel,
      Instant at,
      Review review) {
    DecisionRequest asked = request == null ? new DecisionRequest(null, null, null, null) : request;
    Set<Hazard> accepted = EnumSet.noneOf(Hazard.class);
    List<String> unknown = new ArrayList<>();
    for (String name : asked.acceptHazards()) {
      hazardNamed(name, accepted, unknown);
    }
    ResolutionPolicy.Weighed resolution =
        ResolutionPolicy.weigh(
            kind == Decision.Kind.APPROVE ? asked.resolve() : List.of(), review.conflicts());
    @Nullable String refusal = refusal(kind, asked, accepted, unknown, review);
    if (refusal == null) {
      refusal = resolution.refusal();
    }
    @Nullable String digest =
        refusal == null && kind == Decision.Kind.APPROVE ? review.digest() : asked.digest();
    return new Decision(
        kind,
        shown(asked.by(), MAX_NAME),
        shown(asked.reason(), MAX_REASON),
        shown(digest, MAX_NAME),
        List.copyOf(accepted),
        at,
        channel,
        refusal,
        resolution.resolve(),
        null,
        null);
  }

  /**
   * Why an approval that was given for other hazards does not stand for these; absent if it does.
   */
  public static Optional<String> uncovered(
      Decision approval, List<HazardFinding> before, List<HazardFinding> now) {
    Set<Hazard> known = EnumSet.noneOf(Hazard.class);
    known.addAll(approval.acceptedHazards());
    @Nullable String refused = refusedHazards(known, now);
    if (refused != null) {
      return Optional.of(refused);
    }
    before.forEach(finding -> known.add(finding.hazard()));
    return now.stream()
        .map(HazardFinding::hazard)
        .filter(hazard -> !known.contains(hazard))
        .findFirst()
        .map(hazard -> "hazard %s was not there when it was approved".formatted(hazard));
  }

  /** Whether two names are the same person's under another spelling. */
  public static boolean sameActor(String one, String other) {
    return canonical(one).equals(canonical(other));
  }

  private static @Nullable String refusal(
      Decision.Kind kind,
      DecisionRequest asked,
      Set<Hazard> accepted,
      List<String> unknown,
      Review review) {
    if (asked.by() == null || canonical(asked.by()).isEmpty()) {
      return "by: is missing; send {\"by\": \"your name\", \"reason\": \"why\"}";
    }
    if (asked.by().length() > MAX_NAME) {
      return "by: has %d characters; at most %d".formatted(asked.by().length(), MAX_NAME);
    }
    if (asked.reason() != null && asked.reason().length() > MAX_REASON) {
      return "reason: has %d characters; at most %d".formatted(asked.reason().length(), MAX_REASON);
    }
    if (review.settled() != null) {
      return "too late: " + review.settled();
    }
    return kind == Decision.Kind.REJECT ? null : refusedApproval(asked, accepted, unknown, review);
  }

  private static @Nullable String refusedApproval(
      DecisionRequest asked, Set<Hazard> accepted, List<String> unknown, Review review) {
    if (review.digest() == null) {
      return "too early: the change set is not frozen yet; approve when the stage is AWAITING_DECISION";
    }
    if (sameActor(String.valueOf(asked.by()), review.requestedBy())) {
      return "by: %s asked for this experiment and cannot approve it; somebody else must"
          .formatted(ShownText.oneLine(String.valueOf(asked.by()), 60));
    }
    @Nullable String notAllowed = notAllowed(String.valueOf(asked.by()), review);
    if (notAllowed != null) {
      return notAllowed;
    }
    if (asked.digest() != null && !asked.digest().strip().equals(review.digest())) {
      return "digest: %s is not the change set under review (%s…); look at that one and send its digest"
          .formatted(
              ShownText.oneLine(asked.digest(), SHOWN_DIGEST),
              review.digest().substring(0, Math.min(SHOWN_DIGEST, review.digest().length())));
    }
    if (!unknown.isEmpty()) {
      return "acceptHazards: there is no hazard %s; copy the names as shown"
          .formatted(String.join(", ", unknown));
    }
    return refusedHazards(accepted, review.hazards());
  }

  private static @Nullable String notAllowed(String by, Review review) {
    if (!mayApprove(by, review.rule())) {
      return "by: %s is not among those who may approve on this parent (%s)"
          .formatted(
              ShownText.oneLine(by, 60),
              ShownText.oneLine(String.join(", ", review.rule().approvers()), 400));
    }
    if (review.approvedBy().stream().anyMatch(name -> sameActor(name, by))) {
      return "by: %s has approved already; %d different people must, and %d did"
          .formatted(
              ShownText.oneLine(by, 60),
              review.rule().needed(review.hazards()),
              review.approvedBy().size());
    }
    return null;
  }

  /** Whether somebody of that name, however spelt, may approve under that rule at all. */
  public static boolean mayApprove(String by, ApprovalRule rule) {
    return rule.approvers().isEmpty()
        || rule.approvers().stream().anyMatch(name -> sameActor(name, by));
  }

  private static @Nullable String refusedHazards(
      Set<Hazard> accepted, List<HazardFinding> hazards) {
    String forbidden = names(hazards, Severity.FORBIDDEN, Set.of());
    if (!forbidden.isEmpty()) {
      return "the parent's policy forbids %s; it can only be rejected".formatted(forbidden);
    }
    String unnamed = names(hazards, Severity.NEEDS_NAME, accepted);
    return unnamed.isEmpty()
        ? null
        : "acceptHazards: this change set needs %s to be named by who approves it"
            .formatted(unnamed);
  }

  private static String names(
      List<HazardFinding> hazards, Severity severity, Set<Hazard> accepted) {
    return hazards.stream()
        .filter(finding -> finding.severity() == severity)
        .map(HazardFinding::hazard)
        .filter(hazard -> !accepted.contains(hazard))
        .map(Hazard::name)
        .collect(Collectors.joining(", "));
  }

  private static void hazardNamed(String name, Set<Hazard> known, List<String> unknown) {
    for (Hazard hazard : Hazard.values()) {
      if (hazard.name().equals(name.strip())) {
        known.add(hazard);
        return;
      }
    }
    if (unknown.size() < 5) {
      unknown.add(ShownText.oneLine(name, 40));
    }
  }

  /** Case, width, spacing and invisible characters make no other person. */
  private static String canonical(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC)
        .codePoints()
        .filter(c -> !Character.isWhitespace(c) && !Character.isSpaceChar(c))
        .filter(c -> Character.getType(c) != Character.FORMAT && !Character.isISOControl(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString()
        .toLowerCase(Locale.ROOT);
  }

  private static @Nullable String shown(@Nullable String text, int limit) {
    return text == null ? null : ShownText.oneLine(text.strip(), limit);
  }
}
