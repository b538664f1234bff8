package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.offshoot.cli.mcp.HttpEndpoint;
import dev.offshoot.cli.mcp.Refusal;
import dev.offshoot.cli.mcp.ToolServer;
import dev.offshoot.cli.mcp.ToolSettings;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator.ValidationResponse;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code mcp --http}: who gets in, and that it is the same inside. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class McpHttpTest {
  @TempDir static Path folder;

  private CliWorld world;
  private McpBackstage backstage;
  private HttpEndpoint endpoint;
  private Path tokenFile;
  private int port;

  @BeforeAll
  void open() throws IOException {
    world = CliWorld.inMemory();
    Offshoot offshoot =
        new Offshoot(
            new Terminal(
                new BufferedReader(new StringReader("")),
                new PrintWriter(new StringWriter()),
                new PrintWriter(new StringWriter()),
                false,
                false,
                0,
                Map.of("TEMPORAL_ADDRESS", world.address, "OFFSHOOT_USER", "ada")));
    backstage = new McpBackstage(offshoot);
    tokenFile = folder.resolve("token");
    port = CliWorld.freePort();
    endpoint = HttpEndpoint.open(tools(), port, tokenFile);
  }

  private ToolServer tools() {
    return new ToolServer(backstage, new ToolSettings(null, null, true, Set.of()), "1");
  }

  @AfterAll
  void close() {
    endpoint.close();
    backstage.close();
    world.close();
  }

  private McpSyncClient client(String name) throws IOException {
    String token = Files.readString(tokenFile).strip();
    McpSyncClient client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + port)
                    .endpoint("/mcp")
                    .jsonMapper(new JacksonMcpJsonMapper(new ObjectMapper()))
                    .requestBuilder(
                        HttpRequest.newBuilder().header("Authorization", "Bearer " + token))
                    .build())
            .jsonSchemaValidator((schema, value) -> ValidationResponse.asValid(null))
            .clientInfo(Implementation.builder(name, "1").build())
            .requestTimeout(Duration.ofSeconds(90))
            .initializationTimeout(Duration.ofSeconds(90))
            .build();
    client.initialize();
    return client;
  }

  private static String call(McpSyncClient client, String tool, Map<String, Object> arguments) {
    return ((TextContent)
            client
                .callTool(CallToolRequest.builder(tool).arguments(arguments).build())
                .content()
                .get(0))
        .text();
  }

  @Test
  void clients_haveExperimentsOfTheirOwn() throws IOException {
    McpSyncClient one = client("one");
    McpSyncClient other = client("other");
    try {
      String started = call(one, "start_experiment", Map.of("parent", "shop", "goal", "g"));
      assertThat(started).contains("IN_SESSION").contains("one (ada)");
      assertThat(call(one, "run_sql", Map.of("sql", "SELECT 1 AS n"))).contains("[[\"1\"]]");
      assertThat(call(other, "run_sql", Map.of("sql", "SELECT 1"))).contains("NO_EXPERIMENT");
      String id = new ObjectMapper().readTree(started).path("experiment").asText();
      assertThat(call(other, "status", Map.of("experiment", id))).contains("NOT_YOURS");
    } finally {
      one.closeGracefully();
      other.closeGracefully();
    }
  }

  /** The first line of what is answered; a client of our own can send every header. */
  private String answered(String... headers) throws IOException {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"x\",\"version\":\"1\"}}}";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /mcp HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
                  + "Accept: application/json, text/event-stream\r\nContent-Length: "
                  + body.length()
                  + "\r\n"
                  + String.join("\r\n", headers)
                  + "\r\n\r\n"
                  + body)
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .findFirst()
          .orElse("nothing");
    }
  }

  @Test
  void onlyTheTokenAtThisAddress_getsIn() throws IOException {
    String host = "Host: 127.0.0.1:" + port;
    String token = "Authorization: Bearer " + Files.readString(tokenFile).strip();

    assertThat(answered(host, token)).contains(" 200");
    assertThat(answered("Host: localhost:" + port, token, "Origin: http://localhost:" + port))
        .contains(" 200");
    assertThat(answered(host)).contains(" 401");
    assertThat(answered(host, token + "x")).contains(" 401");
    assertThat(answered(host, "Authorization: Bearer ")).contains(" 401");
    assertThat(answered(host, token, token)).contains(" 401");
    assertThat(answered(host, token.replace("Bearer", "Basic"))).contains(" 401");
    assertThat(answered("Host: evil.example:" + port, token)).contains(" 403");
    assertThat(answered("Host: 127.0.0.1", token)).contains(" 403");
    assertThat(answered(host, token, "Origin: http://evil.example")).contains(" 403");
    assertThat(answered(host, token, "Origin: http://127.0.0.1:1")).contains(" 403");
    assertThat(answered(host, token, "Origin: null")).contains(" 403");
  }

  @Test
  void noOtherInterface_isListenedOn() throws IOException {
    for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(each.getInetAddresses())) {
        if (!address.isLoopbackAddress()) {
          assertThatThrownBy(() -> new Socket(address, port).close())
              .isInstanceOf(ConnectException.class);
        }
      }
    }
  }

  @Test
  void tokenFile_isItsOwnersAlone() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tokenFile)))
        .isEqualTo("rw-------");
    Path open = Files.writeString(folder.resolve("open"), "a-token-that-is-long-enough\n");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    Path weak = Files.writeString(folder.resolve("weak"), "short\n");
    Files.setPosixFilePermissions(weak, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> HttpEndpoint.open(tools(), CliWorld.freePort(), open))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("others may read");
    assertThatThrownBy(() -> HttpEndpoint.open(tools(), CliWorld.freePort(), weak))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("holds no token")
        .hasMessageNotContaining("short");
    assertThatThrownBy(() -> HttpEndpoint.open(tools(), port, tokenFile))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("cannot be had");
  }
}
