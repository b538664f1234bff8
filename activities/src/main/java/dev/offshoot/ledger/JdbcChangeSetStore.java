package dev.offshoot.ledger;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Change sets in the ledger's tables {@code change_set}, {@code changed_table} and {@code
 * row_chunk}. Thread-safe. A writer holds one session from its first full chunk on; a cursor none
 * between chunks.
 */
public final class JdbcChangeSetStore implements ChangeSetStore {
  private static final String HEAD =
      "SELECT id, content FROM offshoot_ledger.change_set WHERE digest = ?";
  private static final String TABLES =
      """
      SELECT shape, inserted, updated, deleted
      FROM offshoot_ledger.changed_table WHERE change_set = ? ORDER BY ordinal
      """;
  private static final String TABLE =
      """
      SELECT t.change_set, t.ordinal
      FROM offshoot_ledger.change_set AS s
      JOIN offshoot_ledger.changed_table AS t ON t.change_set = s.id
      WHERE s.digest = ? AND t.schema_name = ? AND t.table_name = ?
      """;

  private final DataSource ledger;

  public JdbcChangeSetStore(DataSource ledger) {
    this.ledger = ledger;
  }

  @Override
  public Writer begin(ExperimentId owner) {
    return new JdbcChangeSetWriter(ledger, owner);
  }

  @Override
  public ChangeSet get(String digest) {
    try (Connection connection = LedgerSession.open(ledger)) {
      Head head =
          Sql.first(
                  connection,
                  HEAD,
                  row -> new Head(row.getLong("id"), row.getString("content")),
                  digest)
              .orElseThrow(() -> notFound(digest));
      List<ChangeSet.CountedTable> tables =
          Sql.list(
              connection,
              TABLES,
              row ->
                  new ChangeSet.CountedTable(
                      ChangeSetContent.read(row.getString("shape"), ChangedTable.class),
                      row.getLong("inserted"),
                      row.getLong("updated"),
                      row.getLong("deleted")),
              head.id());
      ChangeSetContent content = ChangeSetContent.read(head.content(), ChangeSetContent.class);
      return new ChangeSet(
          digest,
          content.script(),
          content.schemaChanges(),
          tables,
          content.rewrittenTables(),
          content.sequences(),
          content.undoing(),
          content.dropped(),
          content.filled(),
          content.blocks());
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "reading a change set", e);
    }
  }

  @Override
  public RowCursor rows(String digest, TableName table, long from) {
    try (Connection connection = LedgerSession.open(ledger)) {
      Optional<JdbcRowCursor> cursor =
          Sql.first(
              connection,
              TABLE,
              row ->
                  new JdbcRowCursor(ledger, row.getLong("change_set"), row.getInt("ordinal"), from),
              digest,
              table.schema(),
              table.name());
      return cursor.orElseThrow(
          () ->
              new OffshootException(
                  ErrorCode.NOT_FOUND,
                  "change set %s has no rows of table %s"
                      .formatted(
                          ShownText.oneLine(digest, 64),
                          ShownText.oneLine(table.toString(), 130))));
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "reading a change set", e);
    }
  }

  private record Head(long id, String content) {}

  private static OffshootException notFound(String digest) {
    return new OffshootException(
        ErrorCode.NOT_FOUND,
        "the ledger has no change set of digest %s".formatted(ShownText.oneLine(digest, 64)));
  }
}
