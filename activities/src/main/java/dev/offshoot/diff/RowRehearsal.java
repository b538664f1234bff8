package dev.offshoot.diff;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowChange;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.sql.TableCatalog.Column;
import dev.offshoot.step.Progress;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings the rehearsed base's rows to those of the branch, so that statements which had to wait for
 * them can be rehearsed too.
 *
 * <p>On a base that is rolled back anyway this may be done bluntly: foreign keys are taken off and
 * put back, triggers and rules are switched off and stay so, and a changed row is replaced.
 */
final class RowRehearsal {
  private static final String FOREIGN_KEYS =
      """
      SELECT n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid) AS definition
      FROM pg_constraint k
      JOIN pg_class c ON c.oid = k.conrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE k.contype = 'f' AND k.conparentid = 0
        AND (k.conrelid = ANY (?) OR k.confrelid = ANY (?))
      ORDER BY k.oid
      """;

  private static final String SWITCHES =
      """
      SELECT format('ALTER TABLE %I.%I DISABLE TRIGGER USER', n.nspname, c.relname) AS statement
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = ANY (?)
        AND EXISTS (SELECT FROM pg_trigger t
                    WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D')
      UNION ALL
      SELECT format('ALTER TABLE %I.%I DISABLE RULE %I', n.nspname, c.relname, r.rulename)
      FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = ANY (?) AND r.ev_enabled <> 'D'
      """;

  private static final String WITH_PARTITIONS =
      """
      SELECT DISTINCT coalesce(p.relid, o)::oid::bigint
      FROM unnest(?) o LEFT JOIN LATERAL pg_partition_tree(o) p ON true
      """;

  private final Connection base;
  private final Progress progress;
  private final List<TableRows> tables = new ArrayList<>();

  RowRehearsal(Connection base, Progress progress) {
    this.base = base;
    this.progress = progress;
  }

  /** Makes room for the differences of a table. */
  TableRows table(TablePair pair) {
    int number = tables.size();
    TableRows table =
        new TableRows(
            pair,
            new RowStage(
                base,
                "offshoot_gone_" + number,
                pair,
                pair.hasKey() ? pair.key() : pair.everyColumn()),
            new RowStage(base, "offshoot_come_" + number, pair, pair.everyColumn()));
    tables.add(table);
    return table;
  }

  /**
   * @param gone keys or whole rows of what is removed
   * @param come rows that are put in
   */
  record TableRows(TablePair pair, RowStage gone, RowStage come)
      implements TableComparison.Differences {
    @Override
    public void add(RowChange change) throws SQLException {
      @Nullable List<@Nullable String> before = change.before();
      @Nullable List<@Nullable String> after = change.after();
      if (before != null) {
        gone.add(before, change.count());
      }
      if (after != null) {
        come.add(after, change.count());
      }
    }
  }

  private record ForeignKey(String table, String name, String definition) {}

  /**
   * Applies all differences.
   *
   * @throws OffshootException {@code NOT_CARRIED} if the rehearsed schema does not take the rows
   */
  void apply() throws SQLException {
    tables.removeIf(table -> table.gone().rows() + table.come().rows() == 0);
    if (tables.isEmpty()) {
      return;
    }
    try {
      for (TableRows table : tables) {
        table.gone().flush();
        table.come().flush();
      }
      List<ForeignKey> foreignKeys = takeOffForeignKeys();
      for (TableRows table : tables) {
        progress.report("rehearsing rows of " + NotCarried.show(table.pair().name()));
        remove(table.pair(), table.gone());
        putIn(table.pair(), table.come());
      }
      // Fires what is deferred: no ALTER TABLE while events are pending.
      Sql.execute(base, "SET CONSTRAINTS ALL IMMEDIATE");
      for (ForeignKey key : foreignKeys) {
        run(
            "ALTER TABLE %s ADD CONSTRAINT %s %s"
                .formatted(key.table(), key.name(), key.definition()));
      }
      // Nothing hangs on the types of their columns any more.
      for (TableRows table : tables) {
        Sql.execute(
            base,
            "DROP TABLE IF EXISTS %s, %s".formatted(table.gone().name(), table.come().name()));
      }
    } catch (SQLException e) {
      throw refusal(e);
    }
  }

