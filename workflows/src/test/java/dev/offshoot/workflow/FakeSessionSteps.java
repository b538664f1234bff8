package dev.offshoot.workflow;

import dev.offshoot.activity.SessionActivities;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ConnectionEnd;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.Touched;
import io.temporal.activity.Activity;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session's branch in memory: statements that begin with FAIL fail, all others are applied. */
final class FakeSessionSteps implements SessionActivities {
  @Override
  public RunDone runStatements(RunStatements request) {
    boolean fails = request.statements().get(0).startsWith("FAIL");
    @Nullable Failure failure =
        fails ? new Failure(ErrorCode.SQL_ERROR, "it fails", 0, 1, "42601") : null;
    return new RunDone(
        new RunAnswer(
            request.run(),
            !fails,
            fails
                ? List.of()
                : List.of(
                    new StatementResult(
                        request.firstIndex(),
                        request.statements().get(0),
                        1,
                        1L,
                        List.of(),
                        List.of(),
                        false,
                        false)),
            List.of(),
            failure,
            false,
            1,
            request.statementsLeft()),
        request.soFar(),
        List.of());
  }

  @Override
  public RowsAnswer readRows(ReadRows request) {
    return new RowsAnswer(
        request.run(),
        request.statement(),
        request.from(),
        List.of("id"),
        List.of(List.of("1")),
        null,
        null,
        1);
  }

  @Override
  public void takeSavepoint(Savepoint request) {}

  @Override
  public void returnToSavepoint(Savepoint request) {}

  @Override
  public void forgetSavepoints(Forget request) {}

  @Override
  public List<String> runChecks(RunChecks request) {
    return request.spec().checks();
  }

  @Override
  public ConnectAnswer openConnection(OpenConnection request) {
    return new ConnectAnswer("localhost", 5432, "b", "b", "prefer", Instant.EPOCH, 5);
  }

  @Override
  public ConnectionEnd watchConnection(WatchConnection request) {
    while (true) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      // Ends with a cancellation.
      Activity.getExecutionContext().heartbeat("watching");
    }
  }

  @Override
  public ConnectionDone closeConnection(CloseConnection request) {
    return new ConnectionDone(
        Touched.NOTHING,
        List.of(new ReplayedStatement(0, "CREATE TABLE made (id int)", "public", false)));
  }
}
