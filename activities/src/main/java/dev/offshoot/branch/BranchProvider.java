package dev.offshoot.branch;

import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A home of branches for one parent. Adapters carry the technology; callers know only this.
 *
 * <p>Every method is idempotent and thread-safe, and throws {@link
 * dev.offshoot.domain.OffshootException} with the code that says whether to try again. Connections
 * are plain, unpooled and closed by the caller; nobody else uses them.
 */
public interface BranchProvider {

  /** What kind of home this is, for people: {@code postgres}. */
  String kind();

  /**
   * Refuses a parent that cannot have branches, for a reason that stands before anything is made:
   * its server does not answer or refuses us, it or its role is unfit. Changes nothing.
   */
  void requireFit();

  /**
   * How many more branches there is room for now. Changes nothing.
   *
   * @throws dev.offshoot.domain.OffshootException {@code PARENT_UNSUITABLE} if there will never be
   *     room for one
   */
  default Room room() {
    return Room.UNLIMITED;
  }

  /**
   * Makes the base (a copy of the parent), the branch (a copy of the base) and their roles;
   * finishes what an earlier call left unfinished.
   */
  default BranchInfo create(BranchRef ref, Instant deadline, Progress progress) {
    return create(ref, null, deadline, progress);
  }

  /**
   * The same of a stem, so that the branch shows the parent at the stem's moment.
   *
   * <p>Fails with {@code BRANCH_GONE} if there is no such stem.
   *
   * @param stem what {@link #createStem} made; absent for the parent as it is now
   */
  BranchInfo create(BranchRef ref, @Nullable BranchRef stem, Instant deadline, Progress progress);

  /**
   * Makes a copy of the parent into which nobody is let, only for branches to be made of; finishes
   * what an earlier call left unfinished. {@link #drop} deletes it.
   */
  BranchInfo createStem(BranchRef stem, Instant deadline, Progress progress);

  /**
   * A session on the branch as the experiment's own powerless role; ends any earlier one, which a
   * lost worker may have left.
   *
   * <p>Fails with {@code BRANCH_GONE} if there is no such branch.
   */
  Connection openForExperiment(BranchRef ref);

  /** Guards a session that {@link #openForExperiment} has opened; the caller closes the guard. */
  default SessionGuard guard(Connection experiment) {
    return SessionGuard.NONE;
  }

  /** Bytes that the branch takes now, without temporary files; 0 where the home cannot tell. */
  default long bytes(BranchRef ref) {
    return 0;
  }

  /** Ends every session of the experiment's role, which may log in again. */
  void endSessions(BranchRef ref);

  /**
   * Lets whoever has the password of that SCRAM verifier connect to the branch as the experiment's
   * role, until {@link #closeConnection}.
   *
   * @param verifier safe between single quotes
   */
  ConnectAnswer openConnection(BranchRef ref, String verifier);

  /** Shuts that login and ends all sessions of the experiment's role; fine if there are none. */
  void closeConnection(BranchRef ref);

  /**
   * Looks at the sessions of the experiment's role, and ends those that take so many locks that
   * soon nobody else on the server would get one.
   */
  ConnectionUse connectionUse(BranchRef ref);

  /**
   * The same again and again, ready to look when the server lets nobody else in any more; the
   * caller closes it.
   */
  default ConnectionGuard guardConnections(BranchRef ref) {
    return () -> connectionUse(ref);
  }

  /** Looks at an agent's connections; for one thread. */
  @FunctionalInterface
  interface ConnectionGuard extends AutoCloseable {
    ConnectionUse look();

    @Override
    default void close() {}
  }

  /**
   * What an agent's connections do.
   *
   * @param connections how many there are
   * @param quiet for how long none did anything
   * @param greedy whether one was ended because of its locks
   */
  record ConnectionUse(long connections, Duration quiet, boolean greedy) {}

  /**
   * Keeps the branch as it is now under a number; ends the experiment's sessions.
   *
   * <p>Fails with {@code SESSION_REFUSED} where the home cannot.
   */
  default void takeSavepoint(BranchRef ref, int number, Progress progress) {
    throw noSavepoints();
  }

  /** Makes the branch what it was when that savepoint was taken; ends the experiment's sessions. */
  default void returnToSavepoint(BranchRef ref, int number, Progress progress) {
    throw noSavepoints();
  }

  /** Forgets a savepoint; fine if there is none. {@link #drop} forgets them all. */
  default void forgetSavepoint(BranchRef ref, int number) {}

  private OffshootException noSavepoints() {
    return new OffshootException(
        ErrorCode.SESSION_REFUSED,
        "branches of kind %s have no savepoints; discard the session and open another one instead"
            .formatted(kind()));
  }

  /** Ends every session of the experiment's role and shuts its login, for good. */
  void endExperiment(BranchRef ref);

  /**
   * A session on the branch as its reader: a powerless role that is not the experiment's own and
   * sees everything in branch and base. Only after {@link #endExperiment}.
   */
  Connection openBranchForReading(BranchRef ref);

  /** A session on the base as the reader; what it changes it must roll back. */
  Connection openBaseForReading(BranchRef ref);

  /** Both of these sessions, for whoever compares. */
  default Compared openForComparison(BranchRef ref) {
    Connection base = openBaseForReading(ref);
    try {
      return new Compared(base, openBranchForReading(ref));
    } catch (OffshootException e) {
      Compared.close(base, e);
      throw e;
    }
  }

  /** Sessions on a base and its branch, which are closed together. */
  record Compared(Connection base, Connection branch) implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      try (base) {
        branch.close();
      }
    }

    static void close(Connection session, Exception cause) {
      try {
        session.close();
      } catch (SQLException e) {
        cause.addSuppressed(e);
      }
    }
  }

  /** A session on the parent as the owner of its tables, for the merge. */
  Connection openParent();

  /** A session on the parent's server, from where what happens on the parent can be seen. */
  default Connection openBesideParent() {
    return openParent();
  }

  /**
   * Guards a session that {@link #openParent} or a {@link Scratch.Copy} has opened; the caller
   * closes the guard. Where there is none, a connection that is closed must do.
   */
  default SessionGuard guardMerge(Connection merge) {
    return SessionGuard.NONE;
  }

  /** Values of the parent's sequences that are reserved for the branch, while its base stands. */
  default List<SequenceBlock> sequenceBlocks(BranchRef ref) {
    return List.of();
  }

  /**
   * Where the home's own comparison of base and branch, if it has one, disagrees with the schema
   * changes that we see; in words safe to show.
   */
  default List<String> disagreements(BranchRef ref, List<SchemaChange> ours, Progress progress) {
    return List.of();
  }

  /** Tells the home the new end of the lease, where it keeps one. */
  void extend(BranchRef ref, Instant deadline);

  /** Ends every session and deletes branch, base and roles; what is gone already is fine. */
  void drop(BranchRef ref);

  /** Branches that stand in this home, by our marker, whatever the ledger says. */
  List<BranchRef> standing();

  /**
   * A throw-away copy of today's parent for the rehearsal of a merge, where one can be had without
   * disturbing anybody; the caller closes it.
   */
  default Scratch scratch(BranchRef ref, Progress progress) {
    return new Scratch.None("branches of kind %s have none".formatted(kind()));
  }

  /**
   * Puts right what a worker that died has left in the middle, if there is anything: lets everybody
   * into a fenced database again, deletes scratch copies. Never throws; cheap enough for once a
   * minute.
   */
  default void recover() {}

  /** The parent and its source copy for people; never throws. */
  ParentView view();

  /** How the parent and its home are; never throws. Opens what was left fenced. */
  List<HealthFinding> examine();
}
