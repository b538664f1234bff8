package dev.offshoot.branch;

import dev.offshoot.branch.DatabaseCopy.Grant;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * States of a branch that can be returned to: copies of its database, into which nobody is let.
 * Being physical copies they keep object ids and storage, so that branch and base still pair.
 */
final class Savepoints {
  private static final String STANDING =
      """
      SELECT datname FROM pg_database
      WHERE starts_with(datname, ?) AND substr(datname, length(?) + 1) ~ '^[0-9]+$'
      ORDER BY datname
      """;

  private final DatabaseCopy copy;
  private final UnaryOperator<String> database;
  private final String owner;
  private final Removal removal;

  /**
   * @param home where branches live
   * @param database name of a branch's database, from that of its role
   * @param owner role that owns the parent
   */
  Savepoints(ParentConfig home, UnaryOperator<String> database, String owner, Removal removal) {
    this.copy = new DatabaseCopy(home);
    this.database = database;
    this.owner = owner;
    this.removal = removal;
  }

  /** Databases of savepoints of a branch, whatever state they are in. */
  static List<String> standing(Connection maintenance, BranchRef ref) throws SQLException {
    return Sql.list(maintenance, STANDING, row -> row.getString(1), prefix(ref), prefix(ref));
  }

  void take(Connection maintenance, BranchRef ref, int number, Progress progress)
      throws SQLException {
    Marker branch = require(maintenance, ref, databaseOf(ref));
    progress.report("savepoint: copying the branch");
    removal.dropDatabase(maintenance, name(ref, number));
    Sessions.endOfRole(maintenance, ref.branchName());
    copy(maintenance, databaseOf(ref), name(ref, number), progress);
    DatabaseSettings.read(maintenance, databaseOf(ref), owner)
        .apply(maintenance, name(ref, number));
    Sql.execute(maintenance, Comments.onDatabase(maintenance, name(ref, number), branch));
  }

  /** Finishes what an earlier try has left unfinished, in which case there may be no branch. */
  void returnTo(Connection maintenance, BranchRef ref, int number, Progress progress)
      throws SQLException {
    Marker kept = require(maintenance, ref, name(ref, number));
    Marker role =
        Roles.markerOf(maintenance, ref.branchName()).orElseThrow(() -> gone(ref.branchName()));
    progress.report("undo: copying the savepoint");
    Sessions.endOfRole(maintenance, ref.branchName());
    removal.dropDatabase(maintenance, databaseOf(ref));
    copy(maintenance, name(ref, number), databaseOf(ref), progress);
    DatabaseCopy.letIn(
        maintenance, databaseOf(ref), List.of(new Grant(BranchMaker.EVERYTHING, ref.branchName())));
    DatabaseSettings.read(maintenance, name(ref, number), owner)
        .apply(maintenance, databaseOf(ref));
    Sql.execute(
        maintenance,
        Comments.onDatabase(maintenance, databaseOf(ref), kept.until(role.deadline())));
  }

  void forget(Connection maintenance, BranchRef ref, int number) throws SQLException {
    removal.dropDatabase(maintenance, name(ref, number));
  }

  private void copy(Connection maintenance, String from, String to, Progress progress)
      throws SQLException {
    ParentFacts facts = ParentFacts.read(maintenance, from);
    copy.make(maintenance, from, to, copy.methodFor(facts), facts, progress);
  }

  private String databaseOf(BranchRef ref) {
    return database.apply(ref.branchName());
  }

  private static Marker require(Connection maintenance, BranchRef ref, String name)
      throws SQLException {
    return DatabaseCopy.markerOf(maintenance, name)
        .filter(marker -> marker.made() != null && marker.ref().equals(ref))
        .orElseThrow(() -> gone(name));
  }

  private static OffshootException gone(String name) {
    return new OffshootException(
        ErrorCode.BRANCH_GONE, "branch '%s' is not there any more".formatted(name));
  }

  private static String name(BranchRef ref, int number) {
    return prefix(ref) + number;
  }

  private static String prefix(BranchRef ref) {
    return ref.branchName() + "_s";
  }
}
