package dev.offshoot.diff;

import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Finds the sequences that stand elsewhere in the branch than in the rehearsed base. */
final class SequenceComparison {
  /** {@code last_value} is null for a sequence that was never used. */
  private static final String SEQUENCES =
      """
      SELECT schemaname, sequencename, coalesce(last_value, 0) AS value
      FROM pg_catalog.pg_sequences
      WHERE schemaname !~ '^pg_' AND schemaname <> 'offshoot'
      """;

  private SequenceComparison() {}

  /** In the order of their names. */
  static List<SequenceAdvance> advances(Connection base, Connection branch) throws SQLException {
    Map<TableName, Long> before = values(base);
    List<SequenceAdvance> advances = new ArrayList<>();
    values(branch)
        .forEach(
            (name, value) -> {
              long start = before.getOrDefault(name, 0L);
              if (start != value) {
                advances.add(new SequenceAdvance(name, start, value));
              }
            });
    return List.copyOf(advances);
  }

  private static Map<TableName, Long> values(Connection session) throws SQLException {
    Map<TableName, Long> values = new TreeMap<>();
    Sql.list(
        session,
        SEQUENCES,
        row ->
            values.put(
                new TableName(row.getString("schemaname"), row.getString("sequencename")),
                row.getLong("value")));
    return values;
  }
}
