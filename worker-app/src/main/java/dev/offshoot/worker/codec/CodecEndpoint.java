package dev.offshoot.worker.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.offshoot.codec.UndecryptablePayload;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.payload.codec.PayloadCodec;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Temporal's remote codec: {@code POST /codec/decode} and {@code /codec/encode} take and give
 * {@code Payloads} as protobuf's JSON. {@code GET /codec} asks a browser for the token, which then
 * sends it along when the UI includes credentials.
 *
 * <p>Errors are a status without words; neither payloads nor tokens are logged. Thread-safe.
 */
public final class CodecEndpoint extends HttpServlet {
  private static final String SIGN_IN = "/codec";
  private static final String DECODE = "/codec/decode";
  private static final String ENCODE = "/codec/encode";

  private static final Logger LOG = LoggerFactory.getLogger(CodecEndpoint.class);
  private static final long serialVersionUID = 1L;

  /** Temporal's own messages have at most 4 MB, which base64 and JSON make half as much again. */
  private static final int MOST_BYTES = 8 * 1024 * 1024;

  private static final int NO_CONTENT = HttpServletResponse.SC_NO_CONTENT;

  private final transient PayloadCodec codec;
  private final transient CodecCallers callers;

  public CodecEndpoint(PayloadCodec codec, CodecCallers callers) {
    this.codec = codec;
    this.callers = callers;
  }

  /** Where it listens. */
  public static String[] paths() {
    return new String[] {SIGN_IN, DECODE, ENCODE};
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.addHeader("Vary", "Origin");
    @Nullable String origin = request.getHeader("Origin");
    if (origin != null) {
      if (!callers.allowsOrigin(origin)) {
        response.setStatus(HttpServletResponse.SC_FORBIDDEN);
        return;
      }
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader("Access-Control-Allow-Credentials", "true");
    }
    switch (request.getMethod()) {
      case "OPTIONS" -> preflight(response);
      case "POST" -> post(request, response);
      case "GET" -> signIn(request, response);
      default -> response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    }
  }

  /** A browser asks before it sends; it shows no credentials yet. */
  private static void preflight(HttpServletResponse response) {
    response.setHeader("Access-Control-Allow-Methods", "POST");
    response.setHeader("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Namespace");
    response.setHeader("Access-Control-Max-Age", "600");
    response.setStatus(NO_CONTENT);
  }

  private void signIn(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (!request.getServletPath().equals(SIGN_IN)) {
      response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    } else if (authorised(request, response)) {
      response.setContentType("text/plain;charset=UTF-8");
      response
          .getWriter()
          .print(
              "This browser now has the token. In the Temporal UI, set this address as codec endpoint and include cross-origin credentials.\n");
    }
  }

  private boolean authorised(HttpServletRequest request, HttpServletResponse response) {
    if (callers.authorises(request.getHeader("Authorization"))) {
      return true;
    }
    response.setHeader("WWW-Authenticate", "Basic realm=\"Offshoot codec, token as password\"");
    response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
    return false;
  }

  private void post(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (request.getServletPath().equals(SIGN_IN)) {
      response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
      return;
    }
    if (!authorised(request, response)) {
      return;
    }
    @Nullable String type = request.getContentType();
    if (type == null || !type.startsWith("application/json")) {
      // A form of another site could send any other type without asking first.
      response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
      return;
    }
    byte[] body = request.getInputStream().readNBytes(MOST_BYTES + 1);
    if (body.length > MOST_BYTES) {
      response.setStatus(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
      return;
    }
    @Nullable String answer = converted(request.getServletPath(), body);
    if (answer == null) {
      response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
      return;
    }
    response.setContentType("application/json;charset=UTF-8");
    response.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
  }

  /** The answer, or nothing if the request cannot be understood or decrypted. */
  private @Nullable String converted(String path, byte[] body) {
    Payloads.Builder given = Payloads.newBuilder();
    try {
      JsonFormat.parser()
          .ignoringUnknownFields()
          .merge(new String(body, StandardCharsets.UTF_8), given);
      List<Payload> result =
          path.equals(DECODE)
              ? codec.decode(given.getPayloadsList())
              : codec.encode(given.getPayloadsList());
      return JsonFormat.printer()
          .omittingInsignificantWhitespace()
          .print(Payloads.newBuilder().addAllPayloads(result));
    } catch (UndecryptablePayload e) {
      LOG.warn("codec endpoint: {}; {}", e.problem(), e.remedy());
      return null;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      // Their messages quote what was sent.
      LOG.warn("codec endpoint: a request that is no Payloads ({})", e.getClass().getSimpleName());
      return null;
    }
  }
}
