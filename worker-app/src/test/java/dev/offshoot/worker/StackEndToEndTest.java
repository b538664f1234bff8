package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Outcome;
import dev.offshoot.worker.stack.ShopParent;
import dev.offshoot.worker.stack.TemporalProgram;
import dev.offshoot.workflow.ExperimentWorkflow;
import io.temporal.client.WorkflowStub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole path on real parts: a stack as the CLI starts it, and a client that knows Temporal
 * only.
 */
@Timeout(300)
class StackEndToEndTest {
  private static final Logger LOG = LoggerFactory.getLogger(StackEndToEndTest.class);

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "dev"})
  void experimentOnTheShop_isReviewed_merged_andLeavesNothingBehind(
      String temporal, @TempDir Path folder) throws Exception {
    assumeTemporal(temporal);
    try (ChildStack stack = ChildStack.start(options(temporal, folder))) {
      LOG.info("{}: ready after {} ms", temporal, stack.took().toMillis());
      ShopDatabase shop = ShopDatabase.of(folder);
      String before = shop.one("SELECT count(*) FROM coupons WHERE expires_on < DATE '2025-01-01'");
      ExperimentWorkflow experiment =
          new Experiments(stack.client())
              .start("e2e", Experiments.spec("shop").script(ShopParent.demoExperiment()).build());

      ExperimentStatus reviewed = Experiments.awaitReview(experiment);
      assertThat(shop.one("SELECT count(*) FROM coupons WHERE expires_on < DATE '2025-01-01'"))
          .as("the parent before the merge")
          .isEqualTo(before)
          .isNotEqualTo("0");
      Experiments.approve(experiment, reviewed);
      ExperimentOutcome outcome =
          WorkflowStub.fromTyped(experiment)
              .getResult(60, TimeUnit.SECONDS, ExperimentOutcome.class);

      assertThat(outcome.outcome()).as(outcome.toString()).isEqualTo(Outcome.MERGED);
      assertThat(outcome.by()).isEqualTo(Experiments.REVIEWER);
      assertThat(shop.one("SELECT count(*) FROM coupons WHERE expires_on < DATE '2025-01-01'"))
          .isEqualTo("0");
      assertThat(shop.one("SELECT count(*) FROM customers WHERE loyalty_tier IS NOT NULL"))
          .isNotEqualTo("0");
      assertThat(shop.leftovers()).isEmpty();

      assertThat(reverted(stack).outcome()).isEqualTo(Outcome.REVERTED);
      assertThat(shop.one("SELECT count(*) FROM coupons WHERE expires_on < DATE '2025-01-01'"))
          .isEqualTo(before);
      assertThat(
              shop.one(
                  "SELECT count(*) FROM pg_attribute WHERE attrelid = 'customers'::regclass AND attname = 'loyalty_tier'"))
          .isEqualTo("0");
    }
  }

  private static ExperimentOutcome reverted(ChildStack stack) throws Exception {
    ExperimentWorkflow revert =
        new Experiments(stack.client())
            .start("e2e-revert", Experiments.spec("shop").reverts("e2e").build());
    Experiments.approve(revert, Experiments.awaitReview(revert));
    return WorkflowStub.fromTyped(revert).getResult(60, TimeUnit.SECONDS, ExperimentOutcome.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "dev"})
  void stack_saysOneLine_keepsItsFolderPrivate_andEndsWithStandardInput(
      String temporal, @TempDir Path folder) throws Exception {
    assumeTemporal(temporal);
    Path data = folder.resolve("data");
    try (ChildStack stack = ChildStack.start(options(temporal, data))) {
      JsonNode ready = stack.ready();

      List<String> rest = stack.endInput();

      assertThat(rest).isEmpty();
      assertThat(stack.exitCode()).isZero();
      assertThat(ready.get("temporal").asText()).startsWith("127.0.0.1:");
      assertThat(ready.get("temporalKind").asText()).isEqualTo(temporal);
      assertThat(ready.has("ui")).isEqualTo(temporal.equals("dev"));
      assertThat(ready.get("namespace").asText()).isEqualTo("default");
      assertThat(ready.get("parents")).hasSize(1);
      assertThat(ready.get("dataFolder").asText()).isEqualTo(data.toString());
      assertThat(Path.of(ready.get("logFile").asText())).isNotEmptyFile();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
          .isEqualTo("rwx------");
      assertThat(stack.process().descendants()).isEmpty();
    }
  }

  @Test
  void branchesOfALostServer_areSweptAtTheNextStart(@TempDir Path folder) throws Exception {
    try (ChildStack stack = ChildStack.start(options("embedded", folder))) {
      ExperimentWorkflow experiment =
          new Experiments(stack.client())
              .start(
                  "lost",
                  Experiments.spec("shop", "UPDATE products SET name = name || '!' WHERE id = 1")
                      .keepBranch(true)
                      .build());
      Experiments.awaitReview(experiment);
      assertThat(ShopDatabase.of(folder).leftovers()).isNotEmpty();
    }

    try (ChildStack stack = ChildStack.start(options("embedded", folder))) {
      stack.ready();

      assertThat(ShopDatabase.of(folder).leftovers()).isEmpty();
    }
  }

  @Test
  void experimentThatWaits_outlivesARestart_onTheServerThatPersists(@TempDir Path folder)
      throws Exception {
    assumeTemporal("dev");
    ExperimentStatus reviewed;
    try (ChildStack stack = ChildStack.start(options("dev", folder))) {
      reviewed =
          Experiments.awaitReview(
              new Experiments(stack.client())
                  .start(
                      "patient",
                      Experiments.spec("shop", "UPDATE products SET name = 'new' WHERE id = 1")
                          .build()));
    }

    try (ChildStack stack = ChildStack.start(options("dev", folder))) {
      ExperimentWorkflow experiment =
          stack.client().newWorkflowStub(ExperimentWorkflow.class, "experiment-patient");
      Experiments.approve(experiment, reviewed);
      ExperimentOutcome outcome =
          WorkflowStub.fromTyped(experiment)
              .getResult(60, TimeUnit.SECONDS, ExperimentOutcome.class);

      assertThat(outcome.outcome()).as(outcome.toString()).isEqualTo(Outcome.MERGED);
      assertThat(ShopDatabase.of(folder).one("SELECT name FROM products WHERE id = 1"))
          .isEqualTo("new");
    }
  }

  @Test
  void ephemeralStack_leavesNoFolder() throws Exception {
    Path data;
    try (ChildStack stack = ChildStack.start(Map.of("temporal", "embedded", "ephemeral", true))) {
      data = Path.of(stack.ready().get("dataFolder").asText());
      assertThat(data).isDirectory();
    }

    assertThat(data).doesNotExist();
  }

  @Test
  void stackThatCannotStart_saysWhyInOneLine_andExitsWithOne(@TempDir Path folder)
      throws Exception {
    try (ChildStack first = ChildStack.start(options("embedded", folder))) {
      first.ready();
      try (ChildStack second = ChildStack.start(options("embedded", folder))) {
        assertThat(second.failed().get("message").asText()).contains(folder.toString());

        assertThat(second.endInput()).isEmpty();
        assertThat(second.exitCode()).isEqualTo(1);
      }
    }
    try (ChildStack misspelt = ChildStack.start(Map.of("temporel", "embedded"))) {
      assertThat(misspelt.failed().get("message").asText()).contains("offshoot.stack.temporel");
      assertThat(misspelt.failed().get("remedy").asText())
          .contains("Did you mean offshoot.stack.temporal");
      misspelt.endInput();
      assertThat(misspelt.exitCode()).isEqualTo(1);
    }
  }

  private static Map<String, Object> options(String temporal, Path folder) {
    return Map.of("temporal", temporal, "data-folder", folder.toString());
  }

  private static void assumeTemporal(String kind) {
    if (kind.equals("dev")) {
      assumeThat(TemporalProgram.find())
          .as("the program 'temporal' is neither on the PATH nor in Go's bin folder")
          .isPresent();
    }
  }
}
