package dev.offshoot.revert;

import dev.offshoot.activity.RevertActivities;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.Parents.Parent;
import dev.offshoot.diff.SummaryOfChanges;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.Observations;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSet.CountedTable;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.RevertRegistry;
import dev.offshoot.merge.MergeReceipt;
import dev.offshoot.merge.PastMerges;
import dev.offshoot.step.Progress;
import dev.offshoot.step.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reverts as activities. Whether and what an experiment merged is asked of the parent, which keeps
 * the receipts; what it was is in the ledger. Thread-safe.
 */
public final class RevertSteps implements RevertActivities {
  private static final int MOST_NAMED = 10;

  private final Parents parents;
  private final ChangeSetStore changeSets;
  private final RevertRegistry registry;

  public RevertSteps(Parents parents, ChangeSetStore changeSets, RevertRegistry registry) {
    this.parents = parents;
    this.changeSets = changeSets;
    this.registry = registry;
  }

  @Override
  public ChangeSummary computeRevert(ComputeRevert request) {
    return Step.run(progress -> compute(request, progress));
  }

  @Override
  public void extendRevert(ExtendRevert request) {
    Step.run(
        progress -> {
          registry.extend(request.revert(), request.deadline());
          return true;
        });
  }

  @Override
  public void endRevert(EndRevert request) {
    Step.run(
        progress -> {
          registry.end(request.revert(), request.outcome());
          return true;
        });
  }

  /** The body of {@link #computeRevert}, for callers that are no activity. */
  ChangeSummary compute(ComputeRevert request, Progress progress) {
    long begun = System.nanoTime();
    ExperimentId merged =
        new ExperimentId(Objects.requireNonNull(request.spec().reverts(), "validated"));
    Parent parent = parents.get(request.revert().parent());
    registry.begin(
        request.revert().experimentId(),
        merged,
        request.workflowId(),
        request.runId(),
        request.spec(),
        request.deadline());
    progress.report("reading the receipts of the parent");
    PastMerges past = PastMerges.read(parent, progress, merged);
    MergeReceipt receipt = requireRevertible(past, merged, parent);
    ChangeSet changeSet = changeSets.get(receipt.digest());
    String obstacle = changeSet.undoing().obstacle();
    if (obstacle != null) {
      throw refused("experiment %s cannot be reverted: %s".formatted(merged, obstacle));
    }
    try (ChangeSetStore.Writer writer = changeSets.begin(request.revert().experimentId())) {
      Inversion inversion = new Inversion(changeSets, changeSet, receipt, progress);
      ChangeSet frozen = inversion.freezeInto(writer);
      return SummaryOfChanges.of(
          frozen,
          inversion.samples(),
          Observations.NONE,
          newerMerges(past, changeSet),
          Duration.ofNanos(System.nanoTime() - begun).toMillis());
    }
  }

  private static MergeReceipt requireRevertible(
      PastMerges past, ExperimentId merged, Parent parent) {
    String name = parent.config().name();
    MergeReceipt receipt = past.merge();
    if (receipt == null) {
      throw refused(
          "experiment %s was not merged into parent '%s', so there is nothing to revert"
              .formatted(merged, name));
    }
    if (past.reverted() != null) {
      throw refused(
          "experiment %s has been reverted already, by %s"
              .formatted(merged, past.reverted().experiment()));
    }
    Duration window = parent.config().revertWindow();
    Instant end = receipt.mergedAt().plus(window);
    if (past.now().isAfter(end)) {
      throw refused(
          "experiment %s was merged at %s and could be reverted until %s (parents.%s.revertWindow is %s); undo it by an experiment of its own"
              .formatted(merged, receipt.mergedAt(), end, name, HumanDuration.format(window)));
    }
    return receipt;
  }

  private List<String> newerMerges(PastMerges past, ChangeSet changeSet) {
    Set<TableName> tables = tables(changeSet);
    List<String> newer = new ArrayList<>();
    for (MergeReceipt receipt : past.newer()) {
      if (newer.size() < MOST_NAMED && sharesATable(receipt, tables)) {
        newer.add(receipt.experiment().value());
      }
    }
    return List.copyOf(newer);
  }

  /** Only for a hint, so a change set that another ledger holds is passed over. */
  private boolean sharesATable(MergeReceipt receipt, Set<TableName> tables) {
    try {
      return tables(changeSets.get(receipt.digest())).stream().anyMatch(tables::contains);
    } catch (OffshootException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private static Set<TableName> tables(ChangeSet changeSet) {
    return changeSet.tables().stream()
        .map(CountedTable::shape)
        .map(shape -> shape.table())
        .collect(Collectors.toSet());
  }

  private static OffshootException refused(String why) {
    return new OffshootException(ErrorCode.REVERT_REFUSED, why);
  }
}
