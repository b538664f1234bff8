package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Deletes the databases and roles of a branch, whatever of them there is. */
final class Removal {
  private static final String PREPARED =
      "SELECT count(*) FROM pg_prepared_xacts WHERE database = ?";

  private final ParentConfig parent;
  private final Roles roles;

  Removal(ParentConfig parent, Roles roles) {
    this.parent = parent;
    this.roles = roles;
  }

  void run(Connection maintenance, BranchRef ref) throws SQLException {
    for (String role : List.of(ref.branchName(), ref.baseName())) {
      if (Roles.exists(maintenance, role)) {
        Logins.shut(maintenance, role);
      }
    }
    dropDatabase(maintenance, ref.branchName());
    dropDatabase(maintenance, ref.baseName());
    roles.drop(maintenance, ref);
  }

  /** Ends every session on {@code database} and drops it; fine if it is not there. */
  void dropDatabase(Connection maintenance, String database) throws SQLException {
    try {
      Sql.execute(
          maintenance,
          "DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(Identifiers.quote(database)));
    } catch (SQLException e) {
      if ("55006".equals(e.getSQLState())) {
        throw inUse(maintenance, database, e);
      }
      if ("42501".equals(e.getSQLState())) {
        throw new OffshootException(
            ErrorCode.LOCK_TIMEOUT,
            "parent '%s': database %s of a branch cannot be dropped by role %s, because it belongs to somebody else or a superuser is connected to it; end that session or drop it as superuser"
                .formatted(parent.name(), database, parent.username()),
            e);
      }
      throw e;
    }
  }

  private OffshootException inUse(Connection maintenance, String database, SQLException error)
      throws SQLException {
    long prepared = Sql.only(maintenance, PREPARED, row -> row.getLong(1), database);
    return new OffshootException(
        ErrorCode.LOCK_TIMEOUT,
        prepared > 0
            ? "parent '%s': database %s of a branch holds %d prepared transactions and cannot be dropped before a superuser has run ROLLBACK PREPARED on each"
                .formatted(parent.name(), database, prepared)
            : "parent '%s': database %s of a branch is in use and cannot be dropped; tried again"
                .formatted(parent.name(), database),
        error);
  }
}
