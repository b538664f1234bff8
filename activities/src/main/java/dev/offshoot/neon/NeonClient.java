package dev.offshoot.neon;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.http.Clients;
import dev.offshoot.http.JsonBody;
import dev.offshoot.neon.NeonObjects.ErrorAnswer;
import dev.offshoot.step.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to Neon, each once. Only what Neon calls safe to repeat (423, 429, 503) is
 * repeated here, as long as {@link #PATIENCE}; everything else is left to whoever called, since a
 * request without an answer may have had its effect. Thread-safe.
 */
final class NeonClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Longest that one request is repeated. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
  private static final long MOST_BYTES = 10_000_000;
  private static final RequestBody NOTHING = RequestBody.create(new byte[0]);

  private final NeonProject project;
  private final OkHttpClient client;
  private final Traffic traffic;
  private final Traffic.Waiting waiting;

  NeonClient(NeonProject project) {
    this(project, TIMEOUT, Traffic.of(project), Traffic.Waiting.REAL);
  }

  NeonClient(NeonProject project, Duration timeout, Traffic traffic, Traffic.Waiting waiting) {
    this.project = project;
    this.client = Clients.of(timeout, Protocol.HTTP_2, Protocol.HTTP_1_1);
    this.traffic = traffic;
    this.waiting = waiting;
  }

  NeonProject project() {
    return project;
  }

  /**
   * Asks for something.
   *
   * @param path below the project, beginning with a slash, made of {@link NeonProject#isId ids}
   * @throws OffshootException as {@link NeonErrors} tells
   */
  <T> T get(
      String path, Map<String, String> query, Class<T> type, String doing, Progress progress) {
    return read(exchange("GET", path, query, null, doing, progress), type, doing);
  }

  /** Changes something; waits for its turn. */
  <T> T change(
      String method,
      String path,
      @Nullable Object body,
      Class<T> type,
      String doing,
      Progress progress) {
    return traffic.change(
        progress, () -> read(exchange(method, path, Map.of(), body, doing, progress), type, doing));
  }

  /** Deletes something; empty if it is gone already. */
  <T> Optional<T> delete(
      String path, Map<String, String> query, Class<T> type, String doing, Progress progress) {
    Answer answer =
        traffic.change(progress, () -> exchange("DELETE", path, query, null, doing, progress));
    return answer.status() == 204 ? Optional.empty() : Optional.of(read(answer, type, doing));
  }

  private record Answer(int status, String body, Optional<Duration> retryAfter) {
    boolean isSuccess() {
      return status >= 200 && status < 300;
    }
  }

  private Answer exchange(
      String method,
      String path,
      Map<String, String> query,
      @Nullable Object body,
      String doing,
      Progress progress) {
    long end = waiting.nanos() + PATIENCE.toNanos();
    Duration pause = FIRST_PAUSE;
    while (true) {
      traffic.request(progress);
      Answer answer = send(method, path, query, body, doing);
      if (answer.isSuccess()) {
        return answer;
      }
      Duration wait = answer.retryAfter().orElse(pause);
      boolean inTime = waiting.nanos() + wait.toNanos() < end;
      if (!NeonErrors.isSafeToRepeat(answer.status()) || !inTime) {
        throw NeonErrors.refused(project, doing, answer.status(), error(answer));
      }
      progress.report("neon: %s (waiting, HTTP status %d)".formatted(doing, answer.status()));
      waiting.pause(wait, progress);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  private Answer send(
      String method, String path, Map<String, String> query, @Nullable Object body, String doing) {
    Request.Builder request =
        new Request.Builder()
            .url(address(path, query))
            .header("Authorization", "Bearer " + project.key())
            .header("Accept", "application/json");
    RequestBody sent =
        body != null ? new JsonBody(json(body)) : method.equals("POST") ? NOTHING : null;
    try (Response response = client.newCall(request.method(method, sent).build()).execute()) {
      return new Answer(
          response.code(),
          Clients.text(response.body().source(), MOST_BYTES),
          retryAfter(response.header("Retry-After")));
    } catch (IOException e) {
      throw NeonErrors.unanswered(project, doing, e);
    }
  }

  private HttpUrl address(String path, Map<String, String> query) {
    HttpUrl.Builder url =
        HttpUrl.get(project.api() + "/projects/" + project.id() + path).newBuilder();
    query.forEach(url::addQueryParameter);
    return url.build();
  }

  /** In seconds; a date counts as unsaid. */
  private static Optional<Duration> retryAfter(@Nullable String header) {
    return header == null || !header.matches("\\d{1,4}")
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(Long.parseLong(header)));
  }

  private <T> T read(Answer answer, Class<T> type, String doing) {
    try {
      T read = OffshootJson.mapper().readValue(answer.body(), type);
      if (read != null) {
        return read;
      }
    } catch (JsonProcessingException e) {
      // Its text may hold passwords, and so may the parser's words.
    }
    throw NeonErrors.unanswered(
        project, doing, new IOException("an answer that is not the described JSON"));
  }

  private static @Nullable ErrorAnswer error(Answer answer) {
    try {
      return OffshootJson.mapper().readValue(answer.body(), ErrorAnswer.class);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static String json(Object body) {
    try {
      return OffshootJson.mapper().writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a request that is no JSON", e);
    }
  }
}
