package dev.offshoot.changelog;

import dev.offshoot.domain.SqlLexer;
import dev.offshoot.domain.SqlToken;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the rows of all tables lie. Row counters do not show a truncation, a rewrite, or a column
 * whose old rows all got a value that was computed at that moment; this does.
 *
 * @param files storage of each table with rows of its own, by object id
 * @param computed columns whose value in old rows was computed when they were added
 */
record TableStorage(Map<Long, File> files, Set<ComputedColumn> computed) {

  /**
   * @param table its name
   * @param node number of its file, which a truncation or a rewrite changes
   * @param bytes its size
   */
  record File(TableName table, long node, long bytes) {}

  /** A column by its table's object id and its number. */
  record ComputedColumn(long table, int number) {}

  private static final String FILES =
      """
      SELECT c.oid, n.nspname, c.relname, c.relfilenode, pg_relation_size(c.oid) AS bytes
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot')
      """;

  /** Columns whose old rows share one value that is kept in the catalog. */
  private static final String ADDED_COLUMNS =
      """
      SELECT a.attrelid, a.attnum, coalesce(pg_get_expr(d.adbin, d.adrelid), '?') AS expression
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.atthasmissing AND NOT a.attisdropped
      """;

  static TableStorage read(Connection connection) throws SQLException {
    return Aside.look(connection, TableStorage::query);
  }

  private static TableStorage query(Connection connection) throws SQLException {
    Map<Long, File> files = new HashMap<>();
    Sql.list(
        connection,
        FILES,
        row ->
            files.put(
                row.getLong("oid"),
                new File(
                    new TableName(row.getString("nspname"), row.getString("relname")),
                    row.getLong("relfilenode"),
                    row.getLong("bytes"))));
    Set<ComputedColumn> computed = new HashSet<>();
    Sql.list(
        connection,
        ADDED_COLUMNS,
        row ->
            isConstant(row.getString("expression"))
                || computed.add(
                    new ComputedColumn(row.getLong("attrelid"), row.getInt("attnum"))));
    return new TableStorage(Map.copyOf(files), Set.copyOf(computed));
  }

  /**
   * Whether a default, as the server prints it, gives the same whenever a column is added with it:
   * a literal, perhaps cast once. ({@code now()} does not; {@code 'now'::date} never prints.)
   */
  static boolean isConstant(String expression) {
    List<SqlToken> tokens = SqlLexer.tokens(expression);
    int at = 0;
    boolean parenthesis = !tokens.isEmpty() && tokens.get(0).isSymbol('(');
    at += parenthesis ? 1 : 0;
    at += at < tokens.size() && tokens.get(at).isSymbol('-') ? 1 : 0;
    if (at >= tokens.size() || !isLiteral(tokens.get(at))) {
      return false;
    }
    at++;
    if (parenthesis) {
      if (at >= tokens.size() || !tokens.get(at).isSymbol(')')) {
        return false;
      }
      at++;
    }
    return isCastOrNothing(tokens.subList(at, tokens.size()));
  }

  private static boolean isLiteral(SqlToken token) {
    return token.kind() == SqlToken.Kind.STRING
        || token.kind() == SqlToken.Kind.NUMBER
        || token.isWord("TRUE")
        || token.isWord("FALSE")
        || token.isWord("NULL");
  }

  /** {@code ::} and a type, whose name may be qualified and have a size and brackets. */
  private static boolean isCastOrNothing(List<SqlToken> tokens) {
    if (tokens.isEmpty()) {
      return true;
    }
    boolean cast = tokens.size() > 2 && tokens.get(0).isSymbol(':') && tokens.get(1).isSymbol(':');
    return cast
        && tokens.stream()
            .skip(2)
            .allMatch(
                token ->
                    token.kind() != SqlToken.Kind.STRING
                        && (token.kind() != SqlToken.Kind.SYMBOL
                            || ".(),[]".contains(token.text())));
  }
}
