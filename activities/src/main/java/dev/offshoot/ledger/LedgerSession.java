package dev.offshoot.ledger;

import dev.offshoot.sql.Place;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Sessions on the ledger, lent by whatever pool the worker has. */
final class LedgerSession {
  private LedgerSession() {}

  static Connection open(DataSource ledger) {
    try {
      return ledger.getConnection();
    } catch (SQLException e) {
      throw SqlErrors.connecting(Place.ledger(), e);
    }
  }

  /** Takes back what was not committed and leaves the session as it was lent. */
  static void end(Connection connection) throws SQLException {
    if (!connection.isClosed()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }
}
