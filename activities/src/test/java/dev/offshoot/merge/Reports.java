package dev.offshoot.merge;

import dev.offshoot.step.Progress;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;

/** Does something when the merge says for the first time that it is at a certain point. */
final class Reports implements Progress {
  /** What a test does there. */
  interface Deed {
    void run() throws SQLException;
  }

  private final String beginning;
  private final Deed deed;
  private final AtomicBoolean done = new AtomicBoolean();

  private Reports(String beginning, Deed deed) {
    this.beginning = beginning;
    this.deed = deed;
  }

  static Reports at(String beginning, Deed deed) {
    return new Reports(beginning, deed);
  }

  boolean happened() {
    return done.get();
  }

  @Override
  public void report(String what) {
    if (what.startsWith(beginning) && done.compareAndSet(false, true)) {
      try {
        deed.run();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public Interruptible interruptible(Statement statement) {
    return Progress.NONE.interruptible(statement);
  }
}
