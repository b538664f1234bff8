package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the databases and roles of a branch, whatever of them there is. */
final class Removal {
  private static final Logger LOG = LoggerFactory.getLogger(Removal.class);

  private static final ExecutorService DROPS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "offshoot-drop");
            thread.setDaemon(true);
            return thread;
          });

  private static final String PREPARED =
      "SELECT count(*) FROM pg_prepared_xacts WHERE database = ?";

  private final ParentConfig parent;
  private final Roles roles;

  Removal(ParentConfig parent, Roles roles) {
    this.parent = parent;
    this.roles = roles;
  }

  /**
   * @param another where a second session of the same kind comes from
   */
  void run(Connection maintenance, Supplier<Connection> another, BranchRef ref)
      throws SQLException {
    for (String role : List.of(ref.branchName(), ref.baseName())) {
      if (Roles.exists(maintenance, role)) {
        Logins.shut(maintenance, role);
      }
    }
    for (String savepoint : Savepoints.standing(maintenance, ref)) {
      dropDatabase(maintenance, savepoint);
    }
    dropDatabases(maintenance, another, ref);
    roles.drop(maintenance, ref);
  }

  /**
   * Both at once where both stand. Before the server deletes a database it writes out and syncs
   * whatever of all others is dirty, and a fresh copy is several hundred files of that; of two that
   * go together neither is written out, which takes a fraction of the time.
   */
  private void dropDatabases(Connection maintenance, Supplier<Connection> another, BranchRef ref)
      throws SQLException {
    if (DatabaseCopy.exists(maintenance, ref.branchName())
        && DatabaseCopy.exists(maintenance, ref.baseName())) {
      Optional<Connection> second = session(another);
      if (second.isPresent()) {
        try (Connection beside = second.get()) {
          dropAtOnce(maintenance, beside, ref);
        }
        return;
      }
    }
    dropDatabase(maintenance, ref.branchName());
    dropDatabase(maintenance, ref.baseName());
  }

  /** Where the server has none left, one session will do. */
  private static Optional<Connection> session(Supplier<Connection> another) {
    try {
      return Optional.of(another.get());
    } catch (OffshootException e) {
      LOG.info("no second session to drop a branch with: {}", e.code());
      return Optional.empty();
    }
  }

  private void dropAtOnce(Connection maintenance, Connection beside, BranchRef ref)
      throws SQLException {
    Future<Boolean> base =
        DROPS.submit(
            () -> {
              dropDatabase(beside, ref.baseName());
              return true;
            });
    try {
      dropDatabase(maintenance, ref.branchName());
    } catch (SQLException | RuntimeException e) {
      try {
        await(base);
      } catch (SQLException | RuntimeException other) {
        e.addSuppressed(other);
      }
      throw e;
    }
    await(base);
  }

  private static void await(Future<Boolean> drop) throws SQLException {
    try {
      var unused = drop.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OffshootException(ErrorCode.CANCELLED, "interrupted while dropping a branch", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * Ends the sessions on {@code database} and drops it; fine if it is not there. Not {@code WITH
   * (FORCE)}, which fails for a vacuum worker where the plain form sends it away.
   */
  void dropDatabase(Connection maintenance, String database) throws SQLException {
    if (!DatabaseCopy.exists(maintenance, database)) {
      return;
    }
    Sessions.endOnDatabase(maintenance, database);
    try {
      Sql.execute(maintenance, "DROP DATABASE IF EXISTS " + Identifiers.quote(database));
    } catch (SQLException e) {
      if ("55006".equals(e.getSQLState())) {
        throw inUse(maintenance, database, e);
      }
      if ("42501".equals(e.getSQLState())) {
        throw new OffshootException(
            ErrorCode.PARENT_UNSUITABLE,
            "%s: database %s bears the name of a branch but does not belong to role %s; drop it as superuser"
                .formatted(parent.place(), database, parent.username()),
            e);
      }
      throw e;
    }
  }

  private OffshootException inUse(Connection maintenance, String database, SQLException error)
      throws SQLException {
    long prepared = Sql.only(maintenance, PREPARED, row -> row.getLong(1), database);
    String sessions = Occupants.shown(Occupants.of(maintenance, database));
    String inTheWay =
        prepared > 0
            ? "%d prepared transactions are left in it, and a superuser must ROLLBACK PREPARED each"
                .formatted(prepared)
            : "sessions of others are connected to it: %s; close them"
                .formatted(sessions.isEmpty() ? "gone by now" : sessions);
    return new OffshootException(
        ErrorCode.LOCK_TIMEOUT,
        "%s: database %s of a branch cannot be dropped, since %s"
            .formatted(parent.place(), database, inTheWay),
        error);
  }
}
