package dev.offshoot.activity;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ConnectionEnd;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.Touched;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** The work of a session on its branch, one piece at a time. */
@ActivityInterface
public interface SessionActivities {

  /**
   * Runs statements in one transaction as the branch's own powerless role. What the server refuses
   * is an answer, not a failure. A retry, after a lost worker or connection, finds out from the
   * server whether the transaction has committed, and never runs it a second time.
   *
   * <p>Fails with {@code BRANCH_GONE} if there is no such branch any more.
   */
  @ActivityMethod
  RunDone runStatements(RunStatements request);

  /**
   * Reads rows of a query, in a transaction that writes nothing. What the server refuses is an
   * answer.
   */
  @ActivityMethod
  RowsAnswer readRows(ReadRows request);

  /**
   * Keeps the branch as it is now under a number; a copy of that number is made anew.
   *
   * <p>Fails with {@code SESSION_REFUSED} where the branch's home cannot.
   */
  @ActivityMethod
  void takeSavepoint(Savepoint request);

  /** Makes the branch what it was when a savepoint was taken, which stands on. Idempotent. */
  @ActivityMethod
  void returnToSavepoint(Savepoint request);

  /** Forgets savepoints; what is gone already is fine. */
  @ActivityMethod
  void forgetSavepoints(Forget request);

  /**
   * Runs the experiment's own checks.
   *
   * <p>Fails with {@code CHECK_FAILED} for the first that is not true.
   */
  @ActivityMethod
  List<String> runChecks(RunChecks request);

  /**
   * Lets the agent connect to the branch with the password of that verifier. Idempotent.
   *
   * <p>Fails with {@code SESSION_REFUSED} where the branch's home cannot.
   */
  @ActivityMethod
  ConnectAnswer openConnection(OpenConnection request);

  /**
   * Watches what the agent's connections use up, until cancelled, which changes nothing, or until
   * they must end.
   */
  @ActivityMethod
  ConnectionEnd watchConnection(WatchConnection request);

  /**
   * Ends the agent's connections and shuts its login: where to look for the rows that they changed,
   * and statements that do to the schema what they did.
   */
  @ActivityMethod
  ConnectionDone closeConnection(CloseConnection request);

  /**
   * @param branch where
   * @param verifier of the agent's password
   */
  record OpenConnection(BranchRef branch, String verifier) {}

  /**
   * @param branch where
   * @param spec whose limits hold
   * @param branchBytes size of the branch when it was made
   */
  record WatchConnection(BranchRef branch, ExperimentSpec spec, long branchBytes) {}

  /**
   * @param branch where
   * @param spec whose limits hold
   * @param atStart where to look for what was changed when the branch's database was made
   * @param schema statements that are applied and have changed the schema, in order
   */
  record CloseConnection(
      BranchRef branch, ExperimentSpec spec, Touched atStart, List<ReplayedStatement> schema) {}

  /**
   * @param touched where to look for rows that may differ
   * @param schema statements that were derived, in order; none where the schema is as it was or
   *     where no statements are known
   */
  record ConnectionDone(Touched touched, List<ReplayedStatement> schema) {}

  /**
   * @param branch where
   * @param spec whose limits hold
   * @param run number of the run; the same number is the same run
   * @param statements what to run
   * @param firstIndex index of the first of them in the session
   * @param rows first rows of each result that are wanted
   * @param branchBytes size of the branch when it was made
   * @param soFar where to look for what runs before have changed
   * @param statementsLeft how many more the session takes after these, if they are applied or not
   */
  record RunStatements(
      BranchRef branch,
      ExperimentSpec spec,
      int run,
      List<String> statements,
      int firstIndex,
      int rows,
      long branchBytes,
      Touched soFar,
      int statementsLeft) {}

  /**
   * @param branch where
   * @param spec whose limits hold
   * @param run number of the run that had the query
   * @param statement its place in that run, from 1
   * @param sql the query
   * @param from how many rows to leave out
   * @param rows how many are wanted
   */
  record ReadRows(
      BranchRef branch,
      ExperimentSpec spec,
      int run,
      int statement,
      String sql,
      long from,
      int rows) {}

  /**
   * @param answer for whoever sent them
   * @param touched where to look for what is applied now
   * @param schemaStatements those that changed the schema; their indexes count within the run
   */
  record RunDone(RunAnswer answer, Touched touched, List<SchemaStatement> schemaStatements) {}

  /**
   * @param branch of which
   * @param number of the savepoint
   */
  record Savepoint(BranchRef branch, int number) {}

  /**
   * @param branch of which
   * @param numbers of the savepoints
   */
  record Forget(BranchRef branch, List<Integer> numbers) {}

  /**
   * @param branch where
   * @param spec with the checks
   */
  record RunChecks(BranchRef branch, ExperimentSpec spec) {}
}
