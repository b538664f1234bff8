package dev.offshoot.worker.crash;

import dev.offshoot.client.AgentSession;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.HandInRequest;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.RunRequest;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import java.time.Duration;
import java.util.List;

/**
 * An agent that sends statements to its session, each until it is answered, whatever is killed
 * meanwhile; between them it tries something that it undoes. A thread of its own.
 */
final class AgentInSession implements Runnable {
  private final AgentSession session;
  private final List<String> statements;

  private AgentInSession(AgentSession session, List<String> statements) {
    this.session = session;
    this.statements = statements;
  }

  static void send(WorkflowClient temporal, String id, List<String> statements) {
    AgentSession session = OffshootClient.over(temporal).experiment(new ExperimentId(id)).session();
    Thread thread = new Thread(new AgentInSession(session, statements), "agent-" + id);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    try {
      String opened = again(() -> session.awaitOpen(Duration.ofMinutes(3)).stage().name());
      for (int i = 0; i < statements.size(); i++) {
        if (i == 1) {
          again(() -> session.savepoint("good"));
          run("try", "DELETE FROM item");
          again(() -> session.undo("good"));
        }
        run("%s %d".formatted(opened, i), statements.get(i));
      }
      again(() -> session.submit(new HandInRequest(null, "done")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (OffshootException e) {
      // The session has ended, as what comes of the experiment tells.
    }
  }

  private void run(String requestId, String sql) throws InterruptedException {
    RunAnswer answer = again(() -> session.run(new RunRequest(sql, null, null, requestId)));
    if (!answer.applied()) {
      throw new OffshootException(ErrorCode.INTERNAL, String.valueOf(answer.failure()));
    }
  }

  /** Something that is sent and answered. */
  private interface Message<T> {
    T send() throws InterruptedException;
  }

  /** What is not answered is sent again. */
  private static <T> T again(Message<T> message) throws InterruptedException {
    while (true) {
      try {
        return message.send();
      } catch (WorkflowException | StatusRuntimeException e) {
        Thread.sleep(200);
      }
    }
  }
}
