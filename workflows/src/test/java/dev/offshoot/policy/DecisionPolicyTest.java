package dev.offshoot.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionPolicyTest {
  private static final String DIGEST = "d".repeat(64);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "agent-7",
        " Agent-7 ",
        "AGENT-7",
        "agent\u200B-7",
        "ａｇｅｎｔ-7",
        "agent -7",
        "\tagent-7"
      })
  void requesterUnderAnySpelling_cannotApprove(String spelling) {
    assertThat(approve(spelling, null, List.of()).refusal()).contains("cannot approve");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "\u200B", "\u202E"})
  void nameThatIsNone_isRefused(String name) {
    assertThat(approve(name, null, List.of()).refusal()).contains("by: is missing");
  }

  @Test
  void requester_mayReject() {
    assertThat(
            DecisionPolicy.weigh(
                    Decision.Kind.REJECT,
                    new DecisionRequest("agent-7", "my mistake", null, null),
                    Decision.Channel.SIGNAL,
                    Instant.EPOCH,
                    review())
                .accepted())
        .isTrue();
  }

  @Test
  void approvalWithoutDigest_isBoundToTheOneUnderReview() {
    assertThat(approve("ada", null, List.of()).digest()).isEqualTo(DIGEST);
  }

  @Test
  void forbiddenHazard_isNotMergedWhoeverNamesIt() {
    Decision decision =
        approve(
            "ada",
            List.of("DROPS_TABLE"),
            List.of(new HazardFinding(Hazard.DROPS_TABLE, Severity.FORBIDDEN, "t")));
    assertThat(decision.refusal()).contains("forbids DROPS_TABLE");
  }

  @Test
  void noticedHazard_needsNoName() {
    assertThat(
            approve(
                    "ada",
                    List.of(),
                    List.of(new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, "t")))
                .accepted())
        .isTrue();
  }

  @Test
  void hazardThatNeedsAName_isMergedOnlyIfItIsNamed() {
    List<HazardFinding> hazards =
        List.of(
            new HazardFinding(Hazard.DROPS_TABLE, Severity.NEEDS_NAME, "t"),
            new HazardFinding(Hazard.CREATES_CODE, Severity.NEEDS_NAME, "f"));

    assertThat(approve("ada", List.of("DROPS_TABLE"), hazards).refusal())
        .contains("needs CREATES_CODE to be named");
    Decision decision = approve("ada", List.of(" DROPS_TABLE ", "CREATES_CODE"), hazards);
    assertThat(decision.refusal()).isNull();
    assertThat(decision.acceptedHazards())
        .containsExactlyInAnyOrder(Hazard.DROPS_TABLE, Hazard.CREATES_CODE);
  }

  @Test
  void unknownHazards_areNamed_fiveOfThem() {
    assertThat(approve("ada", List.of("A", "B", "C", "D", "E", "F"), List.of()).refusal())
        .isEqualTo("acceptHazards: there is no hazard A, B, C, D, E; copy the names as shown");
  }

  @Test
  void limitsOfNameAndReason_areExact() {
    assertThat(
            decide(new DecisionRequest("a".repeat(200), "b".repeat(2_000), null, null)).refusal())
        .isNull();
    assertThat(decide(new DecisionRequest("a".repeat(201), null, null, null)).refusal())
        .isEqualTo("by: has 201 characters; at most 200");
    assertThat(decide(new DecisionRequest("ada", "b".repeat(2_001), null, null)).refusal())
        .isEqualTo("reason: has 2001 characters; at most 2000");
  }

  @Test
  void approval_ofAnotherDigestOrTooEarlyOrTooLate_isRefused() {
    assertThat(decide(new DecisionRequest("ada", "why", "0123456789abcdef", null)).refusal())
        .startsWith("digest: 0123456789a");
    assertThat(decide(new DecisionRequest("ada", "why", " " + DIGEST + " ", null)).refusal())
        .isNull();
    DecisionRequest plain = new DecisionRequest("ada", "why", null, null);
    assertThat(weighed(plain, new Review("agent-7", null, List.of(), null, null)).refusal())
        .startsWith("too early");
    assertThat(
            weighed(plain, new Review("agent-7", DIGEST, List.of(), null, "it is merged"))
                .refusal())
        .isEqualTo("too late: it is merged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Rita", "rita ", "ＲＩＴＡ"})
  void approverUnderAnySpelling_mayApprove_andNobodyElse(String spelling) {
    Review review = under(new ApprovalRule(List.of("rita", "sam"), Map.of()), List.of());

    assertThat(weighed(new DecisionRequest(spelling, "why", null, null), review).accepted())
        .isTrue();
    assertThat(weighed(new DecisionRequest("eve", "why", null, null), review).refusal())
        .isEqualTo("by: eve is not among those who may approve on this parent (rita, sam)");
    assertThat(
            DecisionPolicy.weigh(
                    Decision.Kind.REJECT,
                    new DecisionRequest("eve", "looks odd", null, null),
                    Decision.Channel.SIGNAL,
                    Instant.EPOCH,
                    review)
                .accepted())
        .as("anybody may say no")
        .isTrue();
  }

  @Test
  void requesterAmongTheApprovers_cannotApproveEither() {
    Review review = under(new ApprovalRule(List.of("agent-7", "sam"), Map.of()), List.of());

    assertThat(weighed(new DecisionRequest("Agent-7", "why", null, null), review).refusal())
        .contains("cannot approve");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ada", "ADA", "a\u200Bda"})
  void secondApprovalOfTheSamePerson_underAnySpelling_isNone(String spelling) {
    ApprovalRule two = new ApprovalRule(null, Map.of(Hazard.DROPS_TABLE, 2));

    assertThat(
            weighed(
                    new DecisionRequest(spelling, "why", null, List.of("DROPS_TABLE")),
                    under(two, List.of("ada")))
                .refusal())
        .contains("has approved already; 2 different people must, and 1 did");
    assertThat(
            weighed(
                    new DecisionRequest("bob", "why", null, List.of("DROPS_TABLE")),
                    under(two, List.of("ada")))
                .accepted())
        .isTrue();
  }

  @Test
  void howManyMustApprove_isTheMostThatOneOfTheHazardsAsks() {
    ApprovalRule rule =
        new ApprovalRule(null, Map.of(Hazard.DROPS_TABLE, 3, Hazard.DELETES_ROWS, 2));

    assertThat(rule.needed(List.of())).isEqualTo(1);
    assertThat(rule.needed(List.of(new HazardFinding(Hazard.CREATES_CODE, Severity.NOTICE, ""))))
        .isEqualTo(1);
    assertThat(
            rule.needed(
                List.of(
                    new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, ""),
                    new HazardFinding(Hazard.DROPS_TABLE, Severity.NOTICE, ""))))
        .isEqualTo(3);
  }

  private static Review under(ApprovalRule rule, List<String> approvedBy) {
    return new Review(
        "agent-7",
        DIGEST,
        List.of(new HazardFinding(Hazard.DROPS_TABLE, Severity.NOTICE, "t")),
        null,
        null,
        rule,
        approvedBy);
  }

  @Test
  void emptyBox_isRefusedLikeAMissingName() {
    assertThat(weighed(null, review()).refusal()).contains("by: is missing");
  }

  private static Decision decide(DecisionRequest request) {
    return weighed(request, review());
  }

  private static Decision weighed(@Nullable DecisionRequest request, Review review) {
    return DecisionPolicy.weigh(
        Decision.Kind.APPROVE, request, Decision.Channel.SIGNAL, Instant.EPOCH, review);
  }

  @Test
  void megabyteOfText_isRefusedAndNotKept() {
    String megabyte = "x".repeat(1 << 20);
    Decision decision =
        DecisionPolicy.weigh(
            Decision.Kind.REJECT,
            new DecisionRequest(megabyte, megabyte, megabyte, null),
            Decision.Channel.SIGNAL,
            Instant.EPOCH,
            review());
    assertThat(decision.accepted()).isFalse();
    assertThat(decision.toString().length()).isLessThan(5_000);
  }

  @Property(tries = 300)
  void anythingSent_isWeighedWithoutThrowing(
      @ForAll Decision.@Nullable Kind kind,
      @ForAll @Nullable String by,
      @ForAll @Nullable String reason,
      @ForAll @Nullable String digest,
      @ForAll @Size(max = 5) List<String> hazards) {
    Decision decision =
        DecisionPolicy.weigh(
            kind,
            new DecisionRequest(by, reason, digest, hazards),
            Decision.Channel.UPDATE,
            Instant.EPOCH,
            review());
    assertThat(decision.kind()).isEqualTo(kind);
  }

  private static Review review() {
    return new Review("agent-7", DIGEST, List.of(), null, null);
  }

  private static Decision approve(
      String by, @Nullable List<String> accept, List<HazardFinding> hazards) {
    return DecisionPolicy.weigh(
        Decision.Kind.APPROVE,
        new DecisionRequest(by, "why", null, accept),
        Decision.Channel.SIGNAL,
        Instant.EPOCH,
        new Review("agent-7", DIGEST, hazards, null, null));
  }
}
