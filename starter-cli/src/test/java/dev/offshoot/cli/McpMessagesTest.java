package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The messages of {@code mcp} on standard input and output, good and bad ones, word by word. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class McpMessagesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String HELLO =
      """
      {"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"tester","version":"1"}}}
      {"jsonrpc":"2.0","method":"notifications/initialized"}
      """;

  private CliWorld world;

  @BeforeAll
  void openWorld() throws IOException {
    world = CliWorld.inMemory();
  }

  @AfterAll
  void closeWorld() {
    world.close();
  }

  /** What it answers, by id; nothing but messages may be there. */
  private List<JsonNode> talk(String... lines) throws JsonProcessingException {
    CliWorld.Result result = world.typing(HELLO + String.join("\n", lines) + "\n", "mcp");
    assertThat(result.code()).as(result.err()).isZero();
    List<JsonNode> answers = new ArrayList<>();
    for (String line : result.out().lines().toList()) {
      answers.add(JSON.readTree(line));
    }
    return answers;
  }

  private static JsonNode answer(List<JsonNode> answers, int id) {
    return answers.stream()
        .filter(message -> message.path("id").asInt(-1) == id)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no answer to " + id + " in " + answers));
  }

  private static JsonNode told(JsonNode answer) throws JsonProcessingException {
    return JSON.readTree(answer.at("/result/content/0/text").asText());
  }

  private static String call(int id, String tool, String arguments) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\",\"arguments\":%s}}"
        .formatted(id, tool, arguments);
  }

  @Test
  void tools_areThePathOfAnAgent_andNoneApproves() throws IOException {
    JsonNode tools =
        answer(talk("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}"), 1)
            .at("/result/tools");

    assertThat(tools)
        .extracting(tool -> tool.path("name").asText())
        .containsExactlyInAnyOrder(
            "start_experiment",
            "list_tables",
            "describe_table",
            "run_sql",
            "more_rows",
            "savepoint",
            "undo",
            "show_diff",
            "submit",
            "discard",
            "status");
    for (JsonNode tool : tools) {
      assertThat(tool.at("/inputSchema/additionalProperties").asBoolean(true)).isFalse();
      assertThat(tool.path("description").asText()).hasSizeBetween(60, 700);
    }
    String document = Files.readString(Path.of("..", "docs", "mcp.md"));
    assertThat(tools)
        .allSatisfy(tool -> assertThat(document).contains("`" + tool.path("name").asText() + "`"));
    // A model's window is not spent on our schema.
    assertThat(tools.toString()).hasSizeLessThan(9_600);
  }

  @Test
  void wrongArguments_areEachAnsweredByName_andTheConnectionGoesOn()
      throws JsonProcessingException {
    List<JsonNode> answers =
        talk(
            call(1, "run_sql", "{\"sql\": 5}"),
            call(2, "run_sql", "{}"),
            call(3, "run_sql", "{\"sql\": \"SELECT 1\", \"rows\": \"many\", \"limit\": 3}"),
            call(4, "run_sql", "{\"sql\": \"SELECT 1\", \"rows\": 1.5}"),
            call(5, "run_sql", "{\"sql\": \"SELECT 1\", \"rows\": 1000000}"),
            call(
                6, "start_experiment", "{\"parent\": [\"shop\"], \"goal\": {}, \"checks\": \"x\"}"),
            call(
                7,
                "start_experiment",
                "{\"parent\": \"shop\", \"goal\": \"g\", \"ttl\": \"soon\"}"),
            call(8, "status", "{\"experiment\": true}"),
            call(9, "status", "{\"experiment\": \"NOT AN ID\"}"),
            call(10, "show_diff", "{\"after\": 5}"),
            call(11, "run_sql", "{\"sql\": \"SELECT 1\"}"),
            call(12, "approve", "{}"),
            call(13, "status", "null"));

    assertThat(told(answer(answers, 1)).path("message").asText())
        .isEqualTo("sql: must be a string, and is the number 5");
    assertThat(told(answer(answers, 2)).path("message").asText())
        .isEqualTo("sql: is missing; it must be a string");
    assertThat(told(answer(answers, 3)).path("message").asText())
        .contains("limit: there is no such argument")
        .contains("rows: must be a whole number, and is a string");
    assertThat(told(answer(answers, 3)).path("next").asText())
        .isEqualTo(
            "call run_sql again with sql (a string), rows (a whole number, optional), experiment (a string, optional)");
    assertThat(told(answer(answers, 4)).path("message").asText()).contains("rows: must be a whole");
    assertThat(told(answer(answers, 5)).path("message").asText())
        .contains("rows: must be 0 to 200");
    assertThat(told(answer(answers, 6)).path("message").asText())
        .contains("parent: must be a string, and is a list")
        .contains("goal: must be a string, and is an object")
        .contains("checks: must be a list of strings, and is a string");
    assertThat(told(answer(answers, 7)).path("message").asText()).startsWith("ttl: ");
    assertThat(told(answer(answers, 8)).path("message").asText()).contains("is a truth value");
    assertThat(told(answer(answers, 9)).path("error").asText()).isEqualTo("BAD_SPEC");
    assertThat(told(answer(answers, 11)).path("error").asText()).isEqualTo("NO_EXPERIMENT");
    assertThat(told(answer(answers, 11)).path("next").asText()).startsWith("call start_experiment");
    for (int id = 1; id <= 11; id++) {
      assertThat(answer(answers, id).at("/result/isError").asBoolean()).as("call %d", id).isTrue();
    }
    assertThat(answer(answers, 12).at("/error/data").asText()).isEqualTo("Tool not found: approve");
    assertThat(told(answer(answers, 13)).path("parents").toString())
        .isEqualTo("[\"plain\",\"shop\"]");
  }

  @Test
  void linesThatAreNoMessages_areAnswered_andTheConnectionGoesOn() throws JsonProcessingException {
    List<JsonNode> answers =
        talk(
            "not json at all",
            "[]",
            "5",
            "",
            "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":{\"a\":1},\"method\":\"ping\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":7}",
            "{\"jsonrpc\":\"2.0\",\"id\":3}",
            "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"tools/call\",\"params\":[1]}",
            "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/call\",\"params\":{\"name\":[]}}",
            call(6, "run_sql", "\"SELECT 1\""),
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"experiments/approve\",\"params\":{}}",
            "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"ping\"}");

    assertThat(answers.stream().filter(message -> message.path("id").isNull()))
        .extracting(message -> message.at("/error/code").asInt())
        .containsExactly(-32700, -32600, -32600, -32600);
    assertThat(answer(answers, 1).at("/error/message").asText()).startsWith("jsonrpc:");
    assertThat(answer(answers, 2).at("/error/message").asText()).startsWith("method:");
    assertThat(answer(answers, 3).at("/error/message").asText()).startsWith("method:");
    assertThat(answer(answers, 4).at("/error/message").asText()).startsWith("params:");
    assertThat(answer(answers, 5).at("/error/message").asText()).startsWith("params.name:");
    assertThat(answer(answers, 6).at("/error/message").asText()).startsWith("params.arguments:");
    assertThat(answer(answers, 7).at("/error/code").asInt()).isEqualTo(-32601);
    assertThat(answer(answers, 8).has("result")).isTrue();
  }

  @Test
  void endOfInput_endsTheServer_andNotTheSession() throws Exception {
    List<JsonNode> answers =
        talk(call(1, "start_experiment", "{\"parent\": \"shop\", \"goal\": \"stay\"}"));

    String id = told(answer(answers, 1)).path("experiment").asText();
    assertThat(OffshootClient.over(world.temporal).experiment(new ExperimentId(id)).status())
        .satisfies(
            status -> {
              assertThat(status.stage()).isEqualTo(Stage.IN_SESSION);
              assertThat(status.spec().requestedBy()).isEqualTo("tester (ada)");
            });
    assertThat(
            told(answer(talk(call(2, "status", "{\"experiment\": \"%s\"}".formatted(id))), 2))
                .path("stage")
                .asText())
        .isEqualTo("IN_SESSION");
  }

  @Test
  void nobodyAnswers_isToldWithoutAddress() throws IOException {
    CliWorld.Result result =
        CliWorld.run(
            Map.of("TEMPORAL_ADDRESS", "127.0.0.1:" + CliWorld.freePort()),
            HELLO + call(1, "status", "{}") + "\n",
            false,
            "mcp");

    assertThat(result.out()).contains("UNREACHABLE").contains("./offshoot up");
    assertThat(result.out()).doesNotContain("127.0.0.1");
    assertThat(result.err()).contains("no Temporal server answers");
  }

  @Test
  void wrongCommandLine_saysWhatIsWrong() {
    assertThat(world.run("mcp", "--http", "8000").err()).contains("--token-file");
    assertThat(world.run("mcp", "--mask", "email").err()).contains("SCHEMA.TABLE.COLUMN");
    assertThat(world.run("mcp", "--token-file", "x").code()).isEqualTo(ExitCode.USAGE.code());
  }
}
