package dev.offshoot.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Severity;
import java.time.Instant;
import java.util.List;
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
