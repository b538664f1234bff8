package dev.offshoot.merge;

import dev.offshoot.activity.MergeActivities;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.Parents.Parent;
import dev.offshoot.branch.ReservedSequences;
import dev.offshoot.branch.SessionGuard;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ResolveResult;
import dev.offshoot.domain.ShownText;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.policy.DecisionPolicy;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import dev.offshoot.step.Step;
import java.sql.Connection;
import java.sql.SQLException;

/** The merge as an activity: one session on the parent, one transaction, closed in any case. */
public final class MergeSteps implements MergeActivities {
  private final Parents parents;
  private final ChangeSetStore store;

  public MergeSteps(Parents parents, ChangeSetStore store) {
    this.parents = parents;
    this.store = store;
  }

  @Override
  public MergeResult merge(MergeRequest request) {
    return Step.run(progress -> merge(request, progress));
  }

  /**
   * The same outside of an activity.
   *
   * @throws OffshootException {@code LOCK_TIMEOUT} and {@code CONNECTION_LOST} may be tried again:
   *     either nothing was written, or the receipt answers; {@code MERGE_REFUSED} if the merge
   *     would have done what nobody reviewed
   */
  MergeResult merge(MergeRequest request, Progress progress) {
    Parent parent = parents.get(request.branch().parent());
    requireApproval(request, parent.config());
    Rehearsal rehearsal = Rehearsal.run(parent, store, request, progress);
    if (rehearsal.conflicts() != null) {
      return MergeResult.conflicted(rehearsal.conflicts());
    }
    return rehearsal.noteIn(
        onParent(parent, progress, "merging", session -> merge(session, parent, request)));
  }

  private MergeResult merge(ParentSession session, Parent parent, MergeRequest request)
      throws SQLException {
    try (LockWatch locks = LockWatch.over(parent.provider()::openBesideParent, session.process())) {
      MergeTransaction transaction = new MergeTransaction(session, store, request, locks);
      return mending(transaction, parent, transaction::run);
    }
  }

  private interface Run<T> {
    T of() throws SQLException;
  }

  /** Sets sequences forward again where the transaction failed and lost its session. */
  private static <T> T mending(MergeTransaction transaction, Parent parent, Run<T> run)
      throws SQLException {
    try {
      return run.of();
    } catch (SQLException | RuntimeException e) {
      try (Connection other = parent.provider().openParent()) {
        transaction.mendSequences(
            new ParentSession(other, SessionGuard.NONE, Progress.NONE, parent.config()));
      } catch (SQLException | OffshootException unmended) {
        e.addSuppressed(unmended);
      }
      throw e;
    }
  }

  @Override
  public ResolveResult resolveConflicts(ResolveConflicts request) {
    return Step.run(progress -> resolve(request, progress));
  }

  /** The same outside of an activity; a second call gives the same digest while nothing changes. */
  ResolveResult resolve(ResolveConflicts request, Progress progress) {
    Parent parent = parents.get(request.merge().branch().parent());
    requireApproval(request.merge(), parent.config());
    return onParent(
        parent,
        progress,
        "resolving conflicts",
        session -> {
          MergeTransaction transaction =
              new MergeTransaction(session, store, request.merge(), null);
          return mending(
              transaction,
              parent,
              () -> transaction.resolve(new ConflictResolver(session, store, request)));
        });
  }

  @Override
  public void releaseSequences(ReleaseSequences request) {
    Step.run(
        progress -> {
          progress.report("giving back values of the parent's sequences");
          release(request);
          return true;
        });
  }

  void release(ReleaseSequences request) {
    ReservedSequences.giveBack(
        parents.get(request.branch().parent()).provider(), store.get(request.digest()).blocks());
  }

  private interface Work<T> {
    T in(ParentSession session) throws SQLException;
  }

  private static <T> T onParent(Parent parent, Progress progress, String doing, Work<T> work) {
    String name = parent.config().name();
    try (Connection connection = parent.provider().openParent();
        SessionGuard guard = parent.provider().guardMerge(connection)) {
      return work.in(new ParentSession(connection, guard, progress, parent.config()));
    } catch (SQLException e) {
      throw SqlErrors.working(Place.parent(name), doing, e);
    }
  }

  /** What was reviewed is what is merged, by an approval that counts here, whoever calls. */
  private static void requireApproval(MergeRequest request, ParentConfig parent) {
    Decision decision = request.decision();
    boolean byPolicy = decision.channel() == Decision.Channel.POLICY;
    if (!byPolicy && !DecisionPolicy.mayApprove(String.valueOf(decision.by()), parent.approval())) {
      throw new OffshootException(
          ErrorCode.MERGE_REFUSED,
          "experiment %s: %s is not among those who may approve on parent '%s'"
              .formatted(
                  request.branch().experimentId(),
                  ShownText.oneLine(String.valueOf(decision.by()), 60),
                  parent.name()));
    }
    if (decision.kind() != Decision.Kind.APPROVE
        || !decision.settles()
        || !decision.isFor(request.digest())) {
      throw new OffshootException(
          ErrorCode.MERGE_REFUSED,
          "experiment %s: change set %s was not approved; a merge needs an approval of this very change set"
              .formatted(request.branch().experimentId(), request.digest()));
    }
  }
}
