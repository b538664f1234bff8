package dev.offshoot.read;

import dev.offshoot.branch.Parents;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Reverted;
import dev.offshoot.ledger.RevertRegistry;
import dev.offshoot.merge.PastMerges;
import dev.offshoot.step.Progress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Whether a merge was taken back later: the parent's receipts say it, else the ledger. */
final class Reverts {
  private Reverts() {}

  static Optional<Reverted> of(
      ExperimentId merged, RevertRegistry registry, Parents parents, Progress progress) {
    List<RevertRegistry.Begun> begun = registry.of(merged);
    if (begun.isEmpty()) {
      // The parent need not be asked about every merge that is looked at.
      return Optional.empty();
    }
    try {
      return PastMerges.revertOf(parents.get(begun.get(0).parent()), progress, merged);
    } catch (OffshootException e) {
      return begun.stream()
          .filter(revert -> revert.outcome() == Outcome.REVERTED)
          .findFirst()
          .map(
              revert ->
                  new Reverted(
                      revert.experiment(), Objects.requireNonNull(revert.endedAt()), null));
    }
  }
}
