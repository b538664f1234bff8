package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.OffshootJson;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every command about experiments, as it is typed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExperimentCommandsTest {
  /** Makes ids that no earlier run on the same server has used. */
  private static final String RUN = "-" + Long.toString(System.currentTimeMillis(), 36);

  private CliWorld world;

  @BeforeAll
  void openWorld() throws IOException {
    world = server();
  }

  /** The server that these commands are typed against. */
  CliWorld server() throws IOException {
    return CliWorld.inMemory();
  }

  @AfterAll
  void closeWorld() {
    if (world != null) {
      world.close();
    }
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
            "--id=just-the-id" + RUN);

    assertThat(result.code()).isZero();
    assertThat(result.out()).isEqualTo("just-the-id" + RUN + System.lineSeparator());
  }

  @Test
  void revert_isAnExperimentOfItsOwn_thatAPersonApproves() {
    String id = world.waiting("shop");
    CliWorld.Result early = world.run("experiment", "revert", id);
    world.run("experiment", "approve", id, "-m", "fine", "--by", "rita");

    CliWorld.Result revert = world.run("experiment", "revert", id, "-m", "wrong tiers", "--wait");
    String revertId = id + "-revert";
    CliWorld.Result own = world.run("experiment", "approve", revertId, "-m", "fine");
    CliWorld.Result approved =
        world.run("experiment", "approve", revertId, "-m", "fine", "--by", "rita");
    CliWorld.Result shown = world.run("experiment", "show", revertId);

    assertThat(early.code()).isEqualTo(ExitCode.CONFLICT.code());
    assertThat(early.err()).contains("has not ended").contains("experiment reject " + id);
    assertThat(revert.code()).as(revert.err()).isEqualTo(ExitCode.PENDING.code());
    assertThat(revert.out()).startsWith(revertId).contains("turning the merge of " + id);
    assertThat(own.code()).isEqualTo(ExitCode.PERMISSION.code());
    assertThat(approved.code()).as(approved.err()).isEqualTo(ExitCode.DONE.code());
    assertThat(approved.out()).contains("REVERTED by rita");
    assertThat(shown.out()).contains("reverts").contains(id).contains("wrong tiers");
    assertThat(world.run("experiment", "history", revertId).out()).contains("compute revert done");
  }

  @Test
  void showOfARevertedExperiment_saysByWhichAndWhenAndByWhom() {
    String id = world.waiting("shop");
    world.run("experiment", "approve", id, "-m", "fine", "--by", "rita");
    CliWorld.Result merged = world.run("experiment", "show", id);
    JsonNode asMerged = status(id);
    world.run("experiment", "revert", id, "--wait");
    world.run("experiment", "approve", id + "-revert", "-m", "fine", "--by", "rita");

    CliWorld.Result reverted = world.run("experiment", "show", id);

    assertThat(merged.out())
        .doesNotContain("reverted")
        .containsPattern("cost +[1-9][0-9]* Temporal actions, branch of .* for .*, [0-9]+ tokens");
    assertThat(asMerged.at("/cost/actions").asLong()).isBetween(6L, 14L);
    assertThat(asMerged.at("/cost/branchBytes").asLong()).isPositive();
    assertThat(asMerged.has("reverted")).isFalse();
    assertThat(asMerged.at("/outcome/outcome").asText()).isEqualTo("MERGED");
    assertThat(reverted.code()).as(reverted.err()).isZero();
    assertThat(reverted.out())
        .containsPattern(
            "reverted +by experiment %s-revert at 1970-01-01T00:00:00Z, approved by rita"
                .formatted(id))
        .contains("reverted since: by experiment " + id + "-revert");
    assertThat(status(id).path("reverted"))
        .isEqualTo(
            LookingCommandsTest.json(
                "{\"experiment\": \"%s-revert\", \"at\": \"1970-01-01T00:00:00Z\", \"by\": \"rita\"}"
                    .formatted(id)));
    assertThat(status(id + "-revert").has("reverted")).isFalse();
  }

  @Test
  void revertOfWhatWasNotMerged_orCannotBeReverted_saysWhy() {
    String dropped = world.waiting("shop");
    world.run("experiment", "reject", dropped, "-m", "no");
    String late = world.waiting("late");
    world.run("experiment", "approve", late, "-m", "fine", "--by", "rita");

    CliWorld.Result notMerged = world.run("experiment", "revert", dropped);
    CliWorld.Result tooLate = world.run("experiment", "revert", late, "--wait");
    CliWorld.Result unknown = world.run("experiment", "revert", "never-was");
    CliWorld.Result again = world.run("experiment", "revert", late);

    assertThat(notMerged.code()).isEqualTo(ExitCode.CONFLICT.code());
    assertThat(notMerged.err()).contains("ended DROPPED and changed nothing on the parent");
    assertThat(tooLate.code()).isEqualTo(ExitCode.CONFLICT.code());
    assertThat(tooLate.out() + tooLate.err()).contains("could be reverted until yesterday");
    assertThat(unknown.code()).isEqualTo(ExitCode.NOT_FOUND.code());
    assertThat(again.out()).startsWith(late + "-revert-2");
  }

  @Test
  void usedId_saysByWhomAndItsState() {
    world.start("shop", "--id", "taken" + RUN);

    CliWorld.Result again = world.start("shop", "--id", "taken" + RUN);

    assertThat(again.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(again.err())
        .contains("'taken" + RUN + "'")
        .contains("agent-7")
        .contains("AWAITING_DECISION");
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
        .contains("longest wait for a lock: the merge 3 ms, others for the merge 5 ms")
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
  void hazardThatTwoMustApprove_isMergedByTheSecond_andNobodyElseMay() {
    String id = world.waiting("guarded");

    CliWorld.Result outsider = world.run("experiment", "approve", id, "-m", "x", "--by", "eve");
    CliWorld.Result first = world.run("experiment", "approve", id, "-m", "x");
    CliWorld.Result again = world.run("experiment", "approve", id, "-m", "x", "--by", "Ada");
    CliWorld.Result shown = world.run("experiment", "show", id);
    CliWorld.Result second = world.run("experiment", "approve", id, "-m", "x", "--by", "bob");
    CliWorld.Result history = world.run("experiment", "history", id);

    assertThat(outsider.code()).isEqualTo(ExitCode.PERMISSION.code());
    assertThat(outsider.err()).contains("eve is not among those who may approve");
    assertThat(first.code()).as(first.err()).isEqualTo(ExitCode.PENDING.code());
    assertThat(first.out()).contains("approve by ada").contains("one more person must approve");
    assertThat(again.err()).contains("Ada has approved already");
    assertThat(shown.out())
        .contains("2 different people must approve")
        .contains("may approve: ada, bob")
        .contains("one more person must approve");
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(history.out()).contains("counted, 1 more must approve");
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
    CliWorld.Result start =
        world.start("moved", "--on-conflict", "ASK", "--id", "asks-again" + RUN);
    assertThat(start.code()).isEqualTo(ExitCode.PENDING.code());

    CliWorld.Result first = world.run("experiment", "approve", dropped, "-m", "x");
    CliWorld.Result asked = world.run("experiment", "approve", "asks-again" + RUN, "-m", "x");
    CliWorld.Result askedTwice = world.run("experiment", "approve", "asks-again" + RUN, "-m", "x");

    for (CliWorld.Result result : List.of(first, asked, askedTwice)) {
      assertThat(result.code()).isEqualTo(ExitCode.CONFLICT.code());
    }
    assertThat(first.out())
        .contains("UPDATE_UPDATE customers (7) tier")
        .contains("base NULL   parent now silver   branch gold");
    assertThat(status("asks-again" + RUN).path("stage").asText()).isEqualTo("AWAITING_DECISION");

    CliWorld.Result unknown =
        world.run(
            "experiment", "approve", "asks-again" + RUN, "-m", "x", "--resolve", "orders=branch");
    assertThat(unknown.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(unknown.err()).contains("UPDATE_UPDATE in customers (1)", "parent|branch");
    CliWorld.Result resolved =
        world.run(
            "experiment",
            "approve",
            "asks-again" + RUN,
            "-m",
            "x",
            "--resolve",
            "public.customers:UPDATE_UPDATE=branch");
    assertThat(resolved.code()).isEqualTo(ExitCode.DONE.code());
    assertThat(status("asks-again" + RUN).path("outcome").path("digest").asText())
        .isEqualTo(FakeWorld.RESOLVED);
    assertThat(world.run("experiment", "history", "asks-again" + RUN).out())
        .contains("resolve conflicts done", "customers UPDATE_UPDATE: branch");
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
