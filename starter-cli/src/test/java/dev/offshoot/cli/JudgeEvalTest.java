package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.ModelUse;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Verdict;
import dev.offshoot.domain.Verdict.Opinion;
import dev.offshoot.score.CaseLabel;
import dev.offshoot.score.CaseResult;
import dev.offshoot.score.Variation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code judge eval} with a child that says what an evaluation says. */
final class JudgeEvalTest {
  private static final String JAR = "offshoot.worker.jar";

  @TempDir Path folder;

  @AfterEach
  void forgetJar() {
    System.clearProperty(JAR);
  }

  @Test
  void scores_areShownForPeople() throws IOException {
    CliWorld.Result result =
        evaluate(
            saying(
                result("f/safe", CaseLabel.SAFE, List.of(), List.of(), Opinion.APPROVE),
                result(
                    "f/held",
                    CaseLabel.SAFE,
                    List.of(),
                    List.of(Hazard.DELETES_ROWS),
                    Opinion.APPROVE),
                result(
                    "f/effect",
                    CaseLabel.EFFECT,
                    List.of(Hazard.DROPS_TABLE),
                    List.of(Hazard.DROPS_TABLE),
                    Opinion.REJECT),
                result("f/content", CaseLabel.CONTENT, List.of(), List.of(), Opinion.APPROVE)));

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .containsSubsequence(
            "4 cases: 2 safe, 1 dangerous in their effects, 1 wrong in content, 0 that speak",
            "judge: tiny",
            "unsafe let through  at most (95 %)",
            "policy alone              1 of 2          97.5 %",
            "judge alone               1 of 2          97.5 %",
            "both                      1 of 2          97.5 %",
            "hazards that must be raised: 1 of 1 kind always were",
            "DROPS_TABLE  1 of 1",
            "asking: 4 answers, 2,800 tokens read and 200 written; 90 ms for one in the middle",
            "safe, and held back by both",
            "f/held [DELETES_ROWS]",
            "unsafe, and let through by both",
            "f/content (APPROVE)");
  }

  @Test
  void withoutAModel_itIsSaidWhatThePolicyAloneHoldsBackAndLetsThrough() throws IOException {
    CliWorld.Result result =
        evaluate(
            saying(
                unasked("f/safe", CaseLabel.SAFE, List.of()),
                unasked("f/held", CaseLabel.SAFE, List.of(Hazard.DELETES_ROWS)),
                unasked("f/content", CaseLabel.CONTENT, List.of())));

    assertThat(result.out())
        .doesNotContain("asking:")
        .containsSubsequence(
            "safe, and held back by the policy alone",
            "f/held [DELETES_ROWS]",
            "unsafe, and let through by the policy alone",
            "f/content (ABSTAIN)")
        .doesNotContain("f/safe");
  }

  @Test
  void hazardThatIsMissed_isNamed_andEndsWithOne() throws IOException {
    CliWorld.Result result =
        evaluate(
            saying(
                result(
                    "f/effect",
                    CaseLabel.EFFECT,
                    List.of(Hazard.DROPS_TABLE, Hazard.DROPS_OBJECT),
                    List.of(Hazard.DROPS_OBJECT),
                    Opinion.ABSTAIN),
                refused("f/broken")));

    assertThat(result.code()).isEqualTo(ExitCode.UNEXPECTED.code());
    assertThat(result.out())
        .containsSubsequence(
            "DROPS_TABLE   0 of 1",
            "not raised",
            "f/effect: DROPS_TABLE",
            "did not end as labelled",
            "f/broken: SQL_ERROR, statement 1 failed");
  }

  @Test
  void json_hasScoresAndEveryResult() throws IOException {
    CliWorld.Result result =
        evaluate(
            saying(
                result("f/b", CaseLabel.SAFE, List.of(), List.of(), Opinion.APPROVE),
                result("f/a", CaseLabel.SAFE, List.of(), List.of(), Opinion.APPROVE)),
            "-o",
            "json");

    JsonNode report = OffshootJson.mapper().readTree(result.out());
    assertThat(report.path("judge").asText()).isEqualTo("tiny");
    assertThat(report.path("scores").path("cases").asInt()).isEqualTo(2);
    assertThat(report.path("scores").path("advice").path(2).path("falseRejects").path("count"))
        .hasToString("0");
    assertThat(report.path("results").path(0).path("name").asText()).isEqualTo("f/a");
  }

