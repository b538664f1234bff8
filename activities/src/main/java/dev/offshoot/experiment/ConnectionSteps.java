package dev.offshoot.experiment;

import dev.offshoot.activity.SessionActivities.CloseConnection;
import dev.offshoot.activity.SessionActivities.ConnectionDone;
import dev.offshoot.activity.SessionActivities.WatchConnection;
import dev.offshoot.branch.BranchProvider;
import dev.offshoot.branch.BranchProvider.ConnectionUse;
import dev.offshoot.changelog.ConnectionTrace;
import dev.offshoot.diff.SchemaDerivation;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ConnectionEnd;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.SessionSpec;
import dev.offshoot.domain.Touched;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a worker does about the connections of an agent: watches them, and finds what they did. */
final class ConnectionSteps {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionSteps.class);
  private static final long MILLIS_BETWEEN_LOOKS = 500;

  /** Each takes the place of a step for as long as it lasts; a worker has ten by default. */
  private static final int MOST_WATCHED = 4;

  private static final AtomicInteger WATCHED = new AtomicInteger();

  private ConnectionSteps() {}

  /**
   * Refuses one more where the worker would have too little left for anything else.
   *
   * @throws OffshootException {@code SESSION_REFUSED}
   */
  static void requireRoom() {
    if (WATCHED.get() >= MOST_WATCHED) {
      throw new OffshootException(
          ErrorCode.SESSION_REFUSED,
          "this worker watches the connections of %d agents already, as many as it takes; send statements by run, or try again later"
              .formatted(MOST_WATCHED));
    }
  }

  /** {@link #look}, counted. */
  static ConnectionEnd watch(
      BranchProvider provider, WatchConnection request, long maxGrowth, Progress progress) {
    WATCHED.incrementAndGet();
    try {
      return look(provider, request, maxGrowth, progress);
    } finally {
      WATCHED.decrementAndGet();
    }
  }

  /**
   * Looks until cancelled or until they must end; then their login is shut.
   *
   * @param maxGrowth bytes that the branch may outgrow what it began with
   */
  private static ConnectionEnd look(
      BranchProvider provider, WatchConnection request, long maxGrowth, Progress progress) {
    Duration idle =
        Objects.requireNonNullElse(request.spec().session(), new SessionSpec(null)).idle();
    long lastUsed = System.nanoTime();
    boolean greedy = false;
    BranchProvider.@Nullable ConnectionGuard guard = null;
    try {
      while (true) {
        // Also where looking fails: here a cancellation is heard.
        progress.report("watching connections");
        try {
          if (guard == null) {
            guard = provider.guardConnections(request.branch());
          }
          ConnectionUse use = guard.look();
          greedy |= use.greedy();
          if (greedy) {
            provider.closeConnection(request.branch());
            return ConnectionEnd.TOO_MANY_LOCKS;
          }
          if (provider.bytes(request.branch()) - request.branchBytes() > maxGrowth) {
            provider.closeConnection(request.branch());
            return ConnectionEnd.OUTGROWN;
          }
          if (use.connections() > 0 && use.quiet().compareTo(idle) < 0) {
            lastUsed = System.nanoTime();
          } else if (System.nanoTime() - lastUsed > idle.toNanos()) {
            provider.closeConnection(request.branch());
            return ConnectionEnd.IDLE;
          }
        } catch (OffshootException e) {
          if (!e.code().retryable()) {
            throw e;
          }
          // The next look may succeed; one that has just ended greedy sessions keeps its guard.
          guard = greedy ? guard : closed(guard);
        }
        pause();
      }
    } finally {
      var unused = closed(guard);
    }
  }

  private static BranchProvider.@Nullable ConnectionGuard closed(
      BranchProvider.@Nullable ConnectionGuard guard) {
    if (guard != null) {
      guard.close();
    }
    return null;
  }

  private static void pause() {
    try {
      Thread.sleep(MILLIS_BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OffshootException(ErrorCode.CANCELLED, "interrupted while watching", e);
    }
  }

  /** Ends them and says what they changed, as far as it can be told. */
  static ConnectionDone close(BranchProvider provider, CloseConnection request, Progress progress) {
    BranchRef ref = request.branch();
    provider.closeConnection(ref);
    try (BranchProvider.Compared compared = provider.openForComparison(ref)) {
      Connection branch = compared.branch();
      SessionSettings.applyForReading(branch);
      Touched touched = ConnectionTrace.read(branch, request.atStart());
      return new ConnectionDone(touched, derived(compared, request, progress));
    } catch (SQLException e) {
      throw SqlErrors.working(Place.branch(ref), "looking for what connections changed", e);
    }
  }

  /** In a transaction on each, of which nothing stays. */
  private static List<ReplayedStatement> derived(
      BranchProvider.Compared compared, CloseConnection request, Progress progress)
      throws SQLException {
    Connection base = compared.base();
    SessionSettings.applyForReading(base);
    base.setAutoCommit(false);
    compared.branch().setAutoCommit(false);
    try {
      return SchemaDerivation.of(
          base,
          compared.branch(),
          request.branch().branchName(),
          request.schema(),
          request.spec().limits().statementTimeout(),
          progress);
    } finally {
      undo(base);
    }
  }

  /** A session whose statement had to be ended from outside is gone, and what it did with it. */
  private static void undo(Connection session) {
    try {
      session.rollback();
    } catch (SQLException e) {
      LOG.debug("nothing is left to be rolled back: SQLSTATE {}", SqlErrors.state(e));
    }
  }
}
