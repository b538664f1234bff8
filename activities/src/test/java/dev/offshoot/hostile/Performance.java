package dev.offshoot.hostile;

import dev.offshoot.DatabaseDump;
import dev.offshoot.StepByStep;
import dev.offshoot.activity.JudgeActivities;
import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.client.ScramVerifier;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Limits;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.SessionSpec;
import dev.offshoot.sql.Sql;
import dev.offshoot.text.SchemaOutline;
import dev.offshoot.workflow.Failures;
import io.temporal.failure.TemporalFailure;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One attack played through the real steps on a branch of its own, and all that was found wrong
 * with what came of it.
 */
final class Performance {
  private static final int MOST_DROPS = 20;

  private final Attack attack;
  private final Scene scene;
  private final StepByStep steps;

  /** For what lasts beside other steps. */
  private final StepByStep watching;

  private final Told told;
  private final BranchRef branch;
  private final Delivery.Way way;

  /** Of an agent that connects. */
  private final String password = ScramVerifier.freshPassword();

  private final List<String> problems = new ArrayList<>();

  private Performance(
      Attack attack,
      Delivery.Way way,
      Scene scene,
      StepByStep steps,
      StepByStep watching,
      Told told) {
    this.attack = attack;
    this.way = way;
    this.scene = scene;
    this.steps = steps;
    this.watching = watching;
    this.told = told;
    this.branch = scene.newBranch();
  }

  /** A step that was refused. */
  private static final class Refused extends Exception {
    final String step;
    final Failure failure;

    Refused(String step, Failure failure) {
      super(null, null, false, false);
      this.step = step;
      this.failure = failure;
    }
  }

  private record Review(ExperimentSpec spec, ChangeSummary changes, String branchDump) {}

  /** Plays it and says what is wrong; nothing if it failed as it must. */
  static List<String> problems(Attack attack, Delivery.Way way, Scene scene)
      throws SQLException, IOException {
    try (Told told = Told.listen();
        StepByStep steps = scene.steps(attack.maxGrowth(), attack.mergeTimeout());
        StepByStep watching = scene.steps(attack.maxGrowth(), attack.mergeTimeout())) {
      Performance performance = new Performance(attack, way, scene, steps, watching, told);
      performance.play();
      performance.problems.addAll(
          told.problems(
              Stream.concat(scene.secrets().stream(), Stream.of(performance.password)).toList()));
      return performance.problems;
    }
  }

  private void play() throws SQLException, IOException {
    Surroundings before = scene.surroundings();
    Optional<Refused> refused = Optional.empty();
    Optional<Review> review = Optional.empty();
    ExperimentSpec spec = spec();
    Delivery delivery = new Delivery(steps, watching, steps.create(branch, spec), attack);
    try {
      BranchPowers powers = BranchPowers.of(branch);
      try {
        review = Optional.of(review(delivery, spec));
      } catch (Refused e) {
        refused = Optional.of(e);
      }
      Scene.awaitRoom();
      problems.addAll(powers.gainedBy(branch));
    } finally {
      drop();
    }
    problems.addAll(BranchPowers.sessions(branch));
    Surroundings after = Surroundings.of(scene);
    problems.addAll(before.changesIn(after));
    scene.leave(attack.needsParentOfItsOwn() || !problems.isEmpty() ? null : after);
    if (!attack.meanwhile().isEmpty()) {
      scene.parent.execute(named(attack.meanwhile()));
    }
    if (review.isPresent() && expected().merges()) {
      refused = merge(review.get());
    }
    if (way == Delivery.Way.CONNECTION) {
      expectNoDefect(refused);
    } else {
      compare(refused);
      ask();
    }
  }

  /** An agent that connects sees the server's errors itself; what is left of it may be refused. */
  private void expectNoDefect(Optional<Refused> refused) {
    refused
        .filter(each -> each.failure.code() == ErrorCode.INTERNAL)
        .ifPresent(each -> problems.add("a defect" + told(refused)));
    refused.ifPresent(each -> told.line("the refusal", each.failure.message()));
  }

  /** Tried again where it may be, as Temporal would. */
  private void drop() {
    for (int attempt = 1; ; attempt++) {
      try {
        steps.dropFrozen(branch);
        return;
      } catch (TemporalFailure e) {
        told.error(e);
        if (attempt == MOST_DROPS || !Failures.fromTemporal(e).code().retryable()) {
          throw e;
        }
      }
    }
  }

