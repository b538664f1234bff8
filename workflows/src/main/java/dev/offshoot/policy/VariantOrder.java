package dev.offshoot.policy;

import dev.offshoot.domain.Candidate;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Proposal;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.Severity;
import java.util.Comparator;
import java.util.List;

/**
 * In which order variants stand where no model says another: what may be merged before what may
 * not, what the judge approves of before what it does not, few hazards before many, small changes
 * before large ones.
 */
public final class VariantOrder {
  private static final Comparator<Candidate> ORDER =
      Comparator.<Candidate>comparingLong(each -> count(each.proposal(), Severity.FORBIDDEN))
          .thenComparingInt(each -> opinion(each.proposal()))
          .thenComparingLong(each -> count(each.proposal(), Severity.NEEDS_NAME))
          .thenComparingLong(each -> count(each.proposal(), Severity.NOTICE))
          .thenComparingLong(each -> each.proposal().conflicts())
          .thenComparingLong(each -> size(each.proposal()))
          .thenComparingInt(Candidate::number);

  private VariantOrder() {}

  public static Ranking of(List<Candidate> candidates) {
    return new Ranking(
        candidates.stream().sorted(ORDER).map(Candidate::number).toList(),
        "policy",
        List.of(
            "by what may be merged, the judge's verdict, hazards and the size of the change, in this order"),
        null);
  }

  private static int opinion(Proposal proposal) {
    return switch (proposal.verdict().opinion()) {
      case APPROVE -> 0;
      case ABSTAIN -> 1;
      case REJECT -> 2;
    };
  }

  private static long count(Proposal proposal, Severity severity) {
    return proposal.hazards().stream()
        .map(HazardFinding::severity)
        .filter(severity::equals)
        .count();
  }

  private static long size(Proposal proposal) {
    return proposal.totalRows() + proposal.schemaChanges();
  }
}
