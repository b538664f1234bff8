package dev.offshoot.worker.crash;

import dev.offshoot.client.Experiment;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Stage;
import dev.offshoot.workflow.ExperimentWorkflow;
import io.temporal.client.WorkflowNotFoundException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One experiment over which a {@link Duel} is fought, and what came of it. */
final class Duelist {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int MOST_JITTER_MILLIS = 40;

  /** One of these is in whatever a loser is told. */
  private static final List<String> REASONS =
      List.of(
          "ann has decided already",
          "bob has decided already",
          "the deadline has passed",
          "the experiment has ended (",
          "too late: the experiment is at ",
          "is not the change set under review",
          "has ended as ");

  private final CrashWorld world;
  private final Duel duel;
  private final int number;
  private final Experiment experiment;
  private final List<Told> told = new ArrayList<>();
  private Instant deadline = Instant.MAX;

  Duelist(CrashWorld world, Duel duel, int number) {
    this.world = world;
    this.duel = duel;
    this.number = number;
    this.experiment =
        OffshootClient.over(world.client()).start(new ExperimentId(parent() + number), spec());
  }

  static String parentOf(Duel duel) {
    return "duel" + duel.initials();
  }

  Duel duel() {
    return duel;
  }

  String parent() {
    return parentOf(duel);
  }

  Experiment experiment() {
    return experiment;
  }

  private ExperimentSpec spec() {
    return ExperimentSpec.builder()
        .goal("be decided")
        .parent(parent())
        .requestedBy("agent")
        .statement(statement())
        .ttl(Duration.ofMinutes(20))
        .build();
  }

  /** Its change, by which the parent tells whether it was merged. */
  String statement() {
    return "INSERT INTO item VALUES (%d, 'duel', 1)".formatted(1_000 + number);
  }

  void awaitDecision() throws InterruptedException {
    ExperimentStatus status = experiment.awaitDecision(PATIENCE);
    if (status.stage() != Stage.AWAITING_DECISION) {
      throw new AssertionError("%s ended before: %s".formatted(this, status.outcome()));
    }
  }

  /** Both at once, or as near as a few milliseconds. */
  void fight(ExecutorService threads) throws InterruptedException, ExecutionException {
    duel.before(this);
    CyclicBarrier together = new CyclicBarrier(2);
    Random dice = new Random(number);
    int ahead = dice.nextInt(MOST_JITTER_MILLIS) - MOST_JITTER_MILLIS / 2;
    Future<Told> one =
        threads.submit(
            () -> {
              together.await();
              Thread.sleep(Math.max(0, ahead));
              return duel.one(this);
            });
    Future<Told> other =
        threads.submit(
            () -> {
              together.await();
              Thread.sleep(Math.max(0, -ahead));
              return duel.other(this);
            });
    keep(one.get());
    keep(other.get());
  }

  void keep(Told answer) {
    told.add(answer);
  }

  Told update(Supplier<Decision> request) {
    try {
      Decision decision = request.get();
      return decision.accepted()
          ? new Told(Told.Answer.ACCEPTED, "")
          : new Told(Told.Answer.REFUSED, String.valueOf(decision.refusal()));
    } catch (OffshootException e) {
      return Told.refused(e);
    }
  }

  Told signal(Consumer<ExperimentWorkflow> signal) {
    try {
      signal.accept(
          world.client().newWorkflowStub(ExperimentWorkflow.class, experiment.id().workflowId()));
      return Told.NOTHING;
    } catch (WorkflowNotFoundException e) {
      return new Told(Told.Answer.REFUSED, "has ended as Temporal says");
    }
  }

  void endAfter(Duration ttl) {
    deadline = experiment.extendTtl("ann", ttl);
  }

  Told extend() {
    try {
      var unused = experiment.extendTtl("bob", Duration.ofMinutes(10));
      return new Told(Told.Answer.EXTENDED, "");
    } catch (OffshootException e) {
      return Told.refused(e);
    }
  }

  void sleepUntilDeadline() throws InterruptedException {
    Thread.sleep(Math.max(0, Duration.between(Instant.now(), deadline).toMillis()));
  }

  Outcome ended() throws InterruptedException {
    return outcome(experiment.awaitEnd(PATIENCE)).outcome();
  }

  private static ExperimentOutcome outcome(ExperimentStatus status) {
    return Objects.requireNonNull(status.outcome(), "of one that has ended");
  }

  /** Whatever does not go together of outcome, decisions and what was told. */
  List<String> problems() throws InterruptedException {
    ExperimentStatus status = experiment.awaitEnd(PATIENCE);
    ExperimentOutcome outcome = outcome(status);
    List<Decision> counted = status.decisions().stream().filter(Decision::accepted).toList();
    List<String> problems = new ArrayList<>();
    if (!duel.mayEndAs(outcome.outcome())) {
      problems.add("it ended as " + outcome);
    }
    List<String> expected =
        switch (outcome.outcome()) {
          case MERGED -> List.of(outcome.by() + " " + Decision.Kind.APPROVE);
          case DROPPED -> List.of(outcome.by() + " " + Decision.Kind.REJECT);
          default -> List.of();
        };
    List<String> actual = counted.stream().map(d -> d.by() + " " + d.kind()).toList();
    if (!actual.equals(expected)) {
      problems.add("it ended as %s, and what counts is %s".formatted(outcome, actual));
    }
    long accepted = told.stream().filter(each -> each.is(Told.Answer.ACCEPTED)).count();
    if (accepted > counted.size()) {
      problems.add("%d were told that they decided, and %s counts".formatted(accepted, actual));
    }
    if (told.stream().anyMatch(each -> each.is(Told.Answer.EXTENDED))
        && outcome.outcome() == Outcome.EXPIRED) {
      problems.add("it has expired though its deadline was moved");
    }
    told.stream()
        .filter(each -> each.is(Told.Answer.REFUSED))
        .filter(each -> REASONS.stream().noneMatch(each.words()::contains))
        .forEach(each -> problems.add("a loser was told " + each.words()));
    status.decisions().stream()
        .filter(decision -> !decision.accepted())
        .filter(decision -> REASONS.stream().noneMatch(decision.refusal()::contains))
        .forEach(decision -> problems.add("kept is " + decision));
    long signals = told.stream().filter(each -> each.is(Told.Answer.NONE)).count();
    if (duel.signals() && status.decisions().size() < signals) {
      problems.add("%d signals, kept are %s".formatted(signals, status.decisions()));
    }
    return problems.stream().map(problem -> this + ": " + problem + " " + told).toList();
  }

  @Override
  public String toString() {
    return "%s %d".formatted(duel, number);
  }
}
