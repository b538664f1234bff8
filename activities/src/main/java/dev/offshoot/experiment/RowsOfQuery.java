package dev.offshoot.experiment;

import dev.offshoot.activity.SessionActivities.ReadRows;
import dev.offshoot.branch.BranchProvider;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * More rows of a query that a session has run: read again in a transaction that may not write, from
 * a cursor of the server's that is moved to where they begin.
 */
final class RowsOfQuery {
  /** In the same order each time, as far as the query leaves one open. */
  private static final String BEGIN =
      "SET TRANSACTION READ ONLY; SET LOCAL synchronize_seqscans = off";

  private RowsOfQuery() {}

  /** Reads them; what the server refuses is an answer. */
  static RowsAnswer read(
      BranchProvider provider, ReadRows request, long maxGrowth, Progress progress) {
    long begun = System.nanoTime();
    Deadline deadline = Deadline.in(request.spec().limits().maxRuntime());
    try (GrowthWatch growth = new GrowthWatch(() -> provider.bytes(request.branch()), maxGrowth)) {
      progress.report("reading rows of run %d".formatted(request.run()));
      try (TimedSession session =
          TimedSession.open(
              provider, request.branch(), request.spec().limits(), deadline, growth, progress)) {
        Sql.execute(session.connection(), BEGIN);
        return answer(request, page(session, request), null, begun);
      }
    } catch (SQLException e) {
      throw SqlErrors.working(Place.branch(request.branch()), "opening or closing a session", e);
    } catch (OffshootException e) {
      if (e.code().retryable()
          || e.code() == ErrorCode.CANCELLED
          || e.code() == ErrorCode.BRANCH_GONE) {
        throw e;
      }
      return answer(request, QueryResult.affected(0), e.failure(), begun);
    }
  }

  private static QueryResult page(TimedSession session, ReadRows request) {
    // A line of its own ends a comment at the query's end.
    run(session, "DECLARE offshoot_rows NO SCROLL CURSOR FOR %s%n".formatted(request.sql()));
    if (request.from() > 0) {
      run(session, "MOVE FORWARD %d IN offshoot_rows".formatted(request.from()));
    }
    String fetch = "FETCH FORWARD %d FROM offshoot_rows".formatted(request.rows() + 1);
    return session.run(
        subject(fetch),
        (statement, isResult) ->
            ResultReader.read(statement, fetch, request.rows(), ReportBudget.ofPage()));
  }

  private static void run(TimedSession session, String sql) {
    session.run(subject(sql), (statement, isResult) -> isResult);
  }

  private static Subject subject(String sql) {
    return new Subject("the query", sql, null, null);
  }

  private static RowsAnswer answer(
      ReadRows request, QueryResult result, @Nullable Failure failure, long begun) {
    return new RowsAnswer(
        request.run(),
        request.statement(),
        request.from(),
        result.columns(),
        List.copyOf(result.rows()),
        result.moreRows() ? request.from() + result.rows().size() : null,
        failure,
        StatementTransaction.millisSince(begun));
  }
}
