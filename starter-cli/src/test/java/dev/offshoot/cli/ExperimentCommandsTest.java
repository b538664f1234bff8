package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.OffshootJson;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every command about experiments, as it is typed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ExperimentCommandsTest {
  private CliWorld world;

  @BeforeAll
  void openWorld() throws IOException {
    world = new CliWorld();
  }

  @AfterAll
  void closeWorld() {
    world.close();
  }

  @Test
  void startWait_showsThePathAndExitsPendingWithTheCommandsToAnswer() {
    CliWorld.Result result = world.start("shop", "--check", "SELECT true");

    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.PENDING.code());
    assertThat(result.out())
        .contains("branching")
        .contains("of shop in 12 ms")
        .contains("25 rows")
        .contains("check is true: SELECT true")
        .contains("customers  +0  ~25  -0")
        .contains("ABSTAIN")
        .contains("deadline");
    assertThat(result.err())
        .contains("experiment approve")
        .contains("--digest 3fa81c0d3fa8")
        .contains("experiment reject");
    assertThat(result.out().indexOf("branching")).isLessThan(result.out().indexOf("diffing"));
  }

  @Test
  void startWithoutWait_printsOnlyTheIdOnStandardOutput() {
    CliWorld.Result result =
        world.typing(
            "SELECT 1",
            "experiment",
            "start",
            "--sql=-",
            "--parent=shop",
            "--goal=look",
            "--id=just-the-id");

    assertThat(result.code()).isZero();
    assertThat(result.out()).isEqualTo("just-the-id" + System.lineSeparator());
  }

  @Test
  void usedId_saysByWhomAndItsState() {
    world.start("shop", "--id", "taken");

    CliWorld.Result again = world.start("shop", "--id", "taken");

    assertThat(again.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(again.err()).contains("'taken'").contains("agent-7").contains("AWAITING_DECISION");
  }

  @Test
  void unknownParent_endsQuicklyWithUsage() {
    CliWorld.Result result = world.start("nowhere");

    assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(result.out()).contains("UNKNOWN_PARENT").contains("known are shop");
  }

  @Test
  void failedExperiments_exitWithTheCodeOfTheirFailure() {
    assertThat(world.start("busy").code()).isEqualTo(ExitCode.CONFLICT.code());
    assertThat(world.start("locked").code()).isEqualTo(ExitCode.PERMISSION.code());
    CliWorld.Result sql = world.start("broken-sql");
    assertThat(sql.code()).isEqualTo(ExitCode.UNEXPECTED.code());
    assertThat(sql.out()).contains("statement 2 at character 15, SQLSTATE 42P01");
  }

  @Test
  void approve_bindsToTheDigestMergesAndExitsZero() {
    String id = world.waiting("shop");

    CliWorld.Result result =
        world.run("experiment", "approve", id, "--digest", "3fa81c0d3f", "-m", "looked at it");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("approve by ada")
        .contains("merged in one transaction of 9 ms")
        .contains("MERGED by ada: looked at it")
        .doesNotContain("branching");
  }

  @Test
  void approveByTheRequester_isRefusedAsPermission() {
    String id = world.waiting("shop");

    CliWorld.Result result =
        world.run("experiment", "approve", id, "-m", "mine", "--by", "Agent-7");

    assertThat(result.code()).isEqualTo(ExitCode.PERMISSION.code());
    assertThat(result.err()).startsWith("error: by: ").contains("cannot approve");
    assertThat(status(id).path("stage").asText()).isEqualTo("AWAITING_DECISION");
  }

  @Test
  void approveWithAnotherDigest_isAConflictAndSendsNothing() {
    String id = world.waiting("shop");

    CliWorld.Result result =
        world.run("experiment", "approve", id, "-m", "x", "--digest", "00000000");

    assertThat(result.code()).isEqualTo(ExitCode.CONFLICT.code());
    assertThat(result.err()).contains("3fa81c0d3fa8").contains("experiment diff " + id);
  }

  @Test
  void approveWithADigestThatIsNone_isUsage() {
    String id = world.waiting("shop");

    assertThat(world.run("experiment", "approve", id, "-m", "x", "--digest", "abc").code())
        .isEqualTo(ExitCode.USAGE.code());
  }

  @Test
  void approveAfterTheEnd_isAConflictThatSaysHowItEnded() {
    String id = world.waiting("shop");
    assertThat(world.run("experiment", "reject", id, "-m", "no").code()).isZero();

    CliWorld.Result result = world.run("experiment", "approve", id, "-m", "yes after all");

    assertThat(result.code()).isEqualTo(ExitCode.CONFLICT.code());
    assertThat(result.err()).contains("ended").contains("DROPPED by ada");
  }

  @Test
  void hazards_areMergedOnlyWhenEachIsNamed() {
    String id = world.waiting("hazardous");

    CliWorld.Result unnamed =
        world.run("experiment", "approve", id, "-m", "x", "--accept-hazard", "DROPS_COLUMN");
    CliWorld.Result unknown =
        world.run("experiment", "approve", id, "-m", "x", "--accept-hazard", "SHARKS");
    CliWorld.Result named =
        world.run(
            "experiment",
            "approve",
            id,
            "-m",
            "x",
            "--accept-hazard=drops_column",
            "--accept-hazard=REWRITES_TABLE");

    assertThat(unnamed.code()).isEqualTo(ExitCode.PERMISSION.code());
    assertThat(unnamed.err()).contains("REWRITES_TABLE");
    assertThat(unknown.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(unknown.err()).contains("SHARKS");
    assertThat(named.code()).as(named.err()).isZero();
  }

  @Test
  void forbiddenHazard_cannotBeApproved() {
    String id = world.waiting("forbidden");

    CliWorld.Result result =
        world.run("experiment", "approve", id, "-m", "x", "--accept-hazard", "DROPS_TABLE");

    assertThat(result.code()).isEqualTo(ExitCode.PERMISSION.code());
    assertThat(result.err()).contains("forbids DROPS_TABLE");
  }

  @Test
  void conflicts_areListedAndExitSeven() {
    String dropped = world.waiting("moved");
    CliWorld.Result start = world.start("moved", "--on-conflict", "ASK", "--id", "asks-again");
    assertThat(start.code()).isEqualTo(ExitCode.PENDING.code());

    CliWorld.Result first = world.run("experiment", "approve", dropped, "-m", "x");
    CliWorld.Result asked = world.run("experiment", "approve", "asks-again", "-m", "x");
    CliWorld.Result askedTwice = world.run("experiment", "approve", "asks-again", "-m", "x");

    for (CliWorld.Result result : List.of(first, asked, askedTwice)) {
      assertThat(result.code()).isEqualTo(ExitCode.CONFLICT.code());
    }
    assertThat(first.out())
        .contains("UPDATE_UPDATE customers (7) tier")
        .contains("base NULL   parent now silver   branch gold");
    assertThat(status("asks-again").path("stage").asText()).isEqualTo("AWAITING_DECISION");
  }

  @Test
  void reject_dropsAndWatchExitsThree() {
    String id = world.waiting("shop");

    CliWorld.Result rejected = world.run("experiment", "reject", id, "-m", "not now");
    CliWorld.Result watched = world.run("experiment", "watch", id);

    assertThat(rejected.code()).as(rejected.err()).isZero();
    assertThat(rejected.out()).contains("DROPPED by ada: not now");
    assertThat(watched.code()).isEqualTo(ExitCode.DROPPED.code());
    assertThat(watched.out()).contains("branching").contains("DROPPED by ada");
  }

  @Test
  void cancel_endsItAndACancelTooLateIsAConflict() {
    String id = world.waiting("shop");

    CliWorld.Result first = world.run("experiment", "cancel", id, "-m", "wrong table");
    CliWorld.Result second = world.run("experiment", "cancel", id);

    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).contains("CANCELLED");
    assertThat(second.code()).isEqualTo(ExitCode.CONFLICT.code());
  }

  @Test
  void extend_movesTheDeadlineAndRefusesTooMuch() {
    String id = world.waiting("shop");
    String before = status(id).path("deadline").asText();

    CliWorld.Result extended = world.run("experiment", "extend", id, "--ttl", "5h", "-o", "json");
    CliWorld.Result tooLong = world.run("experiment", "extend", id, "--ttl", "20d");
    CliWorld.Result nonsense = world.run("experiment", "extend", id, "--ttl", "soon");

    assertThat(extended.code()).as(extended.err()).isZero();
    assertThat(json(extended.out()).path("deadline").asText()).isGreaterThan(before);
    assertThat(tooLong.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(tooLong.err()).contains("latest deadline");
    assertThat(nonsense.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(nonsense.err()).contains("45m");
  }

  @Test
  void unknownExperiment_isNotFoundForEveryCommand() {
    for (List<String> command :
        List.of(
            List.of("show", "nobody"),
            List.of("watch", "nobody"),
            List.of("diff", "nobody"),
            List.of("history", "nobody"),
            List.of("cancel", "nobody"),
            List.of("approve", "nobody", "-m", "x"),
            List.of("reject", "nobody", "-m", "x"),
            List.of("extend", "nobody", "--ttl", "1h"))) {
      String[] arguments = new String[command.size() + 1];
      arguments[0] = "experiment";
      for (int i = 0; i < command.size(); i++) {
        arguments[i + 1] = command.get(i);
      }

      CliWorld.Result result = world.run(arguments);

      assertThat(result.code()).as("%s: %s", command, result.err()).isEqualTo(6);
      assertThat(result.err()).contains("nobody").doesNotContain("\tat ");
      assertThat(result.out()).isEmpty();
    }
  }

  @Test
  void history_tellsWhoDidWhatToWhichChangeSet() {
    String id = world.waiting("hazardous");
    var fromTheUi = world.temporal.newUntypedWorkflowStub("experiment-" + id);
    fromTheUi.signal("approve", new DecisionRequest("bob", "looks fine", null, null));
    fromTheUi.signal("reject", (Object) null);
    world.run(
        "experiment",
        "approve",
        id,
        "-m",
        "seen",
        "--accept-hazard=DROPS_COLUMN",
        "--accept-hazard=REWRITES_TABLE");

    CliWorld.Result table = world.run("experiment", "history", id);
    JsonNode entries = json(world.run("experiment", "history", id, "-o", "json").out());

    assertThat(table.code()).as(table.err()).isZero();
    assertThat(table.out())
        .contains("requested by agent-7")
        .contains("some-browser")
        .contains("by bob: looks fine (refused: acceptHazards:")
        .contains("empty (refused: by: is missing")
        .contains("APPROVE by ada: seen, accepts DROPS_COLUMN, REWRITES_TABLE")
        .contains("receipt: +0 ~25 -0 rows")
        .contains("ended MERGED")
        .contains("3fa81c0d3fa8");
    assertThat(entries.findValuesAsText("what"))
        .startsWith("started", "create branch done", "run experiment done", "compute diff done")
        .contains("judge done", "update decide", "decision approve", "merge done")
        .endsWith("ended MERGED");
    assertThat(entries.get(entries.size() - 1).path("digest").asText()).isEqualTo(FakeWorld.DIGEST);
  }

  @Test
  void diff_readsMoreRowsThanTheSamplePageByPage() {
    String id = world.waiting("shop");

    CliWorld.Result short_ = world.run("experiment", "diff", id, "--rows", "2");
    CliWorld.Result whole = world.run("experiment", "diff", id, "--table", "customers");
    CliWorld.Result sql = world.run("experiment", "diff", id, "--sql");
    CliWorld.Result lines = world.run("experiment", "diff", id, "-o", "jsonl");
    CliWorld.Result stat = world.run("experiment", "diff", id, "--stat");

    assertThat(short_.out())
        .contains("+ column public.customers.tier")
        .contains("NULL → gold")
        .contains("… and 23 more rows");
    assertThat(whole.out().lines().filter(line -> line.contains("NULL → gold"))).hasSize(25);
    assertThat(sql.out().lines().filter(line -> line.startsWith("UPDATE"))).hasSize(25);
    assertThat(lines.out().lines()).hasSize(1 + 1 + 25);
    assertThat(
            json(lines.out().lines().skip(2).findFirst().orElseThrow()).at("/after/tier").asText())
        .isEqualTo("gold");
    assertThat(stat.out()).contains("customers").contains("~25");
    assertThat(world.run("experiment", "diff", id, "--table", "ghosts").code())
        .isEqualTo(ExitCode.NOT_FOUND.code());
  }

  @Test
  void watchAsJsonLines_isOneEventPerLineInTheOrderOfThePath() {
    String id = world.waiting("shop");
    world.run("experiment", "approve", id, "-m", "x");

    CliWorld.Result result = world.run("experiment", "watch", id, "-o", "jsonl");

    List<String> events =
        result.out().lines().map(line -> json(line).path("event").asText()).toList();
    assertThat(result.code()).isZero();
    assertThat(events)
        .containsSubsequence(
            "BRANCH", "STATEMENT", "STATEMENT", "DIFF", "VERDICT", "DECISION", "MERGE", "OUTCOME");
    assertThat(events.get(events.size() - 1)).isEqualTo("OUTCOME");
  }

  @Test
  void show_isTheStatusAsJsonAndAScreenForPeople() {
    String id = world.waiting("hazardous");

    CliWorld.Result shown = world.run("experiment", "show", id);

    assertThat(status(id).at("/spec/goal").asText()).isEqualTo("give tiers");
    assertThat(shown.out())
        .contains("give tiers")
        .contains("DROPS_COLUMN")
        .contains("an approval must name it");
    assertThat(shown.err()).contains("--accept-hazard DROPS_COLUMN --accept-hazard REWRITES_TABLE");
  }

  @Test
  void list_findsExperimentsByWhatTheServerKnowsOfThem() throws InterruptedException {
    assumeTrue(CliWorld.onRealServer(), "the in-memory server cannot list");
    String id = world.waiting("hazardous");

    JsonNode found = null;
    for (int i = 0; i < 50 && (found == null || found.isEmpty()); i++) {
      Thread.sleep(100);
      found =
          json(
              world
                  .run(
                      "experiment",
                      "list",
                      "--stage=AWAITING_DECISION",
                      "--parent=hazardous",
                      "--hazard=DROPS_COLUMN",
                      "--limit=1",
                      "-o=json")
                  .out());
    }

    assertThat(found).isNotNull();
    assertThat(found.get(0).path("id").asText()).isEqualTo(id);
    assertThat(found.get(0).path("requestedBy").asText()).isEqualTo("agent-7");
    assertThat(found.get(0).path("digest").asText()).isEqualTo(FakeWorld.DIGEST);
    assertThat(world.run("experiment", "list", "--parent", "x' OR 'a'='a").code())
        .isEqualTo(ExitCode.USAGE.code());
  }

  @Test
  void list_fallsBackToTheLedgerWhereTheServerCannotList() {
    assumeFalse(CliWorld.onRealServer(), "a real server can list");
    CliWorld.Result table = world.run("experiment", "list");
    CliWorld.Result json =
        world.run("experiment", "list", "--stage", "AWAITING_DECISION", "-o", "json");

    assertThat(table.code()).as(table.err()).isZero();
    assertThat(table.err()).contains("asking the worker's ledger");
    assertThat(table.out()).contains("from-the-ledger").contains("fix\\u202ethings");
    assertThat(json(json.out()).get(0).path("id").asText()).isEqualTo("from-the-ledger");
    assertThat(json(world.run("experiment", "list", "--stage", "MERGING", "-o", "json").out()))
        .isEmpty();
    assertThat(world.run("experiment", "list", "--hazard", "DROPS_TABLE").code())
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(world.run("experiment", "list", "--limit", "0").code()).isEqualTo(2);
  }

  @Test
  void doctor_printsEachFindingWithItsRemedy() {
    CliWorld.Result result = world.run("doctor");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .contains(world.address)
        .contains("ledger: version 1")
        .contains("warning  parent shop: is a superuser's")
        .contains("make a role of its own");
  }

  private JsonNode status(String id) {
    return json(world.run("experiment", "show", id, "-o", "json").out());
  }

  private static JsonNode json(String text) {
    try {
      return OffshootJson.mapper().readTree(text);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
