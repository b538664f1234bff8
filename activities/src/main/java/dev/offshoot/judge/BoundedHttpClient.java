package dev.offshoot.judge;

import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import dev.offshoot.http.Clients;
import dev.offshoot.http.JsonBody;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Speaks HTTP/1.1 to a model's server (some understand nothing else), with a limit on the time from
 * the first byte to the last and on the size of an answer. Nothing is sent twice and no redirect is
 * followed, so that the key goes to the configured address only. Thread-safe.
 */
final class BoundedHttpClient implements HttpClient {
  private static final long MOST_BYTES = 1_000_000;

  private final OkHttpClient client;

  BoundedHttpClient(Duration timeout) {
    client = Clients.of(timeout, Protocol.HTTP_1_1);
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    try (Response response = client.newCall(translated(request)).execute()) {
      String body = Clients.text(response.body().source(), MOST_BYTES);
      if (!response.isSuccessful()) {
        // Its text may quote the question; the number is enough.
        throw new HttpException(response.code(), "HTTP status " + response.code());
      }
      return SuccessfulHttpResponse.builder()
          .statusCode(response.code())
          .headers(response.headers().toMultimap())
          .body(body)
          .build();
    } catch (InterruptedIOException e) {
      throw new TimeoutException("no whole answer in time", e);
    } catch (IOException e) {
      throw new ConnectionFailedException(e);
    }
  }

  private static Request translated(HttpRequest request) {
    Request.Builder translated = new Request.Builder().url(request.url());
    request
        .headers()
        .forEach((name, values) -> values.forEach(value -> translated.addHeader(name, value)));
    RequestBody body = request.body() == null ? null : new JsonBody(request.body());
    return translated.method(request.method().name(), body).build();
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    throw new UnsupportedOperationException("a verdict is read whole");
  }

  /** What the models' builders want; the limits are the judge's. */
  static HttpClientBuilder builder(Duration timeout) {
    return new HttpClientBuilder() {
      @Override
      public Duration connectTimeout() {
        return timeout;
      }

      @Override
      public HttpClientBuilder connectTimeout(Duration ignored) {
        return this;
      }

      @Override
      public Duration readTimeout() {
        return timeout;
      }

      @Override
      public HttpClientBuilder readTimeout(Duration ignored) {
        return this;
      }

      @Override
      public HttpClient build() {
        return new BoundedHttpClient(timeout);
      }
    };
  }
}
