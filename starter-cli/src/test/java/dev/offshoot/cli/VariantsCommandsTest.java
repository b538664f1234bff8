package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.VariantStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of variants from the command line: start, compare, pick. */
class VariantsCommandsTest {
  private static CliWorld world;

  @TempDir private Path folder;

  @BeforeAll
  static void openWorld() throws IOException {
    world = CliWorld.inMemory();
  }

  @AfterAll
  static void closeWorld() {
    world.close();
  }

  private Path sql(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private CliWorld.Result start(String parent, String id) throws IOException {
    return world.run(
        "experiment",
        "variants",
        "--sql",
        sql("fast.sql", "UPDATE customers SET tier = 'gold'").toString(),
        "--sql",
        sql("slow.sql", "UPDATE customers SET tier = 'silver'").toString(),
        "--parent",
        parent,
        "--goal",
        "give tiers",
        "--check",
        "SELECT true",
        "--requested-by",
        "agent-7",
        "--id",
        id,
        "--wait");
  }

  @Test
  void startedGroup_isShownSideBySide_withTheCommandsToPick() throws IOException {
    CliWorld.Result result = start("shop", "side");

    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.PENDING.code());
    assertThat(result.out())
        .startsWith("side\n")
        .contains("1  fast", "2  slow", "side-1", "side-2")
        .contains("awaiting decision, ranked 1")
        .contains("+0 ~25 -0")
        .contains("1 of 1")
        .contains("3fa81c0d3fa8");
    assertThat(result.err())
        .contains("look:    ./offshoot experiment diff side-1")
        .contains("pick:    ./offshoot experiment pick side 2 --digest 3fa81c0d3fa8 -m WHY")
        .contains("none:    ./offshoot experiment pick side none -m WHY");
    assertThat(result.out().lines()).allMatch(line -> line.length() < 120);

    JsonNode json =
        OffshootJson.mapper()
            .readTree(world.run("experiment", "compare", "side", "-o", "json").out());
    assertThat(json.path("variants")).hasSize(2);
    assertThat(json.path("ranking").path("order")).hasSize(2);
    assertThat(world.run("experiment", "pick", "side", "none", "-m", "no").code()).isZero();
  }

  @Test
  void pick_mergesOne_andDropsTheOthers() throws IOException {
    start("shop", "merges");

    CliWorld.Result picked =
        world.run("experiment", "pick", "merges", "slow", "-m", "better", "--by", "rita");

    assertThat(picked.code()).as(picked.err()).isZero();
    assertThat(picked.out()).contains("closed, MERGED by rita: better", "variant 2 was merged");
    assertThat(world.run("experiment", "compare", "merges").code()).isZero();
    CliWorld.Result again = world.run("experiment", "pick", "merges", "1", "-m", "x");
    assertThat(again.code()).isEqualTo(ExitCode.CONFLICT.code());
    assertThat(again.err()).contains("has ended MERGED");
  }

  @Test
  void badPicks_areRefused_eachWithItsCode() throws IOException {
    start("shop", "refuses");

    CliWorld.Result own =
        world.run("experiment", "pick", "refuses", "1", "-m", "x", "--by", "Agent-7");
    CliWorld.Result unknown = world.run("experiment", "pick", "refuses", "7", "-m", "x");
    CliWorld.Result other =
        world.run("experiment", "pick", "refuses", "1", "-m", "x", "--digest", "0123456789");
    CliWorld.Result alone = world.run("experiment", "approve", "refuses-1", "-m", "x");
    CliWorld.Result nowhere = world.run("experiment", "compare", "no-such-group");

    assertThat(own.code()).isEqualTo(ExitCode.PERMISSION.code());
    assertThat(own.err()).contains("cannot pick; somebody else must");
    assertThat(unknown.code()).isEqualTo(ExitCode.NOT_FOUND.code());
    assertThat(unknown.err()).contains("there is none called '7'");
    assertThat(other.code()).isEqualTo(ExitCode.CONFLICT.code());
    assertThat(alone.err()).contains("./offshoot experiment pick refuses 1");
    assertThat(nowhere.code()).isEqualTo(ExitCode.NOT_FOUND.code());
    assertThat(nowhere.err()).contains("there is no group of variants 'no-such-group'");
    CliWorld.Result shown = world.run("experiment", "show", "refuses-2");
    assertThat(shown.err()).contains("pick:    ./offshoot experiment pick refuses 2");
    assertThat(world.run("experiment", "pick", "refuses", "none", "-m", "no").code()).isZero();
    assertThat(world.run("experiment", "compare", "refuses").code())
        .isEqualTo(ExitCode.DROPPED.code());
  }

  @Test
  void specificationOfAGroup_isReadFromAFile() throws IOException {
    Path file =
        sql(
            "group.yml",
            """
            shared:
              goal: give tiers
              parent: shop
              requestedBy: agent-7
            variants:
              - name: gold
                script: UPDATE customers SET tier = 'gold'
              - statements: ["UPDATE customers SET tier = 'silver'"]
            """);

    CliWorld.Result result =
        world.run("experiment", "variants", "--spec", file.toString(), "--id", "filed", "--wait");

    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.PENDING.code());
    assertThat(result.out()).contains("1  gold", "2  2");
    world.run("experiment", "pick", "filed", "none", "-m", "no");
  }

  @Test
  void sessions_areOpenedForSoManyAgents() throws Exception {
    CliWorld.Result result =
        world.run(
            "experiment",
            "variants",
            "--n",
            "2",
            "--agent",
            "agent-9",
            "--parent",
            "shop",
            "--goal",
            "try it",
            "--id",
            "agents");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).isEqualTo("agents" + System.lineSeparator());
    assertThat(result.err())
        .contains("session agent-9: ./offshoot experiment run agents-1 -c SQL, then submit")
        .contains("session 3: ./offshoot experiment run agents-3 -c SQL");
    // The in-memory server loses the task of a workflow that is told to stop as a step of it ends.
    var unused =
        OffshootClient.over(world.temporal)
            .variants(new ExperimentId("agents"))
            .await(
                status ->
                    status.variants().stream()
                        .map(VariantStatus::report)
                        .allMatch(told -> told != null && told.stage() == Stage.IN_SESSION),
                Duration.ofSeconds(60));
    assertThat(world.run("experiment", "pick", "agents", "none", "-m", "no").code()).isZero();
  }

  @Test
  void badGroup_isRefused_beforeAnythingIsStarted() throws IOException {
    CliWorld.Result one =
        world.run(
            "experiment",
            "variants",
            "--sql",
            sql("only.sql", "BEGIN").toString(),
            "--parent",
            "shop",
            "--goal",
            "x");

    assertThat(one.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(one.err())
        .contains("nothing was started")
        .contains("variants: has 1; give 2 to 10")
        .contains("variants[0].script: statement 1 (line 1): BEGIN");
  }

  @Test
  void variantsThatAllFail_endTheGroup() throws IOException {
    CliWorld.Result result = start("broken-sql", "fails");

    assertThat(result.code()).isEqualTo(ExitCode.UNEXPECTED.code());
    assertThat(result.out()).contains("closed, FAILED", "does not exist");
  }
}
