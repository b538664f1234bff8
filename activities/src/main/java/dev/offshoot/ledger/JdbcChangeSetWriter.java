package dev.offshoot.ledger;

import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet.CountedTable;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.FilledColumn;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes one change set in one transaction of the ledger, which begins with the first full chunk;
 * so nothing of an abandoned one stays. For one thread.
 */
final class JdbcChangeSetWriter implements ChangeSetStore.Writer {
  private static final String BEGIN =
      "INSERT INTO offshoot_ledger.change_set (owner) VALUES (?) RETURNING id";
  private static final String ADD_CHUNK =
      """
      INSERT INTO offshoot_ledger.row_chunk (change_set, ordinal, first_row, lines)
      VALUES (?, ?, ?, ?)
      """;
  private static final String ADD_TABLE =
      """
      INSERT INTO offshoot_ledger.changed_table
        (change_set, ordinal, schema_name, table_name, shape, inserted, updated, deleted)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String FREEZE =
      """
      UPDATE offshoot_ledger.change_set SET digest = ?, content = ?, frozen_at = now() WHERE id = ?
      """;
  private static final String UNIQUE_VIOLATION = "23505";

  private final DataSource ledger;
  private final ExperimentId owner;
  private final MessageDigest digest = sha256();
  private final List<CountedTable> tables = new ArrayList<>();
  private @Nullable ChangedTable current;
  private RowChunk chunk = new RowChunk(0);
  private long inserted;
  private long updated;
  private long deleted;
  private @Nullable Connection session;
  private long changeSet;
  private boolean over;
  private List<DroppedContents> dropped = List.of();
  private List<FilledColumn> filled = List.of();
  private List<SequenceBlock> blocks = List.of();

  JdbcChangeSetWriter(DataSource ledger, ExperimentId owner) {
    this.ledger = ledger;
    this.owner = owner;
    digest.update(CanonicalLines.HEADER.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void startTable(ChangedTable table) {
    requireOpen();
    endTable();
    if (!tables.isEmpty()
        && tables.get(tables.size() - 1).shape().table().compareTo(table.table()) >= 0) {
      throw new IllegalStateException("tables are written in the order of their names, once each");
    }
    current = table;
    digest.update(CanonicalLines.table(table));
  }

  @Override
  public void row(RowChange change) {
    requireOpen();
    ChangedTable table = current;
    if (table == null) {
      throw new IllegalStateException("a row needs a table");
    }
    requireWidth(change.before(), table);
    requireWidth(change.after(), table);
    byte[] line = CanonicalLines.row(change);
    digest.update(line);
    chunk.add(line);
    switch (change.kind()) {
      case INSERT -> inserted += change.count();
      case UPDATE -> updated += change.count();
      case DELETE -> deleted += change.count();
    }
    if (chunk.isFull()) {
      store();
    }
  }

  @Override
  public void drops(List<DroppedContents> contents) {
    dropped = List.copyOf(contents);
  }

  @Override
  public void fills(List<FilledColumn> columns) {
    filled = List.copyOf(columns);
  }

  @Override
  public void reserve(List<SequenceBlock> reserved) {
    blocks = List.copyOf(reserved);
  }

  @Override
  public ChangeSet freeze(
      List<ReplayStatement> script,
      List<SchemaChange> schemaChanges,
      List<TableName> rewrittenTables,
      List<SequenceAdvance> sequences,
      Undoing undoing) {
    requireOpen();
    endTable();
    script.forEach(statement -> digest.update(CanonicalLines.statement(statement)));
    schemaChanges.forEach(change -> digest.update(CanonicalLines.object(change)));
    rewrittenTables.forEach(table -> digest.update(CanonicalLines.rewritten(table)));
    sequences.forEach(advance -> digest.update(CanonicalLines.sequence(advance)));
    CanonicalLines.undoing(undoing).forEach(digest::update);
    dropped.forEach(contents -> CanonicalLines.dropped(contents).forEach(digest::update));
    filled.forEach(column -> digest.update(CanonicalLines.filled(column)));
    String hex = HexFormat.of().formatHex(digest.digest());
    over = true;
    store(
        hex,
        new ChangeSetContent(
            script, schemaChanges, rewrittenTables, sequences, undoing, dropped, filled, blocks));
    return new ChangeSet(
        hex,
        List.copyOf(script),
        List.copyOf(schemaChanges),
        List.copyOf(tables),
        List.copyOf(rewrittenTables),
        List.copyOf(sequences),
        undoing,
        dropped,
        filled,
        blocks);
  }

  @Override
  public void close() {
    over = true;
    Connection connection = session;
    session = null;
    if (connection == null) {
      return;
    }
    try (connection) {
      LedgerSession.end(connection);
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "closing a change set", e);
    }
  }

  private void endTable() {
    ChangedTable table = current;
    if (table == null) {
      return;
    }
    if (!chunk.isEmpty()) {
      store();
    }
    tables.add(new CountedTable(table, inserted, updated, deleted));
    current = null;
    chunk = new RowChunk(0);
    inserted = 0;
    updated = 0;
    deleted = 0;
  }

  /** The chunk of the current table, whose place is the next one. */
  private void store() {
    try (PreparedStatement insert = session().prepareStatement(ADD_CHUNK)) {
      insert.setLong(1, changeSet);
      insert.setInt(2, tables.size());
      insert.setLong(3, chunk.firstRow());
      insert.setBytes(4, chunk.compressed());
      insert.executeUpdate();
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "storing rows of a change set", e);
    }
    chunk = new RowChunk(chunk.nextRow());
  }

  /** Whoever stores a digest second waits for the first and then keeps the first's rows. */
  private void store(String hex, ChangeSetContent content) {
    try {
      Connection connection = session();
      storeTables(connection);
      try (PreparedStatement freeze = connection.prepareStatement(FREEZE)) {
        freeze.setString(1, hex);
        freeze.setString(2, ChangeSetContent.write(content));
        freeze.setLong(3, changeSet);
        freeze.executeUpdate();
        connection.commit();
      } catch (SQLException e) {
        if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
          throw e;
        }
        connection.rollback();
      }
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "freezing a change set", e);
    }
  }

  private void storeTables(Connection connection) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(ADD_TABLE)) {
      for (int ordinal = 0; ordinal < tables.size(); ordinal++) {
        CountedTable table = tables.get(ordinal);
        insert.setLong(1, changeSet);
        insert.setInt(2, ordinal);
        insert.setString(3, table.shape().table().schema());
        insert.setString(4, table.shape().table().name());
        insert.setString(5, ChangeSetContent.write(table.shape()));
        insert.setLong(6, table.inserted());
        insert.setLong(7, table.updated());
        insert.setLong(8, table.deleted());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private Connection session() throws SQLException {
    Connection connection = session;
    if (connection == null) {
      connection = LedgerSession.open(ledger);
      session = connection;
      connection.setAutoCommit(false);
      // Reading a large table may take longer between two chunks than a ledger's owner allows.
      Sql.execute(connection, "SET LOCAL idle_in_transaction_session_timeout = 0");
      changeSet = Sql.only(connection, BEGIN, row -> row.getLong(1), owner.value());
    }
    return connection;
  }

  private void requireOpen() {
    if (over) {
      throw new IllegalStateException("the change set is frozen or closed");
    }
  }

  private static void requireWidth(@Nullable List<@Nullable String> image, ChangedTable table) {
    if (image != null && image.size() != table.columns().size()) {
      throw new IllegalArgumentException("an image has one value for each column");
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
