package dev.offshoot.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a row that does not name a column has there, where that is a value and no computation: what
 * nobody has written.
 */
public final class ConstantDefault {
  private static final String VALUE = "(?:true|false|\\(?-?\\d+(?:\\.\\d+)?\\)?|'(?:[^']|'')*')";

  /**
   * A number, a truth value or a literal, which the server may have given a type; and one that was
   * converted with its column, from one type of the server's own to another.
   */
  private static final Pattern CONSTANT =
      Pattern.compile(VALUE + "(?:::[^:']+)?|\\(" + VALUE + "(?:::[^:'.]+)?\\)::[^:'.]+");

  private static final String DEFAULT =
      """
      SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = ?::oid AND d.adnum = ?
      """;

  private ConstantDefault() {}

  /**
   * As text; empty if there is none.
   *
   * @param session in a transaction, under {@code search_path = pg_catalog}
   * @param type the column's type as SQL
   */
  public static Optional<String> of(Connection session, long table, int column, String type)
      throws SQLException {
    Optional<String> constant =
        Sql.first(session, DEFAULT, row -> Optional.ofNullable(row.getString(1)), table, column)
            .flatMap(expression -> expression)
            .filter(expression -> CONSTANT.matcher(expression).matches());
    if (constant.isEmpty()) {
      return Optional.empty();
    }
    Savepoint savepoint = session.setSavepoint();
    try {
      String text =
          Sql.only(
              session,
              "SELECT format('%%s', CAST((%s) AS %s))".formatted(constant.get(), type),
              row -> row.getString(1));
      session.releaseSavepoint(savepoint);
      return Optional.of(text);
    } catch (SQLException e) {
      if (SqlErrors.isConnectionLoss(e)) {
        throw e;
      }
      session.rollback(savepoint);
      return Optional.empty();
    }
  }
}
