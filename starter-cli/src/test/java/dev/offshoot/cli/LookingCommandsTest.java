package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.OffshootJson;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Commands that look and change nothing, as they are typed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LookingCommandsTest {
  CliWorld world;

  @BeforeAll
  void openWorld() throws IOException {
    world = server();
  }

  /** The server that these commands are typed against. */
  abstract CliWorld server() throws IOException;

  @AfterAll
  void closeWorld() {
    if (world != null) {
      world.close();
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
        .contains("~ table public.customers")
        .contains("+ tier  text")
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
  void diffOfATable_comesInPages_thatSayWhereTheyAre() {
    String id = world.waiting("shop");

    CliWorld.Result second =
        world.run("experiment", "diff", id, "--table", "customers", "--limit", "10", "--page", "2");
    CliWorld.Result last =
        world.run("experiment", "diff", id, "--table", "customers", "--after", "20");
    CliWorld.Result json =
        world.run("experiment", "diff", id, "--table", "customers", "--limit", "12", "-o", "json");

    assertThat(second.out().lines().filter(line -> line.startsWith("  ~"))).hasSize(10);
    assertThat(second.out().lines().skip(2).findFirst().orElseThrow()).startsWith("  ~  10 ");
    assertThat(second.err()).contains("rows 11 to 20 of 25; next: --page 3");
    assertThat(last.out().lines().filter(line -> line.startsWith("  ~"))).hasSize(5);
    assertThat(last.err()).contains("rows 21 to 25 of 25; these are the last");
    JsonNode page = json(json.out());
    assertThat(page.path("rows")).hasSize(12);
    assertThat(page.path("next").asInt()).isEqualTo(12);
    assertThat(page.at("/key/0").asText()).isEqualTo("id");
    assertThat(world.run("experiment", "diff", id, "--page", "2").code())
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(json(world.run("experiment", "diff", id, "--stat", "-o", "json").out()))
        .isEqualTo(
            json(
                """
                {"digest": "%s", "schemaChanges": 1, "sequences": [], "tables": [
                  {"table": {"schema": "public", "name": "customers"},
                   "inserted": 0, "updated": 25, "deleted": 0, "rowsInBase": 100}]}"""
                    .formatted(FakeWorld.DIGEST)));
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
  void parents_areListedWithTheirCopies_andShownWithWhatHasChangedSince() {
    CliWorld.Result list = world.run("parent", "list");
    CliWorld.Result shop = world.run("parent", "show", "shop");
    CliWorld.Result plain = world.run("parent", "show", "plain");

    assertThat(list.code()).as(list.err()).isZero();
    assertThat(list.out())
        .contains("copy shop_copy", "its schema has changed since", "itself", "busy, FENCE");
    assertThat(shop.out())
        .contains("copy shop_copy", "6h", "~ table public.orders", "parent refresh shop");
    assertThat(plain.out()).contains("itself", "3 of app (pool)", "FENCE");
    assertThat(json(world.run("parent", "list", "-o", "json").out()).get(1).path("source"))
        .extracting(source -> source.path("database").asText())
        .isEqualTo("shop_copy");
    assertThat(world.run("parent", "show", "nowhere").code()).isEqualTo(2);
    assertThat(world.run("parent").code()).isEqualTo(2);
  }

  @Test
  void refresh_saysHowFarItIs_andWhatCameOfIt() {
    CliWorld.Result refreshed = world.run("parent", "refresh", "shop", "--verbose");
    CliWorld.Result asJson = world.run("parent", "refresh", "shop", "-o", "json");
    CliWorld.Result refused = world.run("parent", "refresh", "plain");

    assertThat(refreshed.code()).as(refreshed.err()).isZero();
    assertThat(refreshed.err()).contains("refresh: table 3 of 12");
    assertThat(refreshed.out()).contains("shop_copy", "12 tables", "32.4 MB", "privileges are");
    assertThat(json(asJson.out()).path("tables").asInt()).isEqualTo(12);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("no copy to refresh");
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

  static JsonNode json(String text) {
    try {
      return OffshootJson.mapper().readTree(text);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
