package dev.offshoot.merge;

import dev.offshoot.sql.Identifiers;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Lets foreign keys be broken until the end of the application: deferrable constraints as they are,
 * others by making them deferrable for this transaction, which nobody else sees.
 */
final class DeferredChecks {
  private final ParentSession session;
  private final Set<ForeignKey> altered = new LinkedHashSet<>();

  DeferredChecks(ParentSession session) {
    this.session = session;
  }

  /** Lets those keys wait, and every constraint that is deferrable anyway. */
  void defer(Collection<ForeignKey> keys) throws SQLException {
    for (ForeignKey key : keys) {
      if (!key.deferrable() && altered.add(key)) {
        session.lock("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE".formatted(key.child().quoted()));
        alter(key, "DEFERRABLE INITIALLY DEFERRED");
      }
    }
    session.execute("SET CONSTRAINTS ALL DEFERRED");
  }

  /**
   * Checks everything that waited, also triggers of the experiment's that wait for the commit, in
   * which nobody would see what they do; and makes the constraints again what they were.
   *
   * @throws SQLException of class 23 if one is broken
   */
  void check() throws SQLException {
    runWaiting();
    for (ForeignKey key : altered) {
      alter(key, "NOT DEFERRABLE");
    }
  }

  /**
   * Runs what waits.
   *
   * @throws SQLException of class 23 if a constraint is broken
   */
  void runWaiting() throws SQLException {
    session.execute("SET CONSTRAINTS ALL IMMEDIATE");
  }

  private void alter(ForeignKey key, String how) throws SQLException {
    session.execute(
        "ALTER TABLE %s ALTER CONSTRAINT %s %s"
            .formatted(key.child().quoted(), Identifiers.quote(key.name()), how));
  }
}
