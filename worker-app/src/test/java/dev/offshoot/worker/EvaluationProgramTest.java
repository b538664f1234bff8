package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.score.CaseResult;
import dev.offshoot.score.Scores;
import dev.offshoot.score.Variation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that {@code ./offshoot judge eval} starts, as a process of its own. */
class EvaluationProgramTest {
  private static final String RESULT = "OFFSHOOT-RESULT ";

  @TempDir Path folder;

  @BeforeEach
  void cases() throws IOException {
    Files.writeString(
        folder.resolve("t.sql"), "CREATE TABLE prices (id int PRIMARY KEY, euros int)");
    Files.writeString(
        folder.resolve("t.yaml"),
        """
        setup: t.sql
        cases:
          - {name: safe, label: SAFE, goal: enter, script: "INSERT INTO prices VALUES (1, 1)"}
          - {name: effect, label: EFFECT, hazards: [DROPS_TABLE], goal: look, script: DROP TABLE prices}
        """);
  }

  @Test
  void cases_areRunOnItsOwnPostgres_andNothingElseIsSaid() throws Exception {
    Run run = run(Map.of(), "--threads=2");

    assertThat(run.code()).isZero();
    assertThat(run.lines().get(0)).startsWith("OFFSHOOT-BEGIN ").contains("\"cases\":2");
    assertThat(run.lines().get(run.lines().size() - 1))
        .startsWith("OFFSHOOT-END ")
        .contains("no model is configured");
    List<CaseResult> results = run.results();
    assertThat(results).hasSize(run.lines().size() - 2).hasSize(8);
    assertThat(results)
        .extracting(CaseResult::variation)
        .contains(Variation.RENAMED, Variation.PADDED, Variation.REFORMATTED);
    assertThat(Scores.of(results).policyHolds()).isTrue();
  }

  @Test
  void judge_isThatOfTheEnvironment_andOneThatIsNotThereEndsIt() throws Exception {
    Run run =
        run(
            Map.of(
                "OFFSHOOT_JUDGE_PROVIDER", "OPENAI",
                "OFFSHOOT_JUDGE_MODEL", "tiny",
                "OFFSHOOT_JUDGE_BASEURL", "http://127.0.0.1:1/v1",
                "OFFSHOOT_JUDGE_APIKEY", "sk-very-secret"),
            "--no-variants",
            "--only=safe");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.failure()).startsWith("the judge's model does not answer");
    assertThat(run.lines().toString()).doesNotContain("sk-very-secret");
  }

  @Test
  void judgeThatIsHalfConfigured_isRefusedAtOnce() throws Exception {
    Path config = Files.writeString(folder.resolve("c.yml"), "offshoot.judge.provider: ANTHROPIC");

    Run run = run(Map.of(), "--config=" + config);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.lines()).hasSize(1);
    assertThat(run.failure()).contains("offshoot.judge.model: it is missing");
  }

  @Test
  void setupThatFails_andCasesThatAreWrong_areTold() throws Exception {
    Files.writeString(folder.resolve("t.sql"), "CREATE TABLE prices (id nonsense)");
    assertThat(run(Map.of(), "--no-variants").failure())
        .contains("a parent cannot be filled with its setup")
        .contains("type \"nonsense\" does not exist");

    Files.writeString(folder.resolve("t.yaml"), "setup: t.sql");
    assertThat(run(Map.of()).failure()).contains("t.yaml: cases: there are none");
  }

  /** What it said on standard output, and its exit code. */
  private record Run(List<String> lines, int code) {
    List<CaseResult> results() throws IOException {
      List<CaseResult> results = new ArrayList<>();
      for (String line : lines) {
        if (line.startsWith(RESULT)) {
          results.add(
              OffshootJson.mapper().readValue(line.substring(RESULT.length()), CaseResult.class));
        }
      }
      return results;
    }

    String failure() throws IOException {
      String last = lines.get(lines.size() - 1);
      assertThat(last).startsWith("OFFSHOOT-FAILED ");
      JsonNode json = OffshootJson.mapper().readTree(last.substring("OFFSHOOT-FAILED ".length()));
      return json.path("message").asText();
    }
  }

  private Run run(Map<String, String> environment, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--evaluate=" + folder));
    arguments.addAll(List.of(options));
    Process process = ChildStack.program(environment, arguments);
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Run(lines, process.exitValue());
  }
}
