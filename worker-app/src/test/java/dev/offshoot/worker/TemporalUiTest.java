package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.client.OffshootClient;
import dev.offshoot.client.VariantGroup;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.Variant;
import dev.offshoot.domain.VariantsSpec;
import dev.offshoot.domain.VariantsStatus;
import dev.offshoot.worker.stack.TemporalProgram;
import dev.offshoot.workflow.ExperimentWorkflow;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Temporal UI alone is enough to decide: the real server's page in a real browser, with what it
 * shows read and what a person would send sent through its own dialog.
 */
@Timeout(300)
class TemporalUiTest {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static ChildStack stack;
  private static ShopDatabase shop;

  @TempDir static Path folder;

  @BeforeAll
  static void startStack() throws Exception {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    assumeTrue(TemporalPage.missing().isEmpty(), TemporalPage.missing().orElse(""));
    stack = ChildStack.start(Map.of("temporal", "dev", "data-folder", folder.toString()));
    shop = ShopDatabase.of(folder);
  }

  @AfterAll
  static void stopStack() throws IOException {
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  void personReadsTheDetails_pastesTheJson_andTheExperimentMerges() throws Exception {
    ExperimentWorkflow experiment =
        start(
            "ui-merge",
            Experiments.spec(
                    "shop",
                    "UPDATE products SET name = 'Seen in the browser' WHERE id = 2",
                    "ALTER TABLE coupons DROP COLUMN description")
                .build());
    ExperimentStatus reviewed = Experiments.awaitReview(experiment);
    String digest = Objects.requireNonNull(reviewed.changes()).digest();

    try (TemporalPage page = page("experiment-ui-merge")) {
      String details = page.currentDetails();
      assertThat(details)
          .contains(
              "waiting for your decision",
              "DROPS_COLUMN",
              "Seen in the browser",
              "ALTER TABLE coupons DROP COLUMN description")
          .contains(digest);
      assertThat(page.fits('"' + digest + '"')).as("the digest to paste is in sight").isTrue();
      screenshot(page, "waiting-for-a-decision.png");

      page.signal("approve", filledIn(pastedFrom(details)));
    }

    assertThat(outcome(experiment).outcome()).isEqualTo(Outcome.MERGED);
    assertThat(shop.one("SELECT name FROM products WHERE id = 2")).isEqualTo("Seen in the browser");
    assertThat(shop.leftovers()).isEmpty();
  }

  @Test
  void malformedAndEmptySignals_leaveTheExperimentInOrder() throws Exception {
    ExperimentWorkflow experiment =
        start(
            "ui-odd",
            Experiments.spec("shop", "UPDATE products SET name = 'odd' WHERE id = 3").build());
    Experiments.awaitReview(experiment);

    try (TemporalPage page = page("experiment-ui-odd")) {
      page.signal("approve", "");
      page.signal("approve", "{\"by\": \"ada\", \"digest\": \"wrong\", \"mood\": 7}");
      page.signal("reject", "{\"reason\": \"no name\"}");
    }
    ExperimentStatus refused = awaitDecisions(experiment, 3);
    assertThat(refused.stage()).isEqualTo(Stage.AWAITING_DECISION);
    assertThat(refused.decisions()).noneMatch(decision -> decision.accepted());

    try (TemporalPage page = page("experiment-ui-odd")) {
      assertThat(page.currentDetails()).contains("Not counted", "not the change set under review");
      page.signal("reject", "{\"by\": \"ada\", \"reason\": \"odd name\"}");
    }
    assertThat(outcome(experiment).outcome()).isEqualTo(Outcome.DROPPED);
  }

  @Test
  void hostileRowsNamesAndComments_showAsWhatTheyAre_andNothingMore() throws Exception {
    String evil = "<iframe src=//x></iframe> | `tick` ``` **bold** [a](b) \"q\" '' \u202Egnp";
    ExperimentWorkflow experiment =
        start(
            "ui-evil",
            Experiments.spec(
                    "shop",
                    "CREATE TABLE \"<img src=x onerror=1> | `t`\" (id int PRIMARY KEY, \"<b>c</b>\" text)",
                    "INSERT INTO \"<img src=x onerror=1> | `t`\" VALUES (1, '" + evil + "')",
                    "COMMENT ON TABLE \"<img src=x onerror=1> | `t`\" IS '<a href=x>click</a> | `x`'")
                .goal("<script>alert(1)</script> | `goal` **really**")
                .build());
    Experiments.awaitReview(experiment);

    try (TemporalPage page = page("experiment-ui-evil")) {
      String details = page.currentDetails();
      assertThat(page.foreignElements()).isEmpty();
      assertThat(details)
          .contains(
              "<script>alert(1)</script> | `goal` **really**",
              "<img src=x onerror=1> | `t`",
              "<b>c</b>",
              "<iframe src=//x></iframe> | `tick` ``` **bold** [a](b) \"q\" '' \\u202egnp")
          .doesNotContain("\u202E");
      assertThat(pastedFrom(details)).contains("\"digest\":", "\"acceptHazards\":");
      screenshot(page, "hostile-values.png");
      page.signal("reject", "{\"by\": \"ada\", \"reason\": \"hostile\"}");
    }
    assertThat(outcome(experiment).outcome()).isEqualTo(Outcome.DROPPED);
  }

  @Test
  void personReadsVariantsSideBySide_pastesTheJson_andTheOthersAreDropped() throws Exception {
    try (OffshootClient client = OffshootClient.connect(stack.ready().get("temporal").asText())) {
      VariantGroup group =
          client.start(
              new ExperimentId("ui-group"),
              new VariantsSpec(
                  Experiments.spec("shop").build(),
                  List.of(
                      Variant.ofScript("drop", "ALTER TABLE warehouses DROP COLUMN city"),
                      Variant.ofScript(
                          "<b>price</b> | `x`", "UPDATE products SET price = 1 WHERE id = 4"))));
      group.await(now -> now.stage() == Stage.AWAITING_DECISION, Duration.ofSeconds(90));

      try (TemporalPage page = page(group.id().variantsWorkflowId())) {
        String details = page.currentDetails();
        assertThat(page.foreignElements()).isEmpty();
        assertThat(details)
            .contains(
                "waiting for your pick",
                "ui-group-1",
                "ui-group-2",
                "DROPS_COLUMN",
                "<b>price</b> | `x`",
                "0 inserted, 1 updated, 0 deleted");
        screenshot(page, "variants.png");
        page.signal("pick", filledIn(pastedFrom(details)));
      }

      VariantsStatus ended = group.await(now -> now.outcome() != null, Duration.ofSeconds(90));
      assertThat(Objects.requireNonNull(ended.outcome()).merged()).isEqualTo(2);
      assertThat(ended.outcome().by()).isEqualTo("ada");
    }
    assertThat(shop.one("SELECT price FROM products WHERE id = 4")).startsWith("1");
    assertThat(shop.leftovers()).isEmpty();
  }

  private static ExperimentWorkflow start(String id, ExperimentSpec spec) throws IOException {
    return new Experiments(stack.client()).start(id, spec);
  }

  private static TemporalPage page(String workflowId) throws IOException {
    return TemporalPage.open(stack.ready().get("ui").asText(), workflowId);
  }

  private static void screenshot(TemporalPage page, String name) throws IOException {
    Files.createDirectories(SCREENSHOTS);
    Files.write(SCREENSHOTS.resolve(name), page.screenshot());
  }

  /** The JSON that merges, copied from the page. */
  private static String pastedFrom(String details) {
    Matcher json =
        Pattern.compile("\\{\\s*(\"variant\".*?)?\"by\".*?\"acceptHazards\".*?\\}", Pattern.DOTALL)
            .matcher(details);
    assertThat(json.find()).as(details).isTrue();
    return json.group();
  }

  private static String filledIn(String json) {
    return json.replace("\"by\": \"\"", "\"by\": \"ada\"")
        .replace("\"reason\": \"\"", "\"reason\": \"read in the browser\"");
  }

  private static ExperimentOutcome outcome(ExperimentWorkflow experiment) throws Exception {
    return WorkflowStub.fromTyped(experiment)
        .getResult(60, TimeUnit.SECONDS, ExperimentOutcome.class);
  }

  private static ExperimentStatus awaitDecisions(ExperimentWorkflow experiment, int count)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    ExperimentStatus status = experiment.status();
    while (status.decisions().size() < count && System.nanoTime() < end) {
      Thread.sleep(50);
      status = experiment.status();
    }
    return status;
  }
}