  private Review review(Delivery delivery, ExperimentSpec asked) throws Refused, SQLException {
    Delivery.Delivered delivered = step("experiment", () -> delivery.by(way, asked, password));
    ExperimentSpec spec = delivered.spec();
    ExperimentReport report = delivered.report();
    told.value(report);
    ChangeSummary changes = step("diff", () -> steps.diff(branch, spec, report));
    told.value(changes);
    told.shown("a schema change", changes.schemaChanges());
    told.shown("the script", changes.schemaScript());
    changes.tables().forEach(table -> told.shown("a row", table.sample()));
    SchemaOutline.of(changes).forEach(line -> told.line("the outline", line.text()));
    List<HazardFinding> hazards =
        step(
            "judge",
            () ->
                steps
                    .steps(JudgeActivities.class)
                    .judge(new JudgeRequest(spec, report, changes, 0))
                    .hazards());
    told.shown("the judgement", hazards);
    Set<Hazard> raised = EnumSet.noneOf(Hazard.class);
    hazards.forEach(finding -> raised.add(finding.hazard()));
    if (way == Delivery.Way.CONNECTION) {
      return new Review(spec, changes, DatabaseDump.of(branch.branchName()));
    }
    if (!raised.containsAll(expected().hazards())) {
      problems.add("hazards are " + hazards);
    }
    if (expected().nothingChanged() != changes.nothingChanged()) {
      problems.add("nothing changed is " + changes.nothingChanged() + ": " + changes);
    }
    boolean isMerged = expected().merge().orElse("").equals("merged");
    return new Review(spec, changes, isMerged ? DatabaseDump.of(branch.branchName()) : "");
  }

  private Optional<Refused> merge(Review review) throws SQLException, IOException {
    ExperimentSpec spec = review.spec();
    Surroundings before = Surroundings.of(scene);
    Optional<Refused> refused = Optional.empty();
    String outcome;
    String shown = "";
    try {
      MergeResult result =
          step(
              "merge",
              () ->
                  steps.merge(
                      branch,
                      review.changes().digest(),
                      spec.strictness(),
                      spec.checks().toArray(String[]::new)));
      told.value(result);
      shown = result.conflicts() == null ? "" : ": " + result.conflicts();
      outcome = result.conflicts() == null ? "merged" : "conflicts";
    } catch (Refused e) {
      refused = Optional.of(e);
      outcome = "refused";
    }
    if (way != Delivery.Way.CONNECTION && !expected().merge().orElse("").equals(outcome)) {
      problems.add("the merge is " + outcome + told(refused) + shown);
    }
    Surroundings wanted =
        outcome.equals("merged") && attack.meanwhile().isEmpty()
            ? before.withParent(review.branchDump())
            : before;
    if (outcome.equals("merged") && !attack.meanwhile().isEmpty()) {
      wanted = before.withParent(Surroundings.of(scene).parent());
    }
    problems.addAll(wanted.changesIn(Surroundings.of(scene)));
    return refused;
  }

  /** Whether the refusal, or that there is none, is what is expected. */
  private void compare(Optional<Refused> refused) {
    List<Expectation.Refusal> expected = expected().refusals();
    if (refused.isEmpty()) {
      expected.forEach(each -> problems.add("not refused at " + each.step()));
    } else {
      Refused it = refused.get();
      Failure failure = it.failure;
      told.line("the refusal", failure.message());
      boolean isExpected =
          expected.stream()
              .anyMatch(
                  each ->
                      each.step().equals(it.step)
                          && codes(each).contains(failure.code().name())
                          && (each.states().isEmpty()
                              || each.states().contains(String.valueOf(failure.sqlState())))
                          && each.words().matcher(failure.message()).find());
      if (!isExpected) {
        problems.add("refused otherwise" + told(refused));
      }
    }
    expected().shows().stream()
        .filter(pattern -> !told.has(pattern))
        .forEach(pattern -> problems.add("does not show " + pattern));
  }

  /** What is no specification is no message either. */
  private List<String> codes(Expectation.Refusal expected) {
    return way == Delivery.Way.MESSAGES && expected.codes().contains("BAD_SPEC")
        ? Stream.concat(expected.codes().stream(), Stream.of("SESSION_REFUSED")).toList()
        : expected.codes();
  }

  private static String told(Optional<Refused> refused) {
    return refused.map(each -> " at " + each.step + ": " + each.failure).orElse("");
  }

  private void ask() throws SQLException {
    if (attack.then().isEmpty()) {
      return;
    }
    try (Connection owner = scene.parent.ownerConnection()) {
      for (String line : attack.then()) {
        String[] question = line.split(" => ", 2);
        String answer = Sql.only(owner, named(question[0]), row -> row.getString(1));
        if (!String.valueOf(answer).equals(question[1])) {
          problems.add("%s gives %s".formatted(line, answer));
        }
      }
    }
  }

  private ExperimentSpec spec() {
    ExperimentSpecBuilder spec =
        steps
            .spec()
            .goal(attack.goal())
            .transaction(attack.transaction())
            .limits(new Limits(null, attack.statementTimeout(), null, null))
            .script(named(attack.experiment()));
    if (way == Delivery.Way.CONNECTION) {
      spec.session(new SessionSpec(Delivery.IDLE));
    }
    attack.checks().forEach(check -> spec.check(named(check)));
    return spec.build();
  }

  private <T> T step(String name, Supplier<T> step) throws Refused {
    try {
      return step.get();
    } catch (TemporalFailure e) {
      told.error(e);
      throw new Refused(name, Failures.fromTemporal(e));
    }
  }

  private Expectation expected() {
    return attack.expected(way);
  }

  private String named(String text) {
    return scene.named(text, branch);
  }
}
