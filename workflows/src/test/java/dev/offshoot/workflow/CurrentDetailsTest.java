package dev.offshoot.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.SourceInfo;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CurrentDetailsTest {
  private static final String EVIL =
      "</td><iframe src=x> | `a` ```` \n```\n**bold** \u202Egnp.exe\u0007 \"q\" [x](y)";
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  @Test
  void hostileValues_neverLeaveTheirFence() {
    String page = page(EVIL, 1);
    String outside = withoutFences(page);
    assertThat(outside).doesNotContain("iframe", "bold", "gnp", "[x]", "td>");
    assertThat(page).contains("<iframe src=x>").contains("\\u202e").contains("\\u0007");
    assertThat(page).doesNotContain("\u202E").doesNotContain("\u0007");
  }

  @Test
  void jsonToPaste_stillHoldsAndIsTheDecisionItShows() throws JsonProcessingException {
    Matcher json = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(page("x", 1));
    assertThat(json.find()).isTrue();
    DecisionRequest pasted = OffshootJson.mapper().readValue(json.group(1), DecisionRequest.class);
    assertThat(pasted.digest()).isEqualTo(DIGEST);
    assertThat(pasted.acceptHazards()).containsExactly("DROPS_COLUMN");
    assertThat(json.group(1).lines()).allMatch(line -> line.length() <= 76);
  }

  @Test
  void aValue_cannotGoOnAsIfAnotherCellBegan() {
    assertThat(page("x', v='0", 1)).contains("'x'', v=''0' → 'x'', v=''0!'");
  }

  @Test
  void schemaChanges_areToldAsADifference() {
    assertThat(page("x", 1)).contains("```diff\n~ table public.t\n~   c  integer → bigint\n```");
  }

  @Test
  void nearDeadline_isInTheHeading() {
    assertThat(page("x", 1))
        .startsWith("### Offshoot: waiting for your decision, expires soon")
        .contains("SOON: it expires then");
  }

  @Test
  void whoMayApprove_andWhoHas_isTold() {
    assertThat(page("x", 1))
        .contains("\napprovals    1 of 2 needed: x\n")
        .contains("\nmay approve  x, sam\n");
  }

  @Test
  void hugeChangeSets_stayBelowTheLimitAndEndWithNothingThatMatters() {
    String page = page(EVIL.repeat(500), 60);
    assertThat(page.getBytes(StandardCharsets.UTF_8).length).isLessThan(20_000);
    assertThat(page).contains(DIGEST).contains("more lines").endsWith("_Offshoot_\n");
  }

  private static String page(String value, int tables) {
    List<TableChanges> changed = new ArrayList<>();
    for (int i = 0; i < tables; i++) {
      changed.add(
          new TableChanges(
              new TableName("public", "t" + i + value),
              List.of(new ColumnShape("id", "integer"), new ColumnShape("v" + value, "text")),
              List.of(0),
              0,
              1,
              0,
              10,
              Collections.nCopies(
                  5, RowChange.update(List.of("1", value), List.of("1", value + "!")))));
    }
    ChangeSummary changes =
        new ChangeSummary(
            DIGEST,
            List.of(
                new SchemaChange(
                    SchemaChange.Kind.ALTERED, "column", "public.t.c", "integer", "bigint")),
            1,
            Collections.nCopies(tables, "ALTER TABLE t ADD c text -- " + value),
            changed,
            List.of(),
            List.of(),
            1);
    Judgement judgement =
        new Judgement(
            DIGEST,
            List.of(
                new HazardFinding(Hazard.DROPS_COLUMN, Severity.NEEDS_NAME, value),
                new HazardFinding(Hazard.DELETES_ROWS, Severity.NOTICE, value)),
            new Verdict(
                Verdict.Opinion.ABSTAIN,
                "policy",
                Collections.nCopies(20, Verdict.Reason.of(value)),
                0.5,
                List.of(value),
                null),
            1,
            new ApprovalRule(List.of(value, "sam"), Map.of(Hazard.DROPS_COLUMN, 2)));
    return CurrentDetails.awaitingDecision(
        ExperimentRun.spec().goal(value).build(),
        new CurrentDetails.Asking(Instant.EPOCH, true, null),
        new BranchInfo(
            new BranchRef(new ExperimentId("x"), 1, "shop"),
            "postgres",
            Instant.EPOCH,
            1,
            "WAL_LOG",
            1,
            "18.6",
            Duration.ofDays(1),
            480L,
            new SourceInfo(value, Instant.EPOCH, List.of(value))),
        changes,
        judgement,
        null,
        List.of(),
        List.of(value));
  }

  /** What a Markdown reader takes for markup: all but the fenced blocks, whatever their length. */
  private static String withoutFences(String page) {
    StringBuilder outside = new StringBuilder();
    String fence = null;
    for (String line : page.split("\n", -1)) {
      Matcher ticks = Pattern.compile("^(`{3,})(\\w*)$").matcher(line);
      if (fence == null && ticks.matches()) {
        fence = ticks.group(1);
      } else if (fence != null
          && ticks.matches()
          && ticks.group(2).isEmpty()
          && ticks.group(1).length() >= fence.length()) {
        fence = null;
      } else if (fence == null) {
        outside.append(line).append('\n');
      }
    }
    assertThat(fence).isNull();
    return outside.toString();
  }
}
