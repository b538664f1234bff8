package dev.offshoot.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VariantsValidationTest {
  private static final ExperimentId ID = new ExperimentId("g");

  private static ExperimentSpecBuilder shared() {
    return ExperimentSpec.builder().goal("tidy up").parent("shop").requestedBy("ann");
  }

  private static List<String> problems(ExperimentSpec shared, Variant... variants) {
    return problems(new VariantsSpec(shared, List.of(variants)));
  }

  private static List<String> problems(VariantsSpec spec) {
    return VariantsValidation.problems(ID, spec).stream().map(SpecProblem::toString).toList();
  }

  @Test
  void scriptsAndSessionsSideBySide_areValid() {
    assertThat(
            problems(
                shared().check("SELECT true").build(),
                Variant.ofScript("one", "UPDATE t SET a = 1"),
                Variant.ofScript(null, "UPDATE t SET a = 2"),
                Variant.ofSession(null, "agent-7")))
        .isEmpty();
  }

  @Test
  void oneAlone_isNoGroup_norAreEleven() {
    Variant one = Variant.ofScript(null, "SELECT 1");
    assertThat(problems(shared().build(), one))
        .containsExactly("variants: has 1; give 2 to 10, or start an experiment");
    assertThat(problems(new VariantsSpec(shared().build(), Collections.nCopies(11, one))))
        .containsExactly("variants: has 11; give 2 to 10");
  }

  @Test
  void everyProblem_isNamedWhereItIs_andOnce() {
    Variant odd = new Variant("1", List.of("BEGIN"), null, null, " ", Map.of("scritp", "SELECT 1"));
    Variant empty = Variant.ofScript("none", "");

    assertThat(problems(ExperimentSpec.builder().goal("tidy up").build(), odd, empty))
        .containsExactly(
            "variants[0].name: '1' means something else already; choose another",
            "variants[1].name: 'none' means something else already; choose another",
            "variants[0].scritp: there is no such field; known are name, statements, script, session, requestedBy",
            "shared.parent: is missing; name the database to branch from",
            "variants[0].requestedBy: is missing; say who asks",
            "variants[0].statements[0]: BEGIN is not for the script: the worker opens and ends the transaction; leave it out (transaction: PER_STATEMENT commits after each)",
            "shared.requestedBy: is missing; say who asks",
            "variants[1].statements: is empty; give at least one statement");
  }

  @Test
  void sqlThatIsShared_isRefused() {
    Variant one = Variant.ofScript(null, "SELECT 1");
    assertThat(problems(shared().script("SELECT 1").build(), one, one))
        .containsExactly("shared: holds SQL or a session; these belong into each of the variants");
  }

  @Test
  void twoOfOneName_areRefused() {
    assertThat(
            problems(
                shared().build(),
                Variant.ofScript("Fast", "SELECT 1"),
                Variant.ofScript("fast ", "SELECT 2")))
        .containsExactly("variants[1].name: is another variant's too; choose another");
  }

  @Test
  void idThatLeavesNoRoomForNumbers_isRefused() {
    VariantsSpec spec =
        new VariantsSpec(
            shared().build(),
            List.of(Variant.ofScript(null, "SELECT 1"), Variant.ofScript(null, "SELECT 2")));
    assertThat(VariantsValidation.problems(new ExperimentId("x".repeat(37)), spec)).isEmpty();
    assertThat(VariantsValidation.problems(new ExperimentId("x".repeat(38)), spec))
        .extracting(SpecProblem::field)
        .containsExactly("id");
  }

  @Test
  void sqlThatDoesNotTravelInOnePayload_isRefused() {
    List<Variant> variants = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      variants.add(Variant.ofScript(null, "SELECT '" + "x".repeat(300_000) + "'"));
    }
    assertThat(problems(new VariantsSpec(shared().build(), variants)))
        .containsExactly(
            "variants: are 900027 bytes of SQL together; at most 720000 fit: split the task");
  }

  @Test
  void variant_isAnExperimentThatNeverMergesByItself() {
    VariantsSpec spec =
        new VariantsSpec(
            shared().autoMerge(true).check("SELECT true").build(),
            List.of(Variant.ofScript(null, "SELECT 1"), Variant.ofSession(null, "agent-7")));

    ExperimentSpec second = spec.experiment(2, Duration.ofMinutes(5));

    assertThat(second.autoMerge()).isFalse();
    assertThat(second.checks()).containsExactly("SELECT true");
    assertThat(second.requestedBy()).isEqualTo("agent-7");
    assertThat(second.session()).isNotNull();
    assertThat(spec.experiment(1, Duration.ofMinutes(5)).requestedBy()).isEqualTo("ann");
  }
}
