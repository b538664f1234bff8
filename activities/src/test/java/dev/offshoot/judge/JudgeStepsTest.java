package dev.offshoot.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.Verdict;
import dev.offshoot.policy.AutoMerge;
import dev.offshoot.policy.HazardSettings;
import dev.offshoot.policy.SensitiveName;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JudgeStepsTest {
  private static final ParentConfig PARENT =
      ParentConfig.builder("shop", "jdbc:postgresql://127.0.0.1:1/shop", "owner", "secret")
          .hazards(HazardSettings.of(Map.of(Hazard.DELETES_ROWS, Severity.FORBIDDEN), 5))
          .masked(List.of(SensitiveName.parse("public.orders.total").orElseThrow()))
          .build();

  @Test
  void harmlessChange_withoutAJudge_isLeftToAPerson_andMergesByItselfNever() {
    Judgement judgement = steps(new NoJudge()).judgement(request(3, 0), false);

    assertThat(judgement.digest()).isEqualTo("abc");
    assertThat(judgement.hazards()).isEmpty();
    assertThat(judgement.verdict())
        .isEqualTo(
            Verdict.of(
                Verdict.Opinion.ABSTAIN, "nobody", "no judge is configured, so a person decides"));
    assertThat(AutoMerge.allows(wishingToMerge(), judgement)).isFalse();
  }

  private static ExperimentSpec wishingToMerge() {
    return ExperimentSpec.builder()
        .goal("tidy up")
        .parent("shop")
        .requestedBy("agent")
        .statement("SELECT 1")
        .autoMerge(true)
        .build();
  }

  @Test
  void hazards_areWeighedAsTheParentSays() {
    Judgement judgement = steps(new NoJudge()).judgement(request(7, 1), false);

    assertThat(judgement.hazards())
        .extracting(HazardFinding::hazard, HazardFinding::severity)
        .containsExactly(
            tuple(Hazard.DELETES_ROWS, Severity.FORBIDDEN),
            tuple(Hazard.WRITES_OVER_LIMIT, Severity.NEEDS_NAME));
    assertThat(judgement.verdict().opinion()).isEqualTo(Verdict.Opinion.ABSTAIN);
  }

  @Test
  void judge_seesWhatThePolicyFound() {
    Judge strict =
        (request, hazards, masked) ->
            Verdict.of(Verdict.Opinion.REJECT, "strict", hazards.size() + " hazards");

    assertThat(steps(strict).judgement(request(0, 1), false).verdict())
        .isEqualTo(Verdict.of(Verdict.Opinion.REJECT, "strict", "1 hazards"));
  }

  @Test
  void judge_isToldWhatItMustNotSee() {
    Judge curious =
        (request, hazards, masked) ->
            Verdict.of(Verdict.Opinion.ABSTAIN, "curious", String.valueOf(masked));

    assertThat(steps(curious).judgement(request(1, 0), false).verdict())
        .isEqualTo(Verdict.of(Verdict.Opinion.ABSTAIN, "curious", "[public.orders.total]"));
  }

  @Test
  void unreachableJudge_isTriedAgain_andInTheEndAbstains() {
    Judge away =
        (request, hazards, masked) -> {
          throw new OffshootException(ErrorCode.JUDGE_UNREACHABLE, "the model does not answer");
        };

    assertThatThrownBy(() -> steps(away).judgement(request(1, 0), false))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.JUDGE_UNREACHABLE));
    assertThat(steps(away).judgement(request(1, 0), true).verdict())
        .isEqualTo(Verdict.of(Verdict.Opinion.ABSTAIN, "judge", "the model does not answer"));
  }

  private static JudgeSteps steps(Judge judge) {
    // Connects only when asked for a branch, which no judge does.
    return new JudgeSteps(
        new Parents(List.of(new Parents.Parent(PARENT, new PostgresBranchProvider(PARENT)))),
        judge);
  }

  private static JudgeRequest request(long inserted, long deleted) {
    TableChanges orders =
        new TableChanges(
            new TableName("public", "orders"),
            List.of(new ColumnShape("id", "integer"), new ColumnShape("total", "numeric")),
            List.of(),
            inserted,
            0,
            deleted,
            100,
            List.of());
    return new JudgeRequest(
        ExperimentSpec.builder()
            .goal("tidy up")
            .parent("shop")
            .requestedBy("agent")
            .statement("SELECT 1")
            .build(),
        new ExperimentReport(List.of(), List.of(), List.of(), List.of(), 1),
        new ChangeSummary("abc", List.of(), 0, List.of(), List.of(orders), List.of(), List.of(), 1),
        0);
  }
}
