package dev.offshoot.workflow;

import dev.offshoot.activity.SessionActivities;
import dev.offshoot.domain.ConnectionEnd;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * While an agent may connect by itself, a step beside the session watches what its connections use
 * up. Deterministic workflow code.
 */
final class ConnectionWatch {
  private final SessionWorkflow.Start start;
  private final Consumer<ConnectionEnd> onEnd;
  private @Nullable CancellationScope scope;
  private @Nullable Promise<Boolean> ended;

  /**
   * @param onEnd who is told when connections must end
   */
  ConnectionWatch(SessionWorkflow.Start start, Consumer<ConnectionEnd> onEnd) {
    this.start = start;
    this.onEnd = onEnd;
  }

  /** Begins, if it has not. */
  void watch() {
    if (scope != null) {
      return;
    }
    CancellationScope watched =
        Workflow.newDetachedCancellationScope(
            () ->
                ended =
                    Async.function(
                            Steps.watch()::watchConnection,
                            new SessionActivities.WatchConnection(
                                start.branch(), start.spec(), start.branchBytes()))
                        .handle(
                            (why, failure) -> {
                              if (failure == null) {
                                onEnd.accept(why);
                              }
                              return failure == null;
                            }));
    scope = watched;
    watched.run();
  }

  /** Whether somebody watches; nobody does once the connections had to end. */
  boolean isWatching() {
    return scope != null && ended != null && !ended.isCompleted();
  }

  /** Stops watching and waits until nobody watches any more; changes nothing else. */
  void stop() {
    if (scope != null && ended != null) {
      scope.cancel("the connections are closed");
      Promise<Boolean> last = ended;
      Workflow.newDetachedCancellationScope(last::get).run();
      scope = null;
    }
  }
}