  private List<ForeignKey> takeOffForeignKeys() throws SQLException {
    Array relations = relations();
    List<ForeignKey> foreignKeys =
        Sql.list(
            base,
            FOREIGN_KEYS,
            row ->
                new ForeignKey(
                    Identifiers.quote(row.getString("nspname"))
                        + "."
                        + Identifiers.quote(row.getString("relname")),
                    Identifiers.quote(row.getString("conname")),
                    row.getString("definition")),
            relations,
            relations);
    for (ForeignKey key : foreignKeys) {
      Sql.execute(base, "ALTER TABLE %s DROP CONSTRAINT %s".formatted(key.table(), key.name()));
    }
    for (String statement :
        Sql.list(base, SWITCHES, row -> row.getString("statement"), relations, relations)) {
      Sql.execute(base, statement);
    }
    return foreignKeys;
  }

  private Array relations() throws SQLException {
    Set<Long> roots = new HashSet<>();
    tables.forEach(table -> roots.add(table.pair().base().oid()));
    List<Long> relations =
        Sql.list(
            base,
            WITH_PARTITIONS,
            row -> row.getLong(1),
            base.createArrayOf("oid", roots.toArray()));
    return base.createArrayOf("oid", relations.toArray());
  }

  private void remove(TablePair pair, RowStage gone) throws SQLException {
    if (gone.rows() == 0) {
      return;
    }
    String target = pair.from();
    List<String> equal = new ArrayList<>();
    if (pair.hasKey()) {
      List<Column> key = pair.keyColumns();
      for (int i = 0; i < key.size(); i++) {
        equal.add("t.%s = g.c%d".formatted(Identifiers.quote(key.get(i).name()), i));
      }
      long removed =
          run(
              "DELETE FROM %s USING %s AS g WHERE %s"
                  .formatted(target, gone.name(), String.join(" AND ", equal)));
      requireEqual(pair, gone.rows(), removed);
      return;
    }
    for (int i = 0; i < pair.columns().size(); i++) {
      String column = Identifiers.quote(pair.columns().get(i).name());
      equal.add("format('%%s', t.%s) = format('%%s', g.c%d)".formatted(column, i));
      equal.add("num_nulls(t.%s) = num_nulls(g.c%d)".formatted(column, i));
    }
    String images = String.join(" AND ", equal);
    long removed =
        run(
            """
            DELETE FROM %1$s USING (
              SELECT part, place FROM (
                SELECT t.tableoid AS part, t.ctid AS place, g.ctid AS line, g.n,
                  row_number() OVER (PARTITION BY g.ctid) AS nth
                FROM %1$s JOIN %2$s AS g ON %3$s) AS matched
              WHERE nth <= n) AS doomed
            WHERE t.ctid = doomed.place AND t.tableoid = doomed.part
            """
                .formatted(target, gone.name(), images.isEmpty() ? "true" : images));
    requireEqual(pair, gone.rows(), removed);
  }

  private void putIn(TablePair pair, RowStage come) throws SQLException {
    if (come.rows() == 0) {
      return;
    }
    String columns =
        String.join(
            ", ", pair.columns().stream().map(column -> Identifiers.quote(column.name())).toList());
    long inserted =
        run(
            """
            INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE
            SELECT %s FROM %s AS g, generate_series(1, g.n)
            """
                .formatted(
                    Identifiers.quote(pair.base().name()),
                    columns,
                    come.columnsOf("g"),
                    come.name()));
    requireEqual(pair, come.rows(), inserted);
  }

  private long run(String sql) throws SQLException {
    try (Statement statement = base.createStatement()) {
      statement.setEscapeProcessing(false);
      Progress.Interruptible running = progress.interruptible(statement);
      try {
        return statement.executeLargeUpdate(sql);
      } finally {
        running.close();
      }
    }
  }

  private static void requireEqual(TablePair pair, long expected, long actual) {
    if (expected != actual) {
      throw new OffshootException(
          ErrorCode.INTERNAL,
          "rehearsing the rows of table %s: %d were to change and %d did"
              .formatted(NotCarried.show(pair.name()), expected, actual));
    }
  }

  /** The server's own message may hold values of rows. */
  private static OffshootException refusal(SQLException error) throws SQLException {
    String state = SqlErrors.state(error);
    if (SqlErrors.mayPass(error)) {
      throw error;
    }
    String reason =
        state.equals("55P04")
            ? "a row uses a label that the experiment itself adds to a type; merge the label first and use it in another experiment"
            : "the schema that the statements make of the base does not take the branch's rows (SQLSTATE %s); make the schema changes in an experiment of their own"
                .formatted(state);
    return NotCarried.because(reason);
  }
}
