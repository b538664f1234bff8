package dev.offshoot.experiment;

import dev.offshoot.domain.ShownText;
import dev.offshoot.sql.Identifiers;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first rows of a result one by one, so that never more than one is in memory, and lets
 * the server run through the others without sending them: a query may write as it goes.
 */
final class ResultReader {
  /** Rows that the driver fetches at once; more could be wide. */
  static final int FETCHED_ROWS = 1;

  private static final int MOST_COLUMNS = 50;
  private static final int MOST_OF_A_NAME = 100;

  /** How the driver names the portals from which it fetches. */
  private static final Pattern PORTAL = Pattern.compile("C_\\d+");

  private static final String PORTALS = "SELECT name, statement FROM pg_catalog.pg_cursors";

  private final Statement statement;
  private final ResultSet result;
  private final String sql;
  private final int columns;
  private final List<List<@Nullable String>> kept = new ArrayList<>();
  private long seen;

  private ResultReader(Statement statement, String sql) throws SQLException {
    this.statement = statement;
    this.result = statement.getResultSet();
    this.sql = sql;
    this.columns = result.getMetaData().getColumnCount();
  }

  /**
   * Reads all of the result on which {@code statement} stands.
   *
   * @param sql what it ran
   * @param mostRows rows to keep
   */
  static QueryResult read(Statement statement, String sql, int mostRows, ReportBudget budget)
      throws SQLException {
    ResultReader reader = new ResultReader(statement, sql);
    List<String> names = reader.names();
    reader.keep(mostRows, names, budget);
    long count = reader.seen + reader.runThrough();
    return new QueryResult(
        names, List.copyOf(reader.kept), count > reader.kept.size(), count, true);
  }

  private List<String> names() throws SQLException {
    ResultSetMetaData about = result.getMetaData();
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= Math.min(columns, MOST_COLUMNS); i++) {
      names.add(ShownText.elided(about.getColumnLabel(i), MOST_OF_A_NAME));
    }
    if (columns > MOST_COLUMNS) {
      names.add("…(%d more columns)".formatted(columns - MOST_COLUMNS));
    }
    return List.copyOf(names);
  }

  /** Keeps rows while they fit, and reads at least one, which the driver has fetched already. */
  private void keep(int mostRows, List<String> names, ReportBudget budget) throws SQLException {
    int room = budget.forNextResult();
    int used = ReportBudget.bytes(names);
    while (result.next()) {
      seen++;
      if (kept.size() == mostRows) {
        break;
      }
      List<@Nullable String> row = row();
      used += ReportBudget.bytes(row);
      if (used > room) {
        break;
      }
      kept.add(row);
    }
    budget.take(Math.min(used, room));
  }

  private List<@Nullable String> row() throws SQLException {
    List<@Nullable String> row = new ArrayList<>();
    for (int i = 1; i <= Math.min(columns, MOST_COLUMNS); i++) {
      row.add(CellText.of(result, i));
    }
    if (columns > MOST_COLUMNS) {
      row.add("…");
    }
    return row;
  }

  /** Rows after those that were read, counted by the server where it can be asked to. */
  private long runThrough() throws SQLException {
    Optional<String> portal = portal();
    if (portal.isPresent()) {
      try (Statement move = statement.getConnection().createStatement()) {
        return move.executeLargeUpdate("MOVE ALL IN " + Identifiers.quote(portal.get()));
      }
    }
    long count = 0;
    while (result.next()) {
      count++;
    }
    return count;
  }

  /** The portal behind the result, if it can be told from the session's own cursors. */
  private Optional<String> portal() throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement look = statement.getConnection().createStatement();
        ResultSet cursors = look.executeQuery(PORTALS)) {
      while (cursors.next()) {
        String name = cursors.getString(1);
        if (PORTAL.matcher(name).matches() && sql.equals(cursors.getString(2))) {
          found.add(name);
        }
      }
    }
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }
}
