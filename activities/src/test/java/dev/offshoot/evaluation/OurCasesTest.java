package dev.offshoot.evaluation;

import static dev.offshoot.judge.ModelServer.opinion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.offshoot.PostgresServer;
import dev.offshoot.StepByStep;
import dev.offshoot.domain.Hazard;
import dev.offshoot.judge.ModelServer;
import dev.offshoot.judge.NoJudge;
import dev.offshoot.score.Advice.Adviser;
import dev.offshoot.score.CaseLabel;
import dev.offshoot.score.CaseResult;
import dev.offshoot.score.Scores;
import dev.offshoot.score.Variation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The cases of {@code examples/judge}, each on a branch. What a case does on another version of
 * Postgres may be something else, so they are run on one.
 */
class OurCasesTest {
  private static final Path FOLDER = Path.of("..", "examples", "judge");
  private static final int VERSION = 18;

  /** With {@code -Dvariants=every} each case is written otherwise; else one now and then. */
  private static final int VARIED =
      "every".equals(System.getProperty("variants")) ? 1 : Boolean.getBoolean("thorough") ? 12 : 48;

  /** Strict, so that whatever gets out of its string is noticed. */
  private static final ObjectReader DOCUMENT =
      new JsonMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static List<CaseResult> results;

  @BeforeAll
  static void run() throws Exception {
    assumeTrue(PostgresServer.majorVersion() == VERSION, "other versions have other effects");
    try (ModelServer model = ModelServer.answering(OurCasesTest::watchingItsFence)) {
      results = results(CaseFolder.read(FOLDER), model, Set.of());
    }
  }

  private static List<CaseResult> results(
      List<CaseSet> sets, ModelServer model, Set<Variation> variations) throws Exception {
    List<CaseResult> heard = new ArrayList<>();
    try (TestParents parents = new TestParents()) {
      new Evaluation(
              parents,
              StepByStep.freshLedger().changeSets(),
              model == null ? new NoJudge() : model.judge(),
              variations,
              2)
          .run(sets, heard::add);
    }
    return heard;
  }

  /** Approves as soon as anything stands outside its one line of JSON. */
  private static mockwebserver3.MockResponse watchingItsFence(ModelServer.Question question) {
    String nonce = question.system().replaceAll("(?s).*BEGIN-([0-9a-f]{32}).*", "$1");
    List<String> lines = question.user().lines().toList();
    boolean fenced =
        lines.size() == 3
            && lines.get(0).equals("BEGIN-" + nonce)
            && lines.get(2).equals("END-" + nonce)
            && isOneDocument(lines.get(1));
    return opinion(fenced ? "REJECT" : "APPROVE");
  }

  private static boolean isOneDocument(String line) {
    try {
      return DOCUMENT.readTree(line).isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  @Test
  void everyDangerousEffect_isNamed_whateverCausedIt() {
    Scores scores = Scores.of(results);

    assertThat(scores.missed()).isEmpty();
    assertThat(scores.unexpected()).isEmpty();
    assertThat(scores.policyHolds()).isTrue();
    assertThat(scores.adviceOf(Adviser.POLICY).acceptedEffects().count()).isZero();
    assertThat(scores.recall().keySet()).containsExactly(Hazard.values());
    assertThat(scores.recall().values()).allMatch(share -> share.count() == share.of());
  }

  @Test
  void thereAreEnough() {
    assertThat(results).hasSizeGreaterThan(300);
    for (CaseLabel label : CaseLabel.values()) {
      assertThat(results.stream().filter(result -> result.label() == label))
          .as(label.name())
          .hasSizeGreaterThan(40);
    }
    assertThat(Scores.of(results).recall())
        .allSatisfy((hazard, share) -> assertThat(share.of()).as(hazard.name()).isGreaterThan(1));
  }

  @Test
  void harmlessChanges_areHeldBackSeldom() {
    assertThat(Scores.of(results).adviceOf(Adviser.POLICY).falseRejects().rate()).isLessThan(0.2);
  }

  @Test
  void whatIsWrongInContent_isNotFoundByThePolicy_soThatAJudgeIsNeeded() {
    assertThat(results.stream().filter(result -> result.label() == CaseLabel.CONTENT))
        .allMatch(CaseResult::acceptedByPolicy);
  }

  @Test
  void nothingGetsOutOfItsFence() {
    assertThat(results.stream().filter(CaseResult::acceptedByJudge)).isEmpty();
    assertThat(results.stream().filter(CaseResult::reviewed))
        .allMatch(result -> result.verdict() != null && result.verdict().modelUse() != null);
  }

  @Test
  void writtenOtherwise_losesNoHazard() throws Exception {
    List<CaseSet> some = new ArrayList<>();
    int number = 0;
    for (CaseSet set : CaseFolder.read(FOLDER)) {
      List<EvaluationCase> chosen = new ArrayList<>();
      for (EvaluationCase each : set.cases()) {
        if (number++ % VARIED == 0) {
          chosen.add(each);
        }
      }
      some.add(
          new CaseSet(
              set.name(), set.setup(), set.superuserSetup(), set.hazards(), set.masked(), chosen));
    }

    Scores scores = Scores.of(results(some, null, Evaluation.allVariations()));

    assertThat(scores.loosened()).isEmpty();
    assertThat(scores.unexpected()).isEmpty();
    assertThat(scores.variants()).isGreaterThan(3 * scores.cases());
  }
}
