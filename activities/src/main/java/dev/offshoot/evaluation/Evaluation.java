package dev.offshoot.evaluation;

import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.judge.Judge;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.score.CaseResult;
import dev.offshoot.score.Variation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs labelled experiments, each on a branch of its own, and asks policy and judge about what they
 * did. Nothing is ever merged.
 */
public final class Evaluation {
  private final EvaluationParents parents;
  private final ChangeSetStore changeSets;
  private final Advisers advisers;
  private final Set<Variation> variations;
  private final int threads;

  /**
   * @param parents where experiments branch from
   * @param changeSets where what they changed is frozen
   * @param judge who is asked after the policy
   * @param variations how each case is written besides as it is
   * @param threads cases that are run at once
   */
  public Evaluation(
      EvaluationParents parents,
      ChangeSetStore changeSets,
      Judge judge,
      Set<Variation> variations,
      int threads) {
    this.parents = parents;
    this.changeSets = changeSets;
    this.advisers = new Advisers(judge);
    this.variations = Set.copyOf(variations);
    this.threads = threads;
  }

  /**
   * Runs every case.
   *
   * @param heard is told every result, in any order, by one thread at a time
   * @throws OffshootException if a parent cannot be made, or the judge's model never answers
   */
  public void run(List<CaseSet> sets, Consumer<CaseResult> heard) throws InterruptedException {
    Consumer<CaseResult> oneByOne =
        result -> {
          synchronized (this) {
            heard.accept(result);
          }
        };
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (CaseSet set : sets) {
        if (!set.cases().isEmpty()) {
          run(set, oneByOne, pool);
        }
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private void run(CaseSet set, Consumer<CaseResult> heard, ExecutorService pool)
      throws InterruptedException {
    try (Ground ground = ground(set, UnaryOperator.identity())) {
      UnaryOperator<String> renaming = WrittenOtherwise.renaming(ground.tables());
      @Nullable Ground renamed =
          variations.contains(Variation.RENAMED) ? ground(set, renaming) : null;
      try {
        List<Future<?>> running = new ArrayList<>();
        for (EvaluationCase each : set.cases()) {
          running.add(pool.submit(() -> run(each, ground, renamed, renaming, heard)));
        }
        await(running);
      } finally {
        if (renamed != null) {
          renamed.close();
        }
      }
    }
  }

  private Ground ground(CaseSet set, UnaryOperator<String> renaming) {
    ParentConfig made = parents.make(renaming.apply(set.setup()), set.superuserSetup());
    return new Ground(
        made.toBuilder()
            .hazards(set.hazardsNamed(renaming))
            .masked(set.maskedNamed(renaming))
            .maxBranches(threads)
            .build(),
        changeSets);
  }

  /** The first failure ends the rest. */
  private static void await(List<Future<?>> running) throws InterruptedException {
    try {
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      running.forEach(each -> each.cancel(true));
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a case that ends with what is no exception of ours", e);
    }
  }

  private void run(
      EvaluationCase written,
      Ground ground,
      @Nullable Ground renamed,
      UnaryOperator<String> renaming,
      Consumer<CaseResult> heard) {
    Trial first = trial(written, Variation.AS_WRITTEN, ground);
    heard.accept(first.result());
    for (Variation variation : Variation.values()) {
      if (variation == Variation.AS_WRITTEN || !variations.contains(variation)) {
        continue;
      }
      Optional<EvaluationCase> otherwise = WrittenOtherwise.of(written, variation, renaming);
      if (otherwise.isEmpty()) {
        continue;
      }
      Ground where = variation == Variation.RENAMED && renamed != null ? renamed : ground;
      Trial trial = trial(otherwise.get(), variation, where);
      // In another order statements may well do something else.
      if (variation != Variation.REORDERED || trial.effects().equals(first.effects())) {
        heard.accept(trial.result());
      }
    }
  }

  /**
   * What became of one run.
   *
   * @param effects what it did, as far as another order of its statements must not change it
   */
  private record Trial(CaseResult result, Set<String> effects) {}

  private Trial trial(EvaluationCase each, Variation variation, Ground ground) {
    long begun = System.nanoTime();
    JudgeRequest request;
    try {
      request = ground.run(each.spec());
    } catch (OffshootException e) {
      CaseResult refused =
          new CaseResult(
              each.name(),
              each.label(),
              variation,
              each.hazards(),
              each.refused(),
              null,
              e.failure(),
              null,
              millisSince(begun));
      return new Trial(refused, Set.of("refused: " + e.code()));
    }
    Advisers.Advised advised = advisers.ask(request, ground.config());
    CaseResult result =
        new CaseResult(
            each.name(),
            each.label(),
            variation,
            each.hazards(),
            each.refused(),
            advised.hazards(),
            null,
            advised.verdict(),
            millisSince(begun));
    return new Trial(result, effects(request.changes()));
  }

  private static Set<String> effects(ChangeSummary changes) {
    return Stream.of(
            changes.tables().stream()
                .map(
                    table ->
                        "%s +%d ~%d -%d %s"
                            .formatted(
                                table.table(),
                                table.inserted(),
                                table.updated(),
                                table.deleted(),
                                table.sample())),
            changes.schemaChanges().stream()
                .map(change -> change.kind() + " " + change.objectType() + " " + change.identity()),
            changes.sequences().stream().map(String::valueOf))
        .flatMap(texts -> texts)
        .collect(Collectors.toSet());
  }

  private static long millisSince(long begun) {
    return (System.nanoTime() - begun) / 1_000_000;
  }

  /** Those variations that make four more of each case. */
  public static Set<Variation> allVariations() {
    return Stream.of(Variation.values())
        .filter(variation -> variation != Variation.AS_WRITTEN)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** How many results may come of {@code sets}; fewer, if another order does something else. */
  public int mostResults(Collection<CaseSet> sets) {
    int cases = sets.stream().mapToInt(set -> set.cases().size()).sum();
    return cases * (1 + variations.size());
  }
}
