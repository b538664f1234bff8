package dev.offshoot.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Short forms for statements whose results fit into memory. */
public final class Sql {
  private Sql() {}

  /** Reads the row on which a result stands. */
  @FunctionalInterface
  public interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Runs one or more statements; several are one transaction if autocommit is on. */
  public static void execute(Connection connection, String statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(statements);
    }
  }

  /** All rows of {@code query}, whose question marks stand for {@code values}. */
  public static <T> List<T> list(
      Connection connection, String query, RowReader<T> reader, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        List<T> list = new ArrayList<>();
        while (rows.next()) {
          list.add(reader.read(rows));
        }
        return list;
      }
    }
  }

  /** The first row of {@code query}, if there is one. */
  public static <T> Optional<T> first(
      Connection connection, String query, RowReader<T> reader, Object... values)
      throws SQLException {
    return list(connection, query, reader, values).stream().findFirst();
  }

  /** The one row that {@code query} always has. */
  public static <T> T only(
      Connection connection, String query, RowReader<T> reader, Object... values)
      throws SQLException {
    return first(connection, query, reader, values)
        .orElseThrow(() -> new IllegalStateException("a query without a row"));
  }
}
