package dev.offshoot.experiment;

import dev.offshoot.activity.SessionActivities;
import dev.offshoot.branch.BranchProvider;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ConnectionEnd;
import dev.offshoot.domain.RowsAnswer;
import dev.offshoot.step.Progress;
import dev.offshoot.step.Step;
import java.util.List;

/** Works for sessions on the branches of the configured parents. Thread-safe. */
public final class SessionSteps implements SessionActivities {
  private final Parents parents;

  public SessionSteps(Parents parents) {
    this.parents = parents;
  }

  @Override
  public RunDone runStatements(RunStatements request) {
    return Step.run(progress -> run(request, progress));
  }

  /** The body of {@link #runStatements}, for callers that are no activity. */
  public RunDone run(RunStatements request, Progress progress) {
    Parents.Parent parent = parents.get(request.branch().parent());
    return new SessionTransaction(
            parent.provider(), request, parent.config().maxBranchGrowth(), progress)
        .run();
  }

  @Override
  public RowsAnswer readRows(ReadRows request) {
    return Step.run(progress -> rows(request, progress));
  }

  /** The body of {@link #readRows}, for callers that are no activity. */
  public RowsAnswer rows(ReadRows request, Progress progress) {
    Parents.Parent parent = parents.get(request.branch().parent());
    return RowsOfQuery.read(
        parent.provider(), request, parent.config().maxBranchGrowth(), progress);
  }

  @Override
  public void takeSavepoint(Savepoint request) {
    Step.run(
        progress -> {
          provider(request.branch()).takeSavepoint(request.branch(), request.number(), progress);
          return true;
        });
  }

  @Override
  public void returnToSavepoint(Savepoint request) {
    Step.run(
        progress -> {
          provider(request.branch())
              .returnToSavepoint(request.branch(), request.number(), progress);
          return true;
        });
  }

  @Override
  public void forgetSavepoints(Forget request) {
    Step.run(
        progress -> {
          request
              .numbers()
              .forEach(
                  number -> provider(request.branch()).forgetSavepoint(request.branch(), number));
          return true;
        });
  }

  @Override
  public List<String> runChecks(RunChecks request) {
    return Step.run(
        progress -> {
          Parents.Parent parent = parents.get(request.branch().parent());
          return ExperimentRun.checks(
              parent.provider(),
              request.branch(),
              request.spec(),
              parent.config().maxBranchGrowth(),
              progress);
        });
  }

  @Override
  public ConnectAnswer openConnection(OpenConnection request) {
    return Step.run(
        progress ->
            provider(request.branch()).openConnection(request.branch(), request.verifier()));
  }

  @Override
  public ConnectionEnd watchConnection(WatchConnection request) {
    return Step.run(
        progress -> {
          Parents.Parent parent = parents.get(request.branch().parent());
          return ConnectionSteps.watch(
              parent.provider(), request, parent.config().maxBranchGrowth(), progress);
        });
  }

  @Override
  public ConnectionDone closeConnection(CloseConnection request) {
    return Step.run(
        progress -> ConnectionSteps.close(provider(request.branch()), request, progress));
  }

  private BranchProvider provider(BranchRef ref) {
    return parents.get(ref.parent()).provider();
  }
}
