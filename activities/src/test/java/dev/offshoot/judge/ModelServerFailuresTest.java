package dev.offshoot.judge;

import static dev.offshoot.judge.JudgeRequests.request;
import static dev.offshoot.judge.ModelServer.KEY;
import static dev.offshoot.judge.ModelServer.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Verdict;
import dev.offshoot.domain.Verdict.Opinion;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A judge whose model's server fails it. */
class ModelServerFailuresTest {
  private static final String APPROVAL =
      """
      {"verdict": "APPROVE", "confidence": 0.95,
       "reasons": [{"text": "it fits the goal", "statement": 1, "table": "public.products"}],
       "questions": []}
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

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void serverTooBusy_isUnreachable_andAskedOnce(int status) {
    server.enqueue(
        new MockResponse(status, Headers.of("Retry-After", "0"), KEY + " request refused"));

    assertThatThrownBy(() -> judge().verdict(request("5"), List.of(), Set.of()))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.JUDGE_UNREACHABLE);
              assertThat(e.failure().message()).doesNotContain(KEY);
            });
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404})
  void refusedKeyOrUnknownModel_isAnAbstention_thatSaysSo(int status) {
    server.enqueue(new MockResponse(status, Headers.EMPTY, KEY));

    Verdict verdict = judge().verdict(request("5"), List.of(), Set.of());

    assertAbstains(verdict);
    assertThat(verdict.toString()).doesNotContain(KEY);
  }

  @Test
  void serverThatIsNotThere_isUnreachable_soThatItIsAskedAgain() {
    ModelJudge judge =
        new ModelJudge(
            JudgeConfig.of(JudgeConfig.Protocol.OPENAI, "tiny", "http://127.0.0.1:1/v1", KEY));

    assertThatThrownBy(() -> judge.verdict(request("5"), List.of(), Set.of()))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.JUDGE_UNREACHABLE))
        .hasMessage("the judge's model does not answer (the connection failed)");
  }

  @Test
  void redirect_isNotFollowed() {
    server.enqueue(
        new MockResponse(302, Headers.of("Location", server.url("/else").toString()), ""));
    server.enqueue(saying(APPROVAL));

    assertThatThrownBy(() -> judge().verdict(request("5"), List.of(), Set.of()))
        .isInstanceOf(OffshootException.class);
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void slowBody_isGivenUpInTime() {
    server.enqueue(
        saying(APPROVAL).newBuilder().throttleBody(10, 200, TimeUnit.MILLISECONDS).build());
    long start = System.nanoTime();

    assertThatThrownBy(
            () -> judge(Duration.ofSeconds(1)).verdict(request("5"), List.of(), Set.of()))
        .isInstanceOf(OffshootException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void cutConnection_isUnreachable_soThatItIsAskedAgain() {
    server.enqueue(
        saying(APPROVAL).newBuilder().onResponseBody(new SocketEffect.CloseSocket()).build());

    assertThatThrownBy(() -> judge().verdict(request("5"), List.of(), Set.of()))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.JUDGE_UNREACHABLE));
  }

  @Test
  void endlessBody_approvesNothing() {
    server.enqueue(
        new MockResponse(200, Headers.EMPTY, "{\"id\": \"" + "x".repeat(2_000_000) + "\"}"));

    try {
      assertAbstains(judge().verdict(request("5"), List.of(), Set.of()));
    } catch (OffshootException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.JUDGE_UNREACHABLE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[1]", "<html>", "{\"choices\": []}", "{\"choices\": 5}"})
  void bodyThatIsNoAnswer_isAnAbstentionOrTriedAgain(String body) {
    server.enqueue(new MockResponse(200, Headers.of("Content-Type", "application/json"), body));

    try {
      assertAbstains(judge().verdict(request("5"), List.of(), Set.of()));
    } catch (OffshootException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.JUDGE_UNREACHABLE);
    }
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  private static void assertAbstains(Verdict verdict) {
    assertThat(verdict.opinion()).as(verdict.toString()).isEqualTo(Opinion.ABSTAIN);
    assertThat(verdict.reasons()).isNotEmpty();
  }

  private JudgeConfig config() {
    return JudgeConfig.of(JudgeConfig.Protocol.OPENAI, "tiny", server.url("/v1").toString(), KEY);
  }

  private ModelJudge judge() {
    return new ModelJudge(config());
  }

  private ModelJudge judge(Duration timeout) {
    JudgeConfig base = config();
    return new ModelJudge(
        new JudgeConfig(
            base.protocol(),
            base.model(),
            base.baseUrl(),
            base.apiKey(),
            timeout,
            ResponseForm.TEXT,
            true,
            base.maxPromptCharacters(),
            base.maxOutputTokens(),
            base.maxTokensPerExperiment(),
            base.minConfidence()));
  }
}
