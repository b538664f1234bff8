package dev.offshoot.branch;

/**
 * Watches one session of an experiment's from beside, and can end it whatever its own code catches,
 * even while the server has no room for another lock or login. Thread-safe; closing it leaves the
 * session alone.
 */
public interface SessionGuard extends AutoCloseable {

  /** Where the branch has a server of its own, a session harms nobody else. */
  SessionGuard NONE =
      new SessionGuard() {
        @Override
        public boolean takesTooManyLocks() {
          return false;
        }

        @Override
        public void end() {}

        @Override
        public void close() {}
      };

  /** Whether it holds so many locks that soon nobody else on the server would get one. */
  boolean takesTooManyLocks();

  /** Ends the session; fine if it is gone. Never throws. */
  void end();

  @Override
  void close();
}
