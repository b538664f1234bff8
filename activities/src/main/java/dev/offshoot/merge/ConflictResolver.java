package dev.offshoot.merge;

import dev.offshoot.activity.MergeActivities.ResolveConflicts;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictCount;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Resolution;
import dev.offshoot.domain.ResolveResult;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.merge.ResolvedChanges.Unresolvable;
import dev.offshoot.policy.ResolutionPolicy;
import dev.offshoot.sql.DroppedContents;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What comes of a person's resolution once the conflicts of today are found: the resolved change
 * set, or the reason why these are not the conflicts that were shown and named.
 */
final class ConflictResolver {
  private final ParentSession session;
  private final ChangeSetStore store;
  private final ResolveConflicts request;

  ConflictResolver(ParentSession session, ChangeSetStore store, ResolveConflicts request) {
    this.session = session;
    this.store = store;
    this.request = request;
  }

  /**
   * @param found every conflict there is
   * @param planned the tables in which they were looked for, with the rows still locked
   * @param dropped what the change set drops, with what the parent holds there
   */
  ResolveResult resolve(
      ConflictReport found, List<PlannedTable> planned, List<DroppedContents> dropped)
      throws SQLException {
    if (!request.fingerprint().equals(found.fingerprint())) {
      return ResolveResult.unresolved(
          found,
          "the parent has changed since these conflicts were shown, so others stand there now; look at them and decide again");
    }
    Optional<String> obstacle =
        found.counts().stream().flatMap(group -> obstacle(group, found).stream()).findFirst();
    if (obstacle.isPresent()) {
      return ResolveResult.unresolved(found, obstacle.get());
    }
    try {
      return ResolveResult.resolved(
          new ResolvedChanges(session, store, request, planned).write(dropped));
    } catch (Unresolvable e) {
      return ResolveResult.unresolved(found, e.why());
    }
  }

  private Optional<String> obstacle(ConflictCount group, ConflictReport found) {
    Optional<Resolution.Take> take =
        Resolution.of(request.merge().decision().resolve(), group.kind(), group.table());
    if (take.isEmpty()) {
      return Optional.of(
          "nobody said whose side is to stand for %s; name all of %s"
              .formatted(
                  ResolutionPolicy.named(group),
                  found.counts().stream()
                      .map(ResolutionPolicy::named)
                      .limit(20)
                      .collect(Collectors.joining(", "))));
    }
    return ResolutionPolicy.impossible(group.kind(), take.get())
        .map(why -> "%s: %s".formatted(ResolutionPolicy.named(group), why))
        .or(() -> rowless(group, found));
  }

  /** What the server said while rows were applied names no change that could be left out. */
  private static Optional<String> rowless(ConflictCount group, ConflictReport found) {
    boolean isRowless =
        group.kind() == Conflict.Kind.CONSTRAINT
            && found.conflicts().stream()
                .anyMatch(
                    conflict ->
                        conflict.kind() == group.kind()
                            && conflict.key().isEmpty()
                            && Objects.equals(conflict.table(), group.table()));
    return isRowless
        ? Optional.of(
            "%s: a constraint of the parent refuses what was reviewed, and the server does not say which rows; reject, or repair the parent and approve without resolve"
                .formatted(ResolutionPolicy.named(group)))
        : Optional.empty();
  }
}
