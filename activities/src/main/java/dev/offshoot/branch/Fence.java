package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shuts everybody out of a busy database for the time of one copy, and lets them in again in any
 * case.
 *
 * <p>The role of the branch that is being made carries in its comment that it fences, from before
 * the door is shut until after it is open. Whoever fences holds an advisory lock; where the comment
 * stands and the lock is free, the worker has died, and {@link #open} lets everybody in.
 */
final class Fence {
  private static final Logger LOG = LoggerFactory.getLogger(Fence.class);
  private static final Duration FOR_OUR_OWN = Duration.ofSeconds(10);
  private static final long POLL_MILLIS = 20;

  private static final String NOT_OURS_TO_END =
      """
      SELECT format('%s%s', usename, CASE WHEN rolsuper THEN ' (superuser)' END)
      FROM pg_stat_activity AS a JOIN pg_roles AS r ON r.oid = a.usesysid
      WHERE a.datname = ?
        AND NOT (pg_has_role(a.usesysid, 'USAGE')
                 OR (NOT r.rolsuper AND pg_has_role('pg_signal_backend', 'USAGE')))
      GROUP BY 1 ORDER BY 1
      """;
  private static final String ACCEPTS = "SELECT datallowconn FROM pg_database WHERE datname = ?";
  private static final String PREPARED =
      "SELECT count(*) FROM pg_prepared_xacts WHERE database = ?";

  private final ParentConfig parent;
  private final String database;
  private final Roles roles;
  private final Maintenance maintenance;

  Fence(ParentConfig parent, String database, Roles roles, Maintenance maintenance) {
    this.parent = parent;
    this.database = database;
    this.roles = roles;
    this.maintenance = maintenance;
  }

  @FunctionalInterface
  interface Copy<T> {
    T make() throws SQLException;
  }

  /**
   * @param result what the copy gave
   * @param outageMillis from shutting the door to opening it
   */
  record Fenced<T>(T result, long outageMillis) {}

  /**
   * Makes {@code copy} while nobody is connected.
   *
   * @throws OffshootException {@code PARENT_BUSY} if somebody is connected whom we may not end;
   *     nobody was shut out then
   */
  <T> Fenced<T> during(Connection session, BranchRef ref, Progress progress, Copy<T> copy)
      throws SQLException {
    Maintenance.lock(session, lock(), progress);
    try {
      letOurOwnFinish(session, progress);
      requireEndable(session);
      mark(session, ref, Instant.now());
      long shut = System.nanoTime();
      T result;
      try {
        allowConnections(session, false);
        Sessions.endOnDatabase(session, database);
        result = copy.make();
      } catch (SQLException | RuntimeException e) {
        reopen(session, ref, e);
        throw e;
      }
      allowConnections(session, true);
      long outage = Duration.ofNanos(System.nanoTime() - shut).toMillis();
      mark(session, ref, null);
      LOG.info("parent {} was fenced for a copy: {} ms", parent.name(), outage);
      return new Fenced<>(result, outage);
    } finally {
      if (!session.isClosed()) {
        Maintenance.unlock(session, lock());
      }
    }
  }

  /**
   * Lets everybody in again whom a dead worker has left shut out.
   *
   * @return since when they were; empty if nobody was
   */
  Optional<Instant> open(Connection session) throws SQLException {
    List<Marker> fencing =
        roles.standing(session).stream().filter(marker -> marker.fencedSince() != null).toList();
    if (fencing.isEmpty() || !Maintenance.tryLock(session, lock())) {
      return Optional.empty();
    }
    try {
      allowConnections(session, true);
      for (Marker marker : fencing) {
        mark(session, marker.ref(), null);
      }
    } finally {
      Maintenance.unlock(session, lock());
    }
    Optional<Instant> since = Optional.ofNullable(fencing.get(0).fencedSince());
    LOG.warn(
        "parent {} was left fenced by a worker that died; it takes connections again",
        parent.name());
    return since;
  }

  private String lock() {
    return "offshoot fence of " + database;
  }

  /** A merge of ours is let finish; it is short, and ending it would only repeat it. */
  private void letOurOwnFinish(Connection session, Progress progress) throws SQLException {
    long end = System.nanoTime() + FOR_OUR_OWN.toNanos();
    while (Occupants.of(session, database).stream().anyMatch(Occupants.Occupant::isOurs)) {
      progress.report("branch: waiting for another experiment's work on the parent");
      if (System.nanoTime() > end) {
        throw new OffshootException(
            ErrorCode.PARENT_TAKEN,
            "%s: another experiment works on it; tried again".formatted(parent.place()));
      }
      Sessions.pause(POLL_MILLIS);
    }
  }

  private void requireEndable(Connection session) throws SQLException {
    boolean shut = !Sql.only(session, ACCEPTS, row -> row.getBoolean(1), database);
    boolean byUs =
        roles.standing(session).stream().anyMatch(marker -> marker.fencedSince() != null);
    if (shut && !byUs) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "%s: database %s takes no connections (ALTER DATABASE ... ALLOW_CONNECTIONS false), and not by us; open it first"
              .formatted(parent.place(), database));
    }
    long prepared = Sql.only(session, PREPARED, row -> row.getLong(1), database);
    if (prepared > 0) {
      throw new OffshootException(
          ErrorCode.PARENT_BUSY,
          "%s: %d prepared transactions keep it from being copied, which no fence ends; commit or roll them back (pg_prepared_xacts lists them)"
              .formatted(parent.place(), prepared));
    }
    List<String> others = Sql.list(session, NOT_OURS_TO_END, row -> row.getString(1), database);
    if (!others.isEmpty()) {
      throw new OffshootException(
          ErrorCode.PARENT_BUSY,
          "%s: it cannot be fenced, since role %s may not end the sessions of %s; as a superuser run GRANT pg_signal_backend TO %s, and close sessions of superusers, which nobody else may end"
              .formatted(
                  parent.place(),
                  parent.username(),
                  ShownText.oneLine(String.join(", ", others), 200),
                  Identifiers.quote(parent.username())));
    }
  }

  /** Also where the session is what failed: by another one, or the next that looks opens. */
  private void reopen(Connection session, BranchRef ref, Exception cause) {
    try {
      if (session.isValid(2)) {
        allowConnections(session, true);
        mark(session, ref, null);
        return;
      }
      try (Connection another = maintenance.dedicated()) {
        allowConnections(another, true);
        mark(another, ref, null);
      }
    } catch (SQLException | OffshootException e) {
      LOG.error(
          "parent {} is still fenced; any worker opens it within a minute of reaching its server",
          parent.name());
      cause.addSuppressed(e);
    }
  }

  private void allowConnections(Connection session, boolean allowed) throws SQLException {
    Sql.execute(
        session,
        "ALTER DATABASE %s ALLOW_CONNECTIONS %s".formatted(Identifiers.quote(database), allowed));
  }

  private static void mark(Connection session, BranchRef ref, @Nullable Instant since)
      throws SQLException {
    Optional<Marker> marker = Roles.markerOf(session, ref.branchName());
    if (marker.isPresent()) {
      Sql.execute(session, Comments.onRole(session, ref.branchName(), marker.get().fenced(since)));
    }
  }
}
