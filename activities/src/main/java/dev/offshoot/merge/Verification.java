package dev.offshoot.merge;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Strictness;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads every touched row back: it must be what was reviewed, as the server prints it. With {@code
 * CELL} an updated row must be so in the columns that the experiment changed. A counter must hold
 * what stood, with what was reviewed added.
 */
final class Verification {
  private static final String BY_KEY =
      """
      SELECT count(*)
      FROM {changes} AS s
      JOIN {outcomes} AS o ON o.n = s.n AND (o.outcome = 'APPLY' OR s.kind <> 'D')
      LEFT JOIN {rows} AS t ON {meets}
      LEFT JOIN {standing} AS p ON p.n = s.n
      WHERE NOT CASE s.kind
        WHEN 'D' THEN t.tableoid IS NULL OR EXISTS (
          SELECT FROM {changes} AS i WHERE i.kind <> 'D' AND {same})
        WHEN 'U' THEN t.tableoid IS NOT NULL AND {updated}
        ELSE t.tableoid IS NOT NULL AND {inserted}
      END
      """;

  /** Others may add equal rows meanwhile, so there may be more; the counters tell how many. */
  private static final String OF_MULTISET =
      """
      SELECT count(*)
      FROM {changes} AS s
      WHERE s.kind = 'I'
        AND s.copies > (SELECT count(*) FROM {rows} AS t WHERE {same})
      """;

  private Verification() {}

  /**
   * @throws OffshootException {@code MERGE_REFUSED} if a row is not what was reviewed
   */
  static void run(ParentSession session, TableMerge table, Strictness strictness)
      throws SQLException {
    session.report("verifying " + table.name());
    List<ReviewedColumn> columns = table.columns();
    List<String> inTable = TableMerge.each(columns, ReviewedColumn::inTable);
    List<String> after = TableMerge.each(columns, ReviewedColumn::after);
    Map<String, String> parts = new HashMap<>();
    parts.put("changes", table.changes());
    parts.put("outcomes", table.outcomes());
    parts.put("rows", table.target().rows());
    parts.put("standing", table.standing());
    String query;
    if (table.hasKey()) {
      String equalsAfter = Images.allSame(inTable, after);
      parts.put("meets", table.keysMeet());
      parts.put("inserted", equalsAfter);
      parts.put("updated", updated(table, strictness));
      parts.put("same", sameKey(table));
      query = BY_KEY;
    } else {
      parts.put("same", Images.array(inTable) + " = " + Images.array(after));
      query = OF_MULTISET;
    }
    requireNone(
        session, table, session.only(SqlTemplate.fill(query, parts), row -> row.getLong(1)));
  }

  /**
   * @throws OffshootException {@code MERGE_REFUSED} if there are rows that are not what was
   *     reviewed
   */
  static void requireNone(ParentSession session, TableMerge table, long wrong) {
    if (wrong > 0) {
      throw new OffshootException(
          ErrorCode.MERGE_REFUSED,
          "%s: the merge was undone before it was committed, because %d rows of table %s do not read back as reviewed"
              .formatted(session.parent(), wrong, table.name()));
    }
  }

  private static String updated(TableMerge table, Strictness strictness) {
    List<ReviewedColumn> valued = table.columns().stream().filter(c -> !c.delta()).toList();
    List<String> each = new ArrayList<>();
    each.add(
        strictness == Strictness.ROW
            ? Images.allSame(
                TableMerge.each(valued, ReviewedColumn::inTable),
                TableMerge.each(valued, ReviewedColumn::after))
            : changedAreSame(valued));
    for (ReviewedColumn counter : table.counters()) {
      each.add(Images.same(counter.inTable(), counter.merged(counter.standing())));
    }
    return String.join(" AND ", each);
  }

  private static String changedAreSame(List<ReviewedColumn> columns) {
    List<String> each = new ArrayList<>();
    for (ReviewedColumn column : columns) {
      each.add(
          "(NOT %s OR %s)"
              .formatted(column.changed(), Images.same(column.inTable(), column.after())));
    }
    return "(" + String.join(" AND ", each) + ")";
  }

  /** A deleted row whose key, written in another way, was inserted again. */
  private static String sameKey(TableMerge table) {
    return String.join(
        " AND ",
        table.key().stream()
            .map(part -> "i.k%1$d %2$s s.k%1$d".formatted(part.column().number(), part.equals()))
            .toList());
  }
}
