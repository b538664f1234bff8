package dev.offshoot.judge;

import static dev.offshoot.judge.JudgeRequests.request;
import static dev.offshoot.judge.ModelServer.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Verdict;
import dev.offshoot.domain.Verdict.Opinion;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Anthropic's protocol, spoken by a server that says what the test wants. */
class AnthropicJudgeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REJECTION =
      """
      {"verdict": "REJECT", "confidence": 0.9, "questions": [],
       "reasons": [{"text": "goes beyond the goal", "statement": 1, "table": ""}]}
      """;

  private final MockWebServer server = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void answer_isRead_withWhatItTook_andTheKeyGoesIntoItsHeaderAlone() throws Exception {
    server.enqueue(saying(REJECTION, "end_turn"));

    Verdict verdict = judge().verdict(request("5"), List.of(), Set.of());

    assertThat(verdict.opinion()).isEqualTo(Opinion.REJECT);
    assertThat(verdict.modelUse().tokens()).isEqualTo(750);
    assertThat(verdict.modelUse().finish()).isEqualTo("STOP");
    var asked = server.takeRequest(5, TimeUnit.SECONDS);
    assertThat(asked.getUrl().encodedPath()).isEqualTo("/v1/messages");
    assertThat(asked.getHeaders().get("x-api-key")).isEqualTo(KEY);
    JsonNode body = JSON.readTree(asked.getBody().utf8());
    assertThat(body.has("tools")).isFalse();
    assertThat(body.toString()).doesNotContain(KEY).contains("BEGIN-");
  }

  @Test
  void answerThatWasCutOff_orIsOfAnotherForm_isAnAbstention() {
    server.enqueue(saying(REJECTION.replace("REJECT", "APPROVE"), "max_tokens"));
    server.enqueue(saying("APPROVE", "end_turn"));

    for (int i = 0; i < 2; i++) {
      assertThat(judge().verdict(request("5"), List.of(), Set.of()).opinion())
          .isEqualTo(Opinion.ABSTAIN);
    }
  }

  @Test
  void serverThatIsOverloaded_isUnreachable_andAskedOnce() {
    server.enqueue(new MockResponse(529, Headers.EMPTY, "overloaded"));

    assertThatThrownBy(() -> judge().verdict(request("5"), List.of(), Set.of()))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.JUDGE_UNREACHABLE));
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  private ModelJudge judge() {
    return new ModelJudge(
        JudgeConfig.of(
            JudgeConfig.Protocol.ANTHROPIC, "claude-x", server.url("/v1/").toString(), KEY));
  }

  private static MockResponse saying(String text, String stopReason) {
    ObjectNode body = JSON.createObjectNode();
    body.put("id", "msg_1")
        .put("type", "message")
        .put("role", "assistant")
        .put("model", "claude-x");
    body.putArray("content").addObject().put("type", "text").put("text", text);
    body.put("stop_reason", stopReason);
    body.putObject("usage").put("input_tokens", 700).put("output_tokens", 50);
    return new MockResponse(200, Headers.of("Content-Type", "application/json"), body.toString());
  }
}
