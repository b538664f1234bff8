package dev.offshoot.sql;

import dev.offshoot.domain.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where sequences stand that the session may set: those that cycle come back by themselves and are
 * left out. What a sequence is set to stays when the transaction is rolled back, unless the
 * transaction has given it another file before.
 *
 * @param byOid each of them by object id
 */
public record SequenceStands(Map<Long, Stand> byOid) {

  /**
   * @param sequence its name
   * @param node number of its file
   * @param increment below zero if it counts down
   * @param value the latest value handed out, or the first to be
   * @param called whether {@code value} was handed out
   */
  public record Stand(TableName sequence, long node, long increment, long value, boolean called) {
    /** Whether somebody may be handed a value again that was handed out at {@code earlier}. */
    public boolean isBehind(Stand earlier) {
      boolean isBefore = earlier.increment > 0 ? value < earlier.value : value > earlier.value;
      return isBefore || (value == earlier.value && earlier.called && !called);
    }
  }

  private static final String SEQUENCES =
      """
      SELECT c.oid, n.nspname, c.relname, c.relfilenode, s.seqincrement
      FROM pg_catalog.pg_sequence AS s JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE NOT s.seqcycle AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname <> 'offshoot'
        AND CASE WHEN c.relkind = 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
          AND pg_catalog.has_sequence_privilege(c.oid, 'UPDATE') END
      ORDER BY c.oid
      """;

  private static final String VALUES = "SELECT %d AS place, last_value, is_called FROM %s";

  /** Each takes a lock while it is asked, and the lock table is the whole server's. */
  private static final int AT_ONCE = 100;

  public SequenceStands {
    byOid = Map.copyOf(byOid);
  }

  private record Sequence(long oid, TableName name, long node, long increment) {}

  /** Reads them under the session's own role. */
  public static SequenceStands read(Connection session) throws SQLException {
    List<Sequence> sequences =
        Sql.list(
            session,
            SEQUENCES,
            row ->
                new Sequence(
                    row.getLong("oid"),
                    new TableName(row.getString("nspname"), row.getString("relname")),
                    row.getLong("relfilenode"),
                    row.getLong("seqincrement")));
    Map<Long, Stand> stands = new HashMap<>();
    for (int from = 0; from < sequences.size(); from += AT_ONCE) {
      List<Sequence> some = sequences.subList(from, Math.min(from + AT_ONCE, sequences.size()));
      String values =
          IntStream.range(0, some.size())
              .mapToObj(i -> VALUES.formatted(i, Identifiers.quote(some.get(i).name())))
              .collect(Collectors.joining(" UNION ALL "));
      Sql.list(
          session,
          values,
          row -> {
            Sequence sequence = some.get(row.getInt("place"));
            return stands.put(
                sequence.oid(),
                new Stand(
                    sequence.name(),
                    sequence.node(),
                    sequence.increment(),
                    row.getLong("last_value"),
                    row.getBoolean("is_called")));
          });
    }
    return new SequenceStands(stands);
  }

  /** Those that stand before where they stood at {@code earlier}, as they stood then. */
  public List<Stand> behind(SequenceStands earlier) {
    List<Stand> behind = new ArrayList<>();
    earlier.byOid.forEach(
        (oid, was) -> {
          @Nullable Stand now = byOid.get(oid);
          if (now != null && now.isBehind(was)) {
            behind.add(was);
          }
        });
    return behind;
  }
}
