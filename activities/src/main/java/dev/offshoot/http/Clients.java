package dev.offshoot.http;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okio.BufferedSource;

/**
 * Clients that send nothing twice and follow no redirect, so that a key goes to the configured
 * address only.
 */
public final class Clients {
  private Clients() {}

  /**
   * A client; thread-safe.
   *
   * @param timeout from the first byte of a call to the last of its answer
   * @param protocols what it speaks
   */
  public static OkHttpClient of(Duration timeout, Protocol... protocols) {
    return new OkHttpClient.Builder()
        .protocols(List.of(protocols))
        .callTimeout(timeout)
        .connectTimeout(timeout)
        .readTimeout(timeout)
        .writeTimeout(timeout)
        .retryOnConnectionFailure(false)
        .followRedirects(false)
        .followSslRedirects(false)
        .build();
  }

  /**
   * The whole of an answer as text.
   *
   * @throws IOException if it is cut off, or longer than {@code most} bytes
   */
  public static String text(BufferedSource source, long most) throws IOException {
    if (source.request(most + 1)) {
      throw new IOException("an answer of more than %,d bytes".formatted(most));
    }
    return source.readUtf8();
  }
}
