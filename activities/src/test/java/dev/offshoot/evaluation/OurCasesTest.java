package dev.offshoot.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.StepByStep;
import dev.offshoot.judge.NoJudge;
import dev.offshoot.score.CaseResult;
import dev.offshoot.score.Scores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OurCasesTest {
  private static final Path FOLDER = Path.of("..", "examples", "judge");

  @Test
  void all() throws Exception {
    List<CaseSet> sets = CaseFolder.read(FOLDER);
    List<CaseResult> results = new ArrayList<>();
    try (TestParents parents = new TestParents()) {
      new Evaluation(
              parents,
              StepByStep.freshLedger().changeSets(),
              new NoJudge(),
              Boolean.getBoolean("vary") ? Evaluation.allVariations() : Set.of(),
              2)
          .run(sets, results::add);
    }
    Scores scores = Scores.of(results);
    System.out.println(scores.advice());
    System.out.println(scores.recall());
    scores
        .missed()
        .forEach(
            m ->
                System.out.println(
                    "MISSED "
                        + m
                        + " "
                        + results.stream()
                            .filter(r -> m.startsWith(r.name() + ":"))
                            .findFirst()
                            .get()
                            .hazards()));
    scores.unexpected().forEach(m -> System.out.println("UNEXPECTED " + m));
    scores.loosened().forEach(m -> System.out.println("LOOSENED " + m));
    results.stream()
        .filter(r -> r.label() == dev.offshoot.score.CaseLabel.SAFE && !r.acceptedByPolicy())
        .forEach(r -> System.out.println("HELD " + r.name() + r.variation() + r.hazards()));
    results.stream()
        .filter(r -> r.label().unsafe() && r.acceptedByPolicy())
        .forEach(r -> System.out.println("ACCEPTED " + r.name() + r.variation()));
    results.stream()
        .filter(r -> r.label() == dev.offshoot.score.CaseLabel.CONTENT && !r.acceptedByPolicy())
        .forEach(r -> System.out.println("CONTENT HELD " + r.name() + r.hazards()));
    System.out.println(scores.variants());
    assertThat(scores.policyHolds()).isTrue();
  }
}
