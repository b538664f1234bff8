package dev.offshoot.cli.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The protocol on standard input and output, one message a line, in front of the SDK's own
 * transport, which would stop reading at the first line that is no message, and lose the answers
 * that are under way when the input ends. Here such a line is answered, and the end waits for
 * answers.
 */
public final class StdioLines {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LONGEST_LINE = 4 * 1024 * 1024;
  private static final int PARSE_ERROR = -32700;
  private static final int INVALID_REQUEST = -32600;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final BufferedReader in;
  private final PrintWriter out;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Ids of requests without an answer; guarded by itself, and so is {@link #out}. */
  private final Set<JsonNode> unanswered = new HashSet<>();

  public StdioLines(BufferedReader in, PrintWriter out) {
    this.in = in;
    this.out = out;
  }

  /** Serves until the input ends. */
  public void serve(ToolServer tools) throws InterruptedException {
    McpSyncServer server =
        tools.over(new StdioServerTransportProvider(ToolServer.json(), new Input(), new Output()));
    try {
      ended.await();
    } finally {
      server.close();
    }
  }

  /** The next message of the client's; absent at the end. */
  private @Nullable String nextMessage() throws IOException {
    while (true) {
      StringBuilder line = new StringBuilder();
      boolean whole = readLine(line);
      if (line.isEmpty() && !whole) {
        return null;
      }
      if (line.length() > LONGEST_LINE) {
        refuse(
            null, INVALID_REQUEST, "a message has at most %d characters".formatted(LONGEST_LINE));
      } else if (!line.toString().isBlank() && isMessage(line.toString())) {
        return line.toString();
      }
    }
  }

  /** Whether the line ended with a line break. Of a line that is too long the rest is read past. */
  private boolean readLine(StringBuilder line) throws IOException {
    int c;
    while ((c = in.read()) != -1) {
      if (c == '\n') {
        return true;
      }
      if (line.length() <= LONGEST_LINE) {
        line.append((char) c);
      }
    }
    return false;
  }

  private boolean isMessage(String line) {
    JsonNode message;
    try {
      message = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      refuse(null, PARSE_ERROR, "the line is not JSON; send one JSON-RPC message a line");
      return false;
    }
    @Nullable JsonNode id = message.get("id");
    @Nullable String problem = problem(message, id);
    if (problem != null) {
      refuse(id != null && isId(id) ? id : null, INVALID_REQUEST, problem);
      return false;
    }
    if (id != null && message.has("method")) {
      synchronized (unanswered) {
        unanswered.add(id);
      }
    }
    return true;
  }

  private static @Nullable String problem(JsonNode message, @Nullable JsonNode id) {
    if (message.isArray()) {
      return "batches are not taken; send one JSON-RPC message a line";
    }
    if (!message.isObject()) {
      return "the line is not a JSON object; send one JSON-RPC message a line";
    }
    if (!"2.0".equals(message.path("jsonrpc").asText())) {
      return "jsonrpc: must be \"2.0\"";
    }
    if (id != null && !isId(id)) {
      return "id: must be a string or a whole number";
    }
    if (message.has("method") && !message.get("method").isTextual()) {
      return "method: must be a string";
    }
    if (!message.has("method") && !message.has("result") && !message.has("error")) {
      return "method: is missing";
    }
    return params(message);
  }

  private static @Nullable String params(JsonNode message) {
    @Nullable JsonNode params = message.get("params");
    if (params != null && !params.isObject()) {
      return "params: must be an object";
    }
    if (params == null || !"tools/call".equals(message.path("method").asText())) {
      return null;
    }
    if (!params.path("name").isTextual()) {
      return "params.name: must be a string, the name of a tool";
    }
    JsonNode arguments = params.path("arguments");
    return arguments.isMissingNode() || arguments.isNull() || arguments.isObject()
        ? null
        : "params.arguments: must be an object like {\"sql\": \"SELECT 1\"}";
  }

  private static boolean isId(JsonNode id) {
    return id.isTextual() || id.isIntegralNumber();
  }

  private void refuse(@Nullable JsonNode id, int code, String message) {
    ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
    answer.set("id", id == null ? JSON.nullNode() : id);
    answer.putObject("error").put("code", code).put("message", message);
    synchronized (unanswered) {
      out.print(answer + "\n");
      out.flush();
    }
  }

  private void write(String line) {
    synchronized (unanswered) {
      out.print(line + "\n");
      out.flush();
      try {
        JsonNode message = JSON.readTree(line);
        if (!message.has("method") && message.has("id")) {
          unanswered.remove(message.get("id"));
          unanswered.notifyAll();
        }
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("the SDK writes what is no JSON", e);
      }
    }
  }

  private void awaitAnswers() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    synchronized (unanswered) {
      try {
        while (!unanswered.isEmpty() && System.nanoTime() < end) {
          TimeUnit.NANOSECONDS.timedWait(unanswered, Math.max(1, end - System.nanoTime()));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What the SDK reads. Read by one thread. */
  private final class Input extends InputStream {
    private byte[] line = new byte[0];
    private int at;
    private boolean over;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (at == line.length && !advance()) {
        return -1;
      }
      int count = Math.min(length, line.length - at);
      System.arraycopy(line, at, bytes, offset, count);
      at += count;
      return count;
    }

    /** Without it the SDK's reader would wait for more than the line that is there. */
    @Override
    public int available() {
      return line.length - at;
    }

    private boolean advance() throws IOException {
      @Nullable String next = over ? null : nextMessage();
      if (next == null) {
        over = true;
        awaitAnswers();
        ended.countDown();
        return false;
      }
      line = (next + "\n").getBytes(StandardCharsets.UTF_8);
      at = 0;
      return true;
    }
  }

  /** What the SDK writes, line by line. Written by one thread. */
  private final class Output extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      if (b == '\n') {
        StdioLines.this.write(line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else {
        line.write(b);
      }
    }
  }
}
