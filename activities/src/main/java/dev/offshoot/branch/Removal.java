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
    for (String savepoint : Savepoints.standing(maintenance, ref)) {
      dropDatabase(maintenance, savepoint);
    }
    dropDatabase(maintenance, ref.branchName());
    dropDatabase(maintenance, ref.baseName());
    roles.drop(maintenance, ref);
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
