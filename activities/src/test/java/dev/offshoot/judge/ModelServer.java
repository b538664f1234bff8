package dev.offshoot.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;

/** A server that speaks as OpenAI's does, whose model says what a test wants. */
public final class ModelServer implements AutoCloseable {
  public static final String KEY = "sk-very-secret";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MockWebServer server = new MockWebServer();

  /**
   * What a model is asked.
   *
   * @param system our words
   * @param user the fenced document
   */
  public record Question(String system, String user) {}

  /** Starts one that answers every question. */
  public static ModelServer answering(Function<Question, MockResponse> model) {
    ModelServer started = new ModelServer();
    started.server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return model.apply(question(request));
          }
        });
    try {
      started.server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return started;
  }

  private static Question question(RecordedRequest request) {
    try {
      JsonNode messages = JSON.readTree(request.getBody().utf8()).path("messages");
      return new Question(
          messages.path(0).path("content").asText(), messages.path(1).path("content").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A judge that asks it. */
  public ModelJudge judge() {
    return new ModelJudge(
        JudgeConfig.of(JudgeConfig.Protocol.OPENAI, "tiny", server.url("/v1").toString(), KEY));
  }

  public int questions() {
    return server.getRequestCount();
  }

  /** A whole answer with that text. */
  public static MockResponse saying(String text) {
    return answer(text, "stop");
  }

  /** An answer of the right form, with that opinion. */
  public static MockResponse opinion(String opinion) {
    return saying(
        """
        {"verdict": "%s", "confidence": 0.95,
         "reasons": [{"text": "because", "statement": 0, "table": ""}], "questions": []}
        """
            .formatted(opinion));
  }

  static MockResponse answer(String text, String finish) {
    ObjectNode body = JSON.createObjectNode();
    body.put("id", "1").put("object", "chat.completion").put("model", "tiny-2026");
    ObjectNode choice = body.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finish);
    choice.putObject("message").put("role", "assistant").put("content", text);
    body.putObject("usage")
        .put("prompt_tokens", 700)
        .put("completion_tokens", 50)
        .put("total_tokens", 750);
    return new MockResponse(200, Headers.of("Content-Type", "application/json"), body.toString());
  }

  @Override
  public void close() {
    server.close();
  }
}
