package dev.offshoot.generated;

import dev.offshoot.DatabaseDump;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.Strictness;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a merge into the parent as it stands must give, found by doing it the blunt way in a
 * transaction that is rolled back: the experiment's schema statements, then the rows that {@link
 * ThreeWay} names, with no trigger and no foreign key in the way; then every constraint is asked.
 *
 * @param rowConflicts collisions of rows, {@code KIND table [key]}, and of what is dropped with
 *     them, {@code KIND table}
 * @param broken why else it cannot be merged
 * @param dump the parent afterwards; absent if it cannot be merged
 */
record Expectation(Set<String> rowConflicts, List<String> broken, @Nullable String dump) {

  private static final String KEEP_SEQUENCES =
      """
      SELECT format('ALTER SEQUENCE %I.%I INCREMENT BY %s', schemaname, sequencename, increment_by)
      FROM pg_sequences WHERE schemaname !~ '^offshoot'
      """;

  private static final String TABLES =
      """
      SELECT c.oid, c.oid::regclass::text AS name FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname !~ '^pg_'
        AND n.nspname NOT IN ('information_schema', 'offshoot', 'offshoot_capture')
      """;

  private static final String NOT_VALIDATED =
      "SELECT count(*) FROM pg_catalog.pg_constraint WHERE NOT convalidated";

  /** A base or a parent with the experiment's schema statements replayed. */
  private record Replayed(List<String> put, Rows rows) {}

  /**
   * The base's rows with the experiment's schema.
   *
   * @param base a superuser's session on the base, in a transaction that is rolled back
   */
  static Rows ofBase(Connection base, List<String> statements, ExperimentReport report)
      throws SQLException {
    return replay(base, statements, report).rows();
  }

  /**
   * @param parent a superuser's session on the parent, in a transaction that is rolled back
   */
  static Expectation of(
      Connection parent,
      Rows base,
      Rows branch,
      Drops drops,
      List<String> statements,
      ExperimentReport report,
      Strictness strictness)
      throws SQLException {
    Drops.Look look = drops.look(parent);
    Replayed replayed;
    try {
      replayed = replay(parent, statements, report);
    } catch (SQLException e) {
      return new Expectation(look.conflicts(), List.of("schema: " + e.getMessage()), null);
    }
    ThreeWay.Merge merge = ThreeWay.merge(base, branch, replayed.rows(), strictness);
    Set<String> conflicts = new TreeSet<>(look.afterwards(parent));
    conflicts.addAll(merge.conflicts());
    if (!conflicts.isEmpty()) {
      return new Expectation(conflicts, List.of(), null);
    }
    try {
      apply(parent, merge);
      Drops.Look late = look.beforeLateStatements(parent);
      for (String statement : replayed.put()) {
        Sql.execute(parent, statement);
      }
      Sql.execute(parent, "SET search_path = pg_catalog");
      Set<String> lost = late.afterwards(parent);
      if (!lost.isEmpty()) {
        return new Expectation(lost, List.of(), null);
      }
    } catch (SQLException e) {
      return new Expectation(Set.of(), List.of(String.valueOf(e.getMessage())), null);
    }
    List<String> broken = Invariants.broken(parent);
    return new Expectation(Set.of(), broken, broken.isEmpty() ? DatabaseDump.of(parent) : null);
  }

  private static Replayed replay(
      Connection session, List<String> statements, ExperimentReport report) throws SQLException {
    Sql.execute(session, "SET LOCAL session_replication_role = replica");
    for (String keep : Sql.list(session, KEEP_SEQUENCES, row -> row.getString(1))) {
      Sql.execute(session, keep);
    }
    List<String> put = new ArrayList<>();
    Set<Long> known = new HashSet<>(Sql.list(session, TABLES, row -> row.getLong("oid")));
    for (SchemaStatement statement : report.schemaStatements()) {
      String sql = statements.get(statement.index());
      String path = "SET LOCAL search_path = " + statement.searchPath();
      Savepoint savepoint = session.setSavepoint();
      boolean waits;
      try {
        Sql.execute(session, path);
        long before = Sql.only(session, NOT_VALIDATED, row -> row.getLong(1));
        Sql.execute(session, sql);
        // Rows of before need not meet it, but new ones must.
        waits = Sql.only(session, NOT_VALIDATED, row -> row.getLong(1)) > before;
      } catch (SQLException e) {
        if (put.isEmpty() && !SqlErrors.state(e).startsWith("23")) {
          throw e;
        }
        waits = true;
      }
      if (waits) {
        session.rollback(savepoint);
        put.add(path);
        put.add(sql);
      }
      Sql.execute(session, "SET LOCAL search_path = pg_catalog");
      for (String fresh :
          Sql.list(
              session, TABLES, row -> known.add(row.getLong("oid")) ? row.getString("name") : "")) {
        if (!fresh.isEmpty()) {
          Sql.execute(session, "DELETE FROM ONLY " + fresh);
        }
      }
    }
    Sql.execute(session, "SET LOCAL search_path = pg_catalog");
    return new Replayed(put, Rows.read(session));
  }

  private static void apply(Connection parent, ThreeWay.Merge merge) throws SQLException {
    for (Map.Entry<String, List<Rows.Row>> gone : merge.deleted().entrySet()) {
      for (Rows.Row row : gone.getValue()) {
        Sql.execute(
            parent,
            "DELETE FROM %s WHERE tableoid = %s AND ctid = '%s'"
                .formatted(gone.getKey(), row.at().get(0), row.at().get(1)));
      }
    }
    for (Map.Entry<String, List<Map<String, @Nullable String>>> come :
        merge.inserted().entrySet()) {
      for (Map<String, @Nullable String> row : come.getValue()) {
        insert(parent, come.getKey(), row);
      }
    }
  }

  private static void insert(Connection parent, String table, Map<String, @Nullable String> row)
      throws SQLException {
    if (row.isEmpty()) {
      Sql.execute(parent, "INSERT INTO " + table + " DEFAULT VALUES");
      return;
    }
    String insert =
        "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s)"
            .formatted(
                table,
                row.keySet().stream().map(Identifiers::quote).collect(Collectors.joining(", ")),
                row.keySet().stream().map(column -> "?").collect(Collectors.joining(", ")));
    try (PreparedStatement statement = parent.prepareStatement(insert)) {
      int place = 1;
      for (@Nullable String value : row.values()) {
        statement.setObject(place++, value, Types.OTHER);
      }
      statement.executeUpdate();
    }
  }
}
