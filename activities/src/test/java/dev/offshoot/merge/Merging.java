package dev.offshoot.merge;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.activity.MergeActivities.MergeRequest;
import dev.offshoot.activity.MergeActivities.ResolveConflicts;
import dev.offshoot.branch.BranchProvider;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Resolution;
import dev.offshoot.domain.ResolveResult;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A parent, experiments on it, and their merges. */
final class Merging implements AutoCloseable {
  final TestParent parent;
  final ChangeSetStore store;

  private Merging(TestParent parent, ChangeSetStore store) {
    this.parent = parent;
    this.store = store;
  }

  static Merging into(String base) throws SQLException {
    return into(base, new InMemoryChangeSetStore());
  }

  static Merging into(String base, ChangeSetStore store) throws SQLException {
    return new Merging(PostgresServer.parent(base), store);
  }

  /** What the experiment would do now, frozen; the parent stays as it is. */
  ChangeSet experiment(String script) throws SQLException {
    try (Connection connection = new ParentOnly(parent.config()).openParent()) {
      return PlainDiff.freeze(connection, script, store);
    }
  }

  /** The same where columns of those names are counters. */
  ChangeSet countingExperiment(String script, String... counters) throws SQLException {
    try (Connection connection = new ParentOnly(parent.config()).openParent()) {
      return PlainDiff.freeze(connection, script, store, Set.of(counters));
    }
  }

  /** Something that the parent's own users do. */
  void parentDoes(String sql) throws SQLException {
    if (!sql.isBlank()) {
      parent.execute(sql);
    }
  }

  MergeResult merge(ChangeSet changeSet) {
    return merge(request("task", changeSet, Strictness.ROW, List.of()), Progress.NONE);
  }

  MergeResult merge(ChangeSet changeSet, Strictness strictness, String... checks) {
    return merge(request("task", changeSet, strictness, List.of(checks)), Progress.NONE);
  }

  MergeResult merge(MergeRequest request, Progress progress) {
    return merge(request, progress, new ParentOnly(parent.config()));
  }

  MergeResult merge(MergeRequest request, Progress progress, BranchProvider provider) {
    return merge(request, progress, provider, parent.config());
  }

  /** With the parent configured otherwise. */
  MergeResult merge(
      MergeRequest request, Progress progress, BranchProvider provider, ParentConfig config) {
    Parents parents = new Parents(List.of(new Parents.Parent(config, provider)));
    return new MergeSteps(parents, store).merge(request, progress);
  }

  MergeRequest request(
      String experiment, ChangeSet changeSet, Strictness strictness, List<String> checks) {
    return new MergeRequest(
        new BranchRef(new ExperimentId(experiment), 1, parent.config().name()),
        changeSet.digest(),
        strictness,
        checks,
        new Decision(
            Decision.Kind.APPROVE,
            "rita",
            "looks right",
            changeSet.digest(),
            List.of(),
            Instant.EPOCH,
            Decision.Channel.SIGNAL,
            null));
  }

  ResolveResult resolve(ResolveConflicts request, Progress progress) {
    Parents parents =
        new Parents(List.of(new Parents.Parent(parent.config(), new ParentOnly(parent.config()))));
    return new MergeSteps(parents, store).resolve(request, progress);
  }

  /** A merge whose approval resolves conflicts. */
  MergeRequest approved(ChangeSet changeSet, Strictness strictness, List<Resolution> resolve) {
    return new MergeRequest(
        new BranchRef(new ExperimentId("task"), 1, parent.config().name()),
        changeSet.digest(),
        strictness,
        List.of(),
        new Decision(
            Decision.Kind.APPROVE,
            "rita",
            "looked at each",
            changeSet.digest(),
            List.of(),
            Instant.EPOCH,
            Decision.Channel.SIGNAL,
            null,
            resolve,
            null,
            null));
  }

  /** The one value that a query on the parent returns, as text. */
  @Nullable String ask(String query) throws SQLException {
    try (Connection connection = parent.ownerConnection()) {
      return Sql.only(connection, query, row -> row.getString(1));
    }
  }

  /** {@code KIND table[key] column: base | parent | branch}, for comparing. */
  static List<String> described(MergeResult result) {
    return result.conflicts().conflicts().stream().map(Merging::described).toList();
  }

  private static String described(Conflict conflict) {
    StringBuilder text = new StringBuilder(conflict.kind().name());
    if (conflict.table() != null) {
      text.append(' ').append(conflict.table());
    }
    if (!conflict.key().isEmpty()) {
      text.append(conflict.key());
    }
    if (conflict.column() != null) {
      text.append(' ').append(conflict.column());
    }
    if (conflict.base() != null || conflict.parent() != null || conflict.branch() != null) {
      text.append(
          ": %s | %s | %s".formatted(conflict.base(), conflict.parent(), conflict.branch()));
    }
    return text.toString();
  }

  @Override
  public void close() throws SQLException {
    parent.close();
  }
}
