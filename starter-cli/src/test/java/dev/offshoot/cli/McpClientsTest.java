package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Other people's clients: the inspector's command line (npm) and the Python client (PyPI), where
 * {@code .ci/run} has installed them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class McpClientsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The whole path of an agent; prints what each tool answers, a line each. */
  private static final String PYTHON =
      """
      import asyncio, json, sys
      from mcp import ClientSession, StdioServerParameters, stdio_client

      async def main():
          server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:], env={"OFFSHOOT_USER": "ada"})
          async with stdio_client(server) as (read, write):
              async with ClientSession(read, write) as session:
                  await session.initialize()
                  tools = await session.list_tools()
                  print(json.dumps(sorted(tool.name for tool in tools.tools)))
                  for name, arguments in [
                      ("start_experiment", {"parent": "shop", "goal": "from Python"}),
                      ("list_tables", {"schema": "public"}),
                      ("describe_table", {"table": "customers"}),
                      ("run_sql", {"sql": 7}),
                      ("run_sql", {"sql": "SELECT nope"}),
                      ("run_sql", {"sql": "UPDATE customers SET tier = 'gold'"}),
                      ("show_diff", {}),
                      ("show_diff", {"table": "public.customers", "rows": 2}),
                      ("submit", {"reason": "done"}),
                      ("status", {}),
                  ]:
                      result = await session.call_tool(name, arguments)
                      print(("error " if result.is_error else "ok ") + result.content[0].text)

      asyncio.run(main())
      """;

  @TempDir static Path folder;

  private CliWorld world;

  @BeforeAll
  void openWorld() throws IOException {
    world = CliWorld.inMemory();
  }

  @AfterAll
  void closeWorld() {
    world.close();
  }

  private static Optional<Path> onPath(String program) {
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(Optional.ofNullable(System.getenv("PATH")).orElse(""))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> Path.of(entry, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Standard output; standard error goes to a file, as clients keep it apart. */
  private static String output(int exitCode, List<String> command) throws Exception {
    Path errors = folder.resolve("stderr");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out + Files.readString(errors)).isEqualTo(exitCode);
    return out;
  }

  private JsonNode inspect(int exitCode, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(onPath("mcp-inspector").orElseThrow().toString());
    command.add("--cli");
    command.add(McpProgram.java());
    command.addAll(McpProgram.arguments(world, "--requested-by", "inspector"));
    command.addAll(List.of(arguments));
    return JSON.readTree(output(exitCode, command));
  }

  @Test
  void inspector_listsAndCallsTools() throws Exception {
    assumeTrue(onPath("mcp-inspector").isPresent(), "no mcp-inspector on the PATH; see .ci/run");

    JsonNode tools = inspect(0, "--method", "tools/list");
    JsonNode started =
        inspect(
            0,
            "--method",
            "tools/call",
            "--tool-name",
            "start_experiment",
            "--tool-arg",
            "parent=shop",
            "--tool-arg",
            "goal=look");
    JsonNode opened = JSON.readTree(started.at("/content/0/text").asText());

    assertThat(tools.path("tools")).hasSize(11);
    assertThat(opened.path("stage").asText()).isEqualTo("IN_SESSION");
    // Another process of the same name finds it again.
    JsonNode run =
        inspect(
            0,
            "--method",
            "tools/call",
            "--tool-name",
            "run_sql",
            "--tool-arg",
            "sql=SELECT count(*) FROM customers",
            "--tool-arg",
            "experiment=" + opened.path("experiment").asText());
    assertThat(run.at("/content/0/text").asText()).contains("[[\"4\"]]");
  }

  @Test
  void pythonClient_goesTheWholePath() throws Exception {
    Optional<Path> python =
        onPath("mcp").map(program -> program.resolveSibling("python")).filter(Files::isExecutable);
    assumeTrue(python.isPresent(), "no Python with the package mcp on the PATH; see .ci/run");
    Path script = Files.writeString(folder.resolve("agent.py"), PYTHON);
    List<String> command = new ArrayList<>();
    command.add(python.orElseThrow().toString());
    command.add(script.toString());
    command.add(McpProgram.java());
    command.addAll(McpProgram.arguments(world));

    List<String> lines = output(0, command).lines().toList();

    assertThat(lines).hasSize(11);
    assertThat(lines.get(0)).contains("start_experiment").doesNotContain("approve");
    assertThat(lines.get(1)).startsWith("ok ").contains("IN_SESSION").contains("(ada)");
    assertThat(lines.get(2)).startsWith("ok ").contains("customers");
    assertThat(lines.get(3)).startsWith("ok ").contains("PRIMARY KEY (id)");
    assertThat(lines.get(4)).startsWith("error ").contains("sql: must be a string");
    assertThat(lines.get(5)).startsWith("error ").contains("42703");
    assertThat(lines.get(6)).startsWith("ok ").contains("\"rowsAffected\":4");
    assertThat(lines.get(7)).startsWith("ok ").contains("schemaChanges");
    assertThat(lines.get(8)).startsWith("ok ").contains("\"after\":2");
    assertThat(lines.get(9)).startsWith("ok ").contains("a person decides");
    assertThat(lines.get(10)).startsWith("ok ").contains("\"stage\"");
  }
}
