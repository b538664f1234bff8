package dev.offshoot.read;

import dev.offshoot.branch.Parents;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.HealthFinding.Level;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.ledger.BranchRegistry;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares the branches that stand with those that the ledger knows. */
final class StandingBranches {
  private static final String SUBJECT = "branches";
  private static final int MOST_NAMES = 5;

  private StandingBranches() {}

  /** Never throws: what cannot be asked is a finding too. */
  static HealthFinding examine(BranchRegistry registry, Parents parents) {
    try {
      return compare(registry.living(), standing(parents));
    } catch (OffshootException e) {
      return new HealthFinding(
          SUBJECT,
          Level.WARNING,
          "could not be counted: " + e.failure().message(),
          "see the findings about ledger and parents");
    }
  }

  private static Set<BranchRef> standing(Parents parents) {
    Set<BranchRef> standing = new HashSet<>();
    parents.all().forEach(parent -> standing.addAll(parent.provider().standing()));
    return standing;
  }

  private static HealthFinding compare(
      List<BranchRegistry.Registered> living, Set<BranchRef> standing) {
    Set<BranchRef> known =
        living.stream().map(BranchRegistry.Registered::ref).collect(Collectors.toSet());
    Set<String> unknown =
        standing.stream()
            .filter(ref -> !known.contains(ref))
            .map(BranchRef::branchName)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> late =
        living.stream()
            .filter(registered -> registered.deadline().isBefore(Instant.now()))
            .map(BranchRegistry.Registered::ref)
            .filter(standing::contains)
            .map(BranchRef::branchName)
            .collect(Collectors.toCollection(TreeSet::new));
    String counts = "%d stand, %d registered".formatted(standing.size(), known.size());
    if (!unknown.isEmpty()) {
      return new HealthFinding(
          SUBJECT,
          Level.WARNING,
          "%s; the ledger does not know %s".formatted(counts, names(unknown)),
          "if no other installation of Offshoot uses these parents, drop their databases and roles");
    }
    if (!late.isEmpty()) {
      return new HealthFinding(
          SUBJECT,
          Level.WARNING,
          "%s; past their deadline: %s".formatted(counts, names(late)),
          "see whether their experiments still run; cancel those that hang");
    }
    return new HealthFinding(SUBJECT, Level.OK, counts, "");
  }

  private static String names(Collection<String> names) {
    String first = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? "%s and %d more".formatted(first, more) : first;
  }
}