  @Test
  void options_reachTheChild() throws IOException {
    CliWorld.Result result =
        evaluate(
            "System.out.println(\"OFFSHOOT-FAILED {\\\"message\\\":\\\"\" + String.join(\" \", arguments)"
                + " + \"\\\"}\");",
            "--only",
            "drop",
            "--threads=3",
            "--no-variants");

    assertThat(result.code()).isEqualTo(ExitCode.UNEXPECTED.code());
    assertThat(result.err())
        .contains("--evaluate=" + folder.toAbsolutePath())
        .contains("--threads=3 --only=drop --no-variants");
  }

  @Test
  void childThatEndsInTheMiddle_isReportedWithWhatItSaidLast() throws IOException {
    CliWorld.Result result = evaluate("System.err.println(\"no space left\"); System.exit(3);");

    assertThat(result.code()).isEqualTo(ExitCode.UNEXPECTED.code());
    assertThat(result.err())
        .contains("ended in the middle (exit code 3)")
        .contains("no space left");
  }

  @Test
  void noCaseOfThatName_isNotFound() throws IOException {
    CliWorld.Result result = evaluate(saying(), "--only", "nothing");

    assertThat(result.code()).isEqualTo(ExitCode.NOT_FOUND.code());
    assertThat(result.err()).contains("no case has 'nothing' in its name");
  }

  @Test
  void wrongOptions_areRefusedBeforeAnythingStarts() {
    assertThat(run("judge", "eval").err()).contains("--cases");
    assertThat(run("judge", "eval", "--cases", folder + "/none").err())
        .contains("--cases: there is no '" + folder + "/none'");
    assertThat(run("judge", "eval", "--cases", folder.toString(), "--threads", "0").err())
        .contains("--threads: 0 is not 1 to 32");
    assertThat(run("judge", "eval", "--cases", folder.toString(), "--config", "none").code())
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(run("judge").code()).isEqualTo(ExitCode.USAGE.code());
  }

  private CliWorld.Result evaluate(String child, String... more) throws IOException {
    System.setProperty(JAR, FakeChild.program(folder, child).path().toString());
    String[] command = {"judge", "eval", "--cases", folder.toString()};
    String[] all = Arrays.copyOf(command, command.length + more.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    return run(all);
  }

  private static CliWorld.Result run(String... arguments) {
    return CliWorld.run(Map.of("NO_COLOR", "1"), "", false, arguments);
  }

  /** A child that has these results and then waits until it may end. */
  private static String saying(CaseResult... results) {
    return "System.out.println(\"OFFSHOOT-BEGIN {\\\"mostResults\\\":9}\");"
        + Arrays.stream(results)
            .map(result -> printing("OFFSHOOT-RESULT " + Output.json(result, false)))
            .collect(Collectors.joining())
        + "System.out.println(\"OFFSHOOT-END {\\\"judge\\\":\\\"tiny\\\"}\");"
        + "while (System.in.read() >= 0) {}";
  }

  private static String printing(String line) {
    return "System.out.println(\"%s\");".formatted(line.replace("\"", "\\\""));
  }

  private static CaseResult result(
      String name, CaseLabel label, List<Hazard> expected, List<Hazard> hazards, Opinion opinion) {
    return new CaseResult(
        name,
        label,
        Variation.AS_WRITTEN,
        expected,
        null,
        hazards,
        null,
        new Verdict(
            opinion,
            "tiny",
            List.of(),
            null,
            List.of(),
            new ModelUse("tiny", "d", 700, 50, 750, 90, "STOP")),
        1);
  }

  private static CaseResult unasked(String name, CaseLabel label, List<Hazard> hazards) {
    return new CaseResult(
        name,
        label,
        Variation.AS_WRITTEN,
        List.of(),
        null,
        hazards,
        null,
        Verdict.of(Opinion.ABSTAIN, "nobody"),
        1);
  }

  private static CaseResult refused(String name) {
    @Nullable ErrorCode expected = null;
    return new CaseResult(
        name,
        CaseLabel.SAFE,
        Variation.AS_WRITTEN,
        List.of(),
        expected,
        List.of(),
        Failure.of(ErrorCode.SQL_ERROR, "statement 1 failed"),
        null,
        1);
  }
}
