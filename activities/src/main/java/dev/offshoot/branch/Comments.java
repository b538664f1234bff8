package dev.offshoot.branch;

import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/** Statements that write our marker; the server itself quotes it, as it cannot be bound there. */
final class Comments {
  private static final String ON_ROLE = "SELECT format('COMMENT ON ROLE %I IS %L', ?, ?)";
  private static final String ON_DATABASE = "SELECT format('COMMENT ON DATABASE %I IS %L', ?, ?)";

  private Comments() {}

  static String onRole(Connection connection, String role, Marker marker) throws SQLException {
    return Sql.only(connection, ON_ROLE, row -> row.getString(1), role, marker.toJson());
  }

  static String onDatabase(Connection connection, String database, Marker marker)
      throws SQLException {
    return Sql.only(connection, ON_DATABASE, row -> row.getString(1), database, marker.toJson());
  }
}
