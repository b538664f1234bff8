package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong command lines and specifications: refused before anybody is contacted. */
final class BadInputTest {
  /** Nobody listens there; reaching it would be exit code 8. */
  private static final Map<String, String> NOBODY =
      Map.of("TEMPORAL_ADDRESS", "127.0.0.1:1", "OFFSHOOT_USER", "ada");

  @TempDir Path folder;

  private static CliWorld.Result run(String input, String... arguments) {
    return CliWorld.run(NOBODY, input, false, arguments);
  }

  @Test
  void everyProblemOfASpecification_isPrintedWithItsField() {
    CliWorld.Result result =
        run("", "experiment", "start", "--sql", "-", "--ttl", "0s", "--check", "DELETE FROM t");

    assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(result.err())
        .contains("goal: is missing")
        .contains("parent: is missing")
        .contains("statements: is empty")
        .contains("checks[0]: is not a query")
        .contains("ttl: must be longer than zero");
  }

  @Test
  void unclosedString_isNamedWithItsLine() {
    CliWorld.Result result =
        run(
            "SELECT 1;\nSELECT 'oops",
            "experiment",
            "start",
            "--sql=-",
            "--parent=shop",
            "--goal=x");

    assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(result.err()).contains("script: the string that begins on line 2 is not closed");
  }

  @Test
  void transactionControl_isRefusedByItsStatement() {
    CliWorld.Result result =
        run("BEGIN; SELECT 1; COMMIT", "experiment", "start", "--sql=-", "--parent=p", "--goal=g");

    assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(result.err())
        .contains("BEGIN is not for the script")
        .contains("COMMIT is not for the script");
  }

  @Test
  void tooLongAScript_isRefused() {
    CliWorld.Result result =
        run(
            "SELECT '" + "x".repeat(600_000) + "'",
            "experiment",
            "start",
            "--sql=-",
            "--parent=shop",
            "--goal=x");

    assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(result.err()).contains("at most 524288 fit");
  }

  @Test
  void unknownFieldsOfASpecification_areNamed() throws IOException {
    Path yaml = Files.writeString(folder.resolve("spec.yml"), "goal: x\nparant: shop\n");
    Path nested = Files.writeString(folder.resolve("spec.json"), "{\"limits\": {\"maxRows\": 3}}");
    Path type = Files.writeString(folder.resolve("type.yml"), "strictness: LOOSE\n");
    Path duration = Files.writeString(folder.resolve("ttl.yml"), "ttl: soon\n");

    Path twice = Files.writeString(folder.resolve("twice.yml"), "goal: x\ngoal: y\n");
    Path broken = Files.writeString(folder.resolve("broken.yml"), "goal: \"x\n");

    assertThat(start(twice).err()).contains("Duplicate").contains("goal");
    assertThat(start(broken).err()).contains("line ");
    assertThat(start(yaml).err()).contains("parant: there is no such field");
    assertThat(start(nested).err()).contains("limits.maxRows: there is no such field");
    assertThat(start(type).err()).contains("strictness: 'LOOSE' is not one of [ROW, CELL]");
    assertThat(start(duration).err()).contains("ttl:").contains("45m");
  }

  private static CliWorld.Result start(Path spec) {
    CliWorld.Result result = run("", "experiment", "start", "--spec", spec.toString());
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.USAGE.code());
    return result;
  }

  @Test
  void missingFile_isUsage() {
    CliWorld.Result result =
        run("", "experiment", "start", "--sql", folder.resolve("none.sql").toString());

    assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(result.err()).contains("there is no file").contains("none.sql");
  }

  @Test
  void validSpecification_withNobodyThere_isUnreachableWithinTheTimeOfAnyPrompt()
      throws IOException {
    Path spec =
        Files.writeString(
            folder.resolve("spec.yml"),
            """
            goal: look around
            parent: shop
            statements: [SELECT 1]
            limits:
              statementTimeout: 10s
            """);
    long began = System.nanoTime();

    CliWorld.Result result = run("", "experiment", "start", "--spec", spec.toString());

    assertThat(result.code()).isEqualTo(ExitCode.UNREACHABLE.code());
    assertThat(result.err()).contains("127.0.0.1:1").contains("./offshoot up");
    assertThat((System.nanoTime() - began) / 1_000_000).isLessThan(8_000);
  }

  @Test
  void sqlAndSpecTogether_orNeither_isUsage() {
    assertThat(run("", "experiment", "start", "--sql=-", "--spec=-").code()).isEqualTo(2);
    assertThat(run("", "experiment", "start").code()).isEqualTo(2);
  }

  @Test
  void idsThatAreNone_areUsage() {
    CliWorld.Result result = run("", "experiment", "show", "Not An Id");

    assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(result.err()).contains("'Not An Id' is not an experiment id");
  }

  @Test
  void usage_namesTheOptionAndWhereHelpIs() {
    for (String[] line :
        new String[][] {
          {"experiment", "approve", "x"}, // without -m
          {"experiment", "bogus"},
          {"experiment"},
          {"-o", "xml", "doctor"},
          {"--address", "nonsense", "doctor"},
          {"worker"},
          {"worker", "--config", "/no/such/file.yml"},
          {"up", "--parent", "shop"},
          {"up", "--parent", "a=jdbc:mysql://x/y"},
          {"up", "--parent", "Bad Name=jdbc:postgresql://x/y"},
        }) {
      CliWorld.Result result = run("", line);

      assertThat(result.code()).as(String.join(" ", line)).isEqualTo(ExitCode.USAGE.code());
      assertThat(result.err()).startsWith("error: ").doesNotContain("\tat ");
      assertThat(result.out()).isEmpty();
    }
  }

  @Test
  void helpVersionAndCompletion_areDataOnStandardOutput() {
    assertThat(run("", "--help").out()).contains("Usage: offshoot").contains("130 interrupted");
    assertThat(run("", "--version").out()).startsWith("offshoot ");
    assertThat(run("", "experiment", "diff", "--help").out()).contains("--stat");
    assertThat(run("", "completion").out()).contains("complete -F").contains("experiment");
  }
}
