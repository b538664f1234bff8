package dev.offshoot.merge;

import dev.offshoot.activity.MergeActivities.MergeRequest;
import dev.offshoot.branch.Parents.Parent;
import dev.offshoot.branch.Scratch;
import dev.offshoot.branch.SessionGuard;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The whole merge of a change set with a schema script, once on a throw-away copy of today's parent
 * before the parent is touched. Where the parent cannot be copied, the merge transaction verifies
 * alone.
 *
 * @param conflicts what collides with today's parent; absent if nothing does
 * @param how where it was rehearsed; absent if there is no schema script
 */
record Rehearsal(@Nullable ConflictReport conflicts, @Nullable String how) {
  private static final Rehearsal NOT_NEEDED = new Rehearsal(null, null);

  /**
   * @throws OffshootException as the merge itself would; the parent was not touched then
   */
  static Rehearsal run(
      Parent parent, ChangeSetStore store, MergeRequest request, Progress progress) {
    if (store.get(request.digest()).script().isEmpty()) {
      return NOT_NEEDED;
    }
    long from = System.nanoTime();
    try (Scratch scratch = parent.provider().scratch(request.branch(), progress)) {
      if (scratch instanceof Scratch.Copy copy) {
        MergeResult result = merge(copy, parent, store, request, progress);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
        return new Rehearsal(
            result.conflicts(), "on a copy of today's parent, %d ms".formatted(millis));
      }
      return new Rehearsal(null, "inside the merge transaction: " + ((Scratch.None) scratch).why());
    }
  }

  private static MergeResult merge(
      Scratch.Copy copy,
      Parent parent,
      ChangeSetStore store,
      MergeRequest request,
      Progress progress) {
    String name = parent.config().name();
    Progress rehearsing =
        new Progress() {
          @Override
          public void report(String what) {
            progress.report("rehearsing on a copy: " + what);
          }

          @Override
          public boolean isCancelled() {
            return progress.isCancelled();
          }

          @Override
          public Interruptible interruptible(Statement statement) {
            return progress.interruptible(statement);
          }
        };
    try (Connection connection = copy.open();
        SessionGuard guard = parent.provider().guardMerge(connection)) {
      ParentSession session = new ParentSession(connection, guard, rehearsing, parent.config());
      return new MergeTransaction(session, store, request, null).run();
    } catch (SQLException e) {
      throw SqlErrors.working(Place.parent(name), "rehearsing the merge on a copy", e);
    }
  }

  /** The result of the merge itself, with where it was rehearsed. */
  MergeResult noteIn(MergeResult merged) {
    return merged.report() == null ? merged : MergeResult.merged(merged.report().rehearsed(how));
  }
}
