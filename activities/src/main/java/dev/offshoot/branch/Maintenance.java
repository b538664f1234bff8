package dev.offshoot.branch;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.BooleanSupplier;

/**
 * Sessions as the parent's owner on another database of its server. From there databases and roles
 * are made and dropped, since a session on the parent itself would keep it from being copied.
 * Thread-safe; holds no connection until the first is asked for.
 */
final class Maintenance implements AutoCloseable {
  private static final String LOCK = "SELECT pg_advisory_lock(hashtextextended(?, 0))";
  private static final String SHARE = "SELECT pg_advisory_lock_shared(hashtextextended(?, 0))";
  private static final String TRY = "SELECT pg_try_advisory_lock(hashtextextended(?, 0))";
  private static final String UNSHARE = "SELECT pg_advisory_unlock_shared(hashtextextended(?, 0))";
  private static final String UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(?, 0))";

  private static final String LOCKED_OUT = "53200";

  private final ParentConfig parent;
  private final HikariDataSource pool;
  private final KeptSessions kept;
  private BooleanSupplier remedy = () -> false;

  Maintenance(ParentConfig parent) {
    this.parent = parent;
    HikariConfig config = new HikariConfig();
    config.setPoolName("offshoot-" + parent.name());
    config.setDataSource(
        SessionSettings.dataSource(
            parent.url(), parent.username(), parent.password(), parent.maintenanceDatabase()));
    config.setMaximumPoolSize(4);
    config.setMinimumIdle(0);
    config.setIdleTimeout(60_000);
    config.setConnectionTimeout(6_000);
    config.setInitializationFailTimeout(-1);
    this.pool = new HikariDataSource(config);
    this.kept =
        new KeptSessions(
            () ->
                SessionSettings.open(
                    parent.url(),
                    parent.username(),
                    parent.password(),
                    parent.maintenanceDatabase()));
  }

  /**
   * What to do when the server has no memory or lock left for another session, before that is tried
   * once more.
   *
   * @param whatMayHelp whether it has changed anything
   */
  void whenLockedOut(BooleanSupplier whatMayHelp) {
    remedy = whatMayHelp;
  }

  /** A pooled session for a few quick statements. */
  Connection pooled() {
    return had(pool::getConnection);
  }

  /** A session of its own for work that takes long; whatever it locks ends with its closing. */
  Connection dedicated() {
    return had(kept::take);
  }

  @FunctionalInterface
  private interface Source {
    Connection take() throws SQLException;
  }

  private Connection had(Source source) {
    try {
      try {
        return source.take();
      } catch (SQLException e) {
        if (!SqlErrors.state(e).equals(LOCKED_OUT) || !remedy.getAsBoolean()) {
          throw e;
        }
        return source.take();
      }
    } catch (SQLException e) {
      throw notHad(e);
    }
  }

  /**
   * Waits until no other session, of whichever worker, holds {@code name}; the lock ends with
   * {@link #unlock} or with the session.
   */
  static void lock(Connection connection, String name, Progress progress) throws SQLException {
    await(connection, LOCK, name, progress);
  }

  /** The same beside others who share it; ends with {@link #unshare} or with the session. */
  static void share(Connection connection, String name, Progress progress) throws SQLException {
    await(connection, SHARE, name, progress);
  }

  /** Takes {@code name} if nobody holds it. */
  static boolean tryLock(Connection connection, String name) throws SQLException {
    return Sql.only(connection, TRY, row -> row.getBoolean(1), name);
  }

  private static void await(Connection connection, String query, String name, Progress progress)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      execute(statement, progress);
    }
  }

  /** Runs what may take long, so that a cancellation ends it. */
  static void execute(PreparedStatement statement, Progress progress) throws SQLException {
    Progress.Interruptible running = progress.interruptible(statement);
    try {
      statement.execute();
    } finally {
      running.close();
    }
  }

  static void unlock(Connection connection, String name) throws SQLException {
    Sql.only(connection, UNLOCK, row -> row.getBoolean(1), name);
  }

  static void unshare(Connection connection, String name) throws SQLException {
    Sql.only(connection, UNSHARE, row -> row.getBoolean(1), name);
  }

  @Override
  public void close() {
    kept.close();
    pool.close();
  }

  private OffshootException notHad(SQLException error) {
    if (SqlErrors.state(error).equals("3D000")) {
      return new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "parent '%1$s': its server has no database '%2$s' from which branches could be made; set parents.%1$s.maintenanceDatabase"
              .formatted(parent.name(), parent.maintenanceDatabase()),
          error);
    }
    return SqlErrors.connecting(parent.place(), error);
  }
}
