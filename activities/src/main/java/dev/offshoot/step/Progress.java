package dev.offshoot.step;

import java.sql.SQLException;
import java.sql.Statement;

/**
 * The line between a long piece of work and whoever watches it: says what is going on and hears of
 * cancellation. Implementations are thread-safe.
 */
public interface Progress {

  /** Nobody watches and nobody cancels. */
  Progress NONE =
      new Progress() {
        @Override
        public void report(String what) {}

        @Override
        public Interruptible interruptible(Statement statement) {
          return () -> {};
        }
      };

  /**
   * Says what is going on, in words safe to show.
   *
   * @throws dev.offshoot.domain.OffshootException {@code CANCELLED} if the work was cancelled
   */
  void report(String what);

  /** Whether the work was cancelled, or nobody waits for it any more. */
  default boolean isCancelled() {
    return false;
  }

  /**
   * Until the result is closed, a cancellation cancels {@code statement} on the server, whose
   * caller then sees SQLSTATE 57014.
   */
  Interruptible interruptible(Statement statement);

  /** The stretch of work that a cancellation may interrupt. */
  interface Interruptible extends AutoCloseable {
    @Override
    void close() throws SQLException;
  }
}
