package dev.offshoot.experiment;

import dev.offshoot.changelog.ChangeLog;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.sql.CommitCode;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one transaction of an experiment's, each with what it gave, and the end of that
 * transaction, where whatever waits for the commit happens while it can still be seen. Not
 * thread-safe.
 */
final class StatementTransaction {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** First words of statements whose rows, if they give any, are those that they wrote. */
  private static final Set<String> RETURNING = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");

  /** First words of statements for which no rows affected is news too. */
  private static final Set<String> COUNTING =
      Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "WITH", "EXECUTE");

  private final TimedSession session;
  private final ChangeLog log;
  private final ReportBudget budget;
  private final int resultRows;

  /**
   * @param resultRows first rows of each result that are kept
   */
  StatementTransaction(TimedSession session, ChangeLog log, ReportBudget budget, int resultRows) {
    this.session = session;
    this.log = log;
    this.budget = budget;
    this.resultRows = resultRows;
  }

  /**
   * Runs one statement.
   *
   * @param index its place, from 0, in what {@code log} follows
   * @param shownIndex its place in what is told
   */
  StatementResult run(Subject subject, int index, int shownIndex) {
    try {
      long start = System.nanoTime();
      QueryResult result =
          session.run(subject, (statement, isResult) -> read(statement, isResult, subject));
      long millis = millisSince(start);
      boolean changedSchema = log.statementRan(session.connection(), index);
      return new StatementResult(
          shownIndex,
          budget.statement(subject.sql()),
          millis,
          rowsAffected(subject, result),
          result.columns(),
          result.rows(),
          result.moreRows(),
          changedSchema);
    } catch (SQLException e) {
      throw session.failed(subject, e);
    } catch (OffshootException e) {
      throw at(index, e);
    }
  }

  /** Runs one statement in a transaction of its own. */
  StatementResult runAlone(Subject subject, int index) {
    try {
      if (index > 0) {
        log.transactionBegan(session.connection());
      }
      StatementResult result = run(subject, index, index);
      settle();
      commit();
      return result;
    } catch (SQLException e) {
      throw session.failed(subject, e);
    } catch (OffshootException e) {
      throw at(index, e);
    }
  }

  private QueryResult read(Statement statement, boolean isResult, Subject subject)
      throws SQLException {
    return isResult
        ? ResultReader.read(statement, subject.sql(), resultRows, budget)
        : QueryResult.affected(Math.max(0, statement.getLargeUpdateCount()));
  }

  /** Lets what waits for the commit happen while it can still be seen and told. */
  void settle() {
    Subject end = Subject.endOfTransaction();
    session.run(end, (statement, isResult) -> isResult);
    try {
      log.deferredTriggersRan(session.connection());
      // Nobody reads the session's notifications; the driver would heap them up.
      Sql.execute(session.connection(), "UNLISTEN *");
      requireNothingForTheCommit(session.connection());
    } catch (SQLException e) {
      throw session.failed(end, e);
    }
  }

  /** Commits what {@link #settle} has looked at. */
  void commit() {
    session.commit(Subject.endOfTransaction());
  }

  private static void requireNothingForTheCommit(Connection connection) throws SQLException {
    Optional<String> waiting = CommitCode.waiting(connection);
    if (waiting.isPresent()) {
      throw new OffshootException(
          ErrorCode.STATEMENT_REFUSED,
          "%s would run while the transaction commits, where nobody sees what it does; close cursors WITH HOLD, and leave SET CONSTRAINTS out of triggers"
              .formatted(waiting.get()));
    }
  }

  private static @Nullable Long rowsAffected(Subject subject, QueryResult result) {
    String word = SqlScript.leadingWord(subject.sql());
    boolean counts =
        result.hasResult()
            ? RETURNING.contains(word)
            : result.count() > 0 || COUNTING.contains(word);
    return counts ? result.count() : null;
  }

  /** With the statement's place, which whoever threw it did not know. */
  private static OffshootException at(int index, OffshootException e) {
    Failure failure = e.failure();
    if (failure.statement() != null || failure.code() == ErrorCode.CANCELLED) {
      return e;
    }
    return new OffshootException(
        new Failure(
            failure.code(), failure.message(), index, failure.position(), failure.sqlState()),
        e.getCause());
  }

  static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / NANOS_PER_MILLI;
  }
}
