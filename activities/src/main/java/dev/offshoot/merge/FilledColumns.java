package dev.offshoot.merge;

import dev.offshoot.domain.TableName;
import dev.offshoot.sql.FilledColumn;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.PrintedValues;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Columns that the script has just added with one value for every row: the one of the rehearsal, or
 * the merge writes what nobody reviewed.
 */
final class FilledColumns {
  /** A table or partition that holds rows, with the column. */
  private record Part(
      long oid,
      TableName name,
      long fileNode,
      int number,
      boolean missing,
      @Nullable String value) {}

  private static final String PARTS =
      """
      SELECT c.oid, n.nspname, c.relname, c.relfilenode, a.attnum, a.atthasmissing,
        CASE WHEN a.atthasmissing THEN array_to_string(a.attmissingval, '') END AS value
      FROM pg_class w JOIN pg_namespace wn ON wn.oid = w.relnamespace
      JOIN LATERAL (
        SELECT w.oid UNION SELECT p.relid::oid FROM pg_partition_tree(w.oid) AS p) AS part (oid)
        ON true
      JOIN pg_class c ON c.oid = part.oid AND c.relkind = 'r'
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = ? AND NOT a.attisdropped
      WHERE wn.nspname = ? AND w.relname = ?
      """;

  private final ParentSession session;
  private final TablesBefore before;

  private FilledColumns(ParentSession session, TablesBefore before) {
    this.session = session;
    this.before = before;
  }

  /**
   * Looks at them. Reads rows only where the script has rewritten them.
   *
   * @param filled those of the statements that have run
   * @throws dev.offshoot.domain.OffshootException {@code MERGE_REFUSED} naming one with other
   *     values
   */
  static void verify(ParentSession session, TablesBefore before, List<FilledColumn> filled)
      throws SQLException {
    FilledColumns columns = new FilledColumns(session, before);
    for (FilledColumn each : filled) {
      columns.verify(each);
    }
  }

  private void verify(FilledColumn filled) throws SQLException {
    List<Part> parts =
        session.list(
            PARTS,
            row ->
                new Part(
                    row.getLong("oid"),
                    new TableName(row.getString("nspname"), row.getString("relname")),
                    row.getLong("relfilenode"),
                    row.getInt("attnum"),
                    row.getBoolean("atthasmissing"),
                    row.getString("value")),
            filled.column(),
            filled.table().schema(),
            filled.table().name());
    for (Part part : parts) {
      TablesBefore.@Nullable Table stood = before.byOid().get(part.oid());
      if (stood != null
          && before.isNewColumn(part.oid(), part.number())
          && !isSame(part, stood, filled)) {
        throw SelfCheck.refused(
            session,
            "the schema script gives rows of table %s another value in the new column %s than it gave them at the branch point"
                .formatted(part.name(), filled.column()));
      }
    }
  }

  private boolean isSame(Part part, TablesBefore.Table stood, FilledColumn filled)
      throws SQLException {
    if (part.missing()) {
      return Objects.equals(part.value(), filled.value());
    }
    if (filled.value() == null && part.fileNode() == stood.fileNode()) {
      return true;
    }
    session.report("reading the new column of " + part.name());
    String others =
        "SELECT EXISTS (SELECT FROM ONLY %s AS t WHERE %s IS DISTINCT FROM %s)"
            .formatted(
                Identifiers.quote(part.name()),
                PrintedValues.text("t." + Identifiers.quote(filled.column())),
                filled.value() == null ? "NULL" : "?::text");
    return !(filled.value() == null
        ? session.only(others, row -> row.getBoolean(1))
        : session.only(others, row -> row.getBoolean(1), filled.value()));
  }
}
