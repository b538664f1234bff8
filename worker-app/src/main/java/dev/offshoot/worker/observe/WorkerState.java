package dev.offshoot.worker.observe;

/** Whether the worker polls, and what it waits for if not. Thread-safe. */
public final class WorkerState {
  private volatile boolean polling;
  private volatile String waitingFor = "the application to start";

  public void waitingFor(String what) {
    waitingFor = what;
    polling = false;
  }

  public void polling() {
    polling = true;
    waitingFor = "";
  }

  public boolean isPolling() {
    return polling;
  }

  /** What is missing before it polls; empty when it does. */
  public String waitingFor() {
    return waitingFor;
  }
}
