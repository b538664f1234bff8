package dev.offshoot.judge;

import static dev.offshoot.judge.ModelServer.KEY;
import static dev.offshoot.judge.ModelServer.saying;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.offshoot.activity.JudgeActivities.RankRequest;
import dev.offshoot.domain.Candidate;
import dev.offshoot.domain.Cost;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Proposal;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Verdict;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A judge that puts variants in order, with a model that says what the test wants. */
class ModelRanksTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MockWebServer server = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ModelJudge judge() {
    return new ModelJudge(
        JudgeConfig.of(JudgeConfig.Protocol.OPENAI, "tiny", server.url("/v1").toString(), KEY));
  }

  private static Candidate candidate(int number, long rows, HazardFinding... hazards) {
    return new Candidate(
        number,
        "variant " + number,
        new Proposal(
            "abc",
            0,
            rows,
            0,
            1,
            List.of(),
            List.of("ALTER TABLE t ADD COLUMN note text"),
            Arrays.asList(hazards),
            Verdict.of(Verdict.Opinion.APPROVE, "tiny", "it fits"),
            1,
            1,
            1,
            5,
            0,
            new Cost(null, 0, 1_000, 8_000_000)));
  }

  private static RankRequest request(Candidate... candidates) {
    return new RankRequest("tidy up", List.of(candidates));
  }

  @Test
  void modelsOrder_isTheRanking_withItsReasonsAndWhatItTook() throws Exception {
    server.enqueue(saying("{\"order\": [3, 1, 2], \"reasons\": [\"3 does least\"]}"));

    Ranking ranking = judge().rank(request(candidate(1, 1), candidate(2, 2), candidate(3, 9)));

    assertThat(ranking.order()).containsExactly(3, 1, 2);
    assertThat(ranking.by()).isEqualTo("tiny");
    assertThat(ranking.reasons()).containsExactly("3 does least");
    assertThat(Objects.requireNonNull(ranking.modelUse()).tokens()).isEqualTo(750);
    JsonNode sent = JSON.readTree(server.takeRequest().getBody().utf8());
    assertThat(sent.path("response_format").path("json_schema").path("name").asText())
        .isEqualTo("ranking");
    List<String> lines = sent.path("messages").get(1).path("content").asText().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(JSON.readTree(lines.get(1)).path("variants")).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"order\": [1], \"reasons\": [\"x\"]}",
        "{\"order\": [1, 1], \"reasons\": [\"x\"]}",
        "{\"order\": [1, 3], \"reasons\": [\"x\"]}",
        "{\"order\": [\"2\", \"1\"], \"reasons\": [\"x\"]}",
        "{\"order\": [2, 1], \"reasons\": [7]}",
        "{\"order\": [2, 1], \"reasons\": [\"x\"], \"merge\": 2}",
        "{\"order\": [2, 1], \"reasons\": [\"x\"]} and more",
        "2 is best"
      })
  void oddAnswer_leavesThePolicysOrder_andSaysSo(String answer) {
    server.enqueue(saying(answer));

    Ranking ranking = judge().rank(request(candidate(1, 1), candidate(2, 2)));

    assertThat(ranking.by()).isEqualTo("policy");
    assertThat(ranking.order()).containsExactly(1, 2);
    assertThat(ranking.reasons().get(0)).startsWith("the model's answer is malformed");
  }

  @Test
  void whatMayNeverBeMerged_isLast_whateverTheModelSays() {
    server.enqueue(saying("{\"order\": [2, 1], \"reasons\": [\"2 is best\"]}"));
    HazardFinding forbidden = new HazardFinding(Hazard.DROPS_TABLE, Severity.FORBIDDEN, "public.t");

    Ranking ranking = judge().rank(request(candidate(1, 1), candidate(2, 1, forbidden)));

    assertThat(ranking.order()).containsExactly(1, 2);
  }

  @Test
  void whatSpeaksToModels_isShownToNone() {
    HazardFinding suspect =
        new HazardFinding(Hazard.SUSPECT_INSTRUCTION, Severity.NEEDS_NAME, "t.note");

    Ranking ranking = judge().rank(request(candidate(1, 1, suspect), candidate(2, 1)));

    assertThat(server.getRequestCount()).isZero();
    assertThat(ranking.order()).containsExactly(2, 1);
    assertThat(ranking.reasons().get(0)).contains("so none was asked");
  }
}
