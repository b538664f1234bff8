package dev.offshoot.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.NewerSyntax;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Collection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server's counters and storage tell of a session, here in one transaction. */
class RowWatchTest {
  private static final TableName T = new TableName("public", "t");

  private TestParent parent;
  private Connection connection;
  private RowWatch watch;

  @BeforeEach
  void start() throws SQLException {
    parent =
        PostgresServer.parent(
            """
            CREATE TABLE t (id int PRIMARY KEY, a text);
            INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100) g;
            CREATE TABLE u (id int REFERENCES t ON DELETE CASCADE);
            INSERT INTO u VALUES (1);
            """);
    connection = parent.ownerConnection();
    connection.setAutoCommit(false);
    watch = RowWatch.begin(connection);
  }

  @AfterEach
  void stop() throws SQLException {
    connection.close();
    parent.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE t ADD COLUMN n int DEFAULT 3",
        "ALTER TABLE t ADD COLUMN r float DEFAULT random()",
        "ALTER TABLE t ALTER COLUMN a TYPE varchar(9)",
        "ALTER TABLE u SET UNLOGGED",
        "CREATE INDEX ON t (a)",
        "CREATE TABLE copy AS SELECT * FROM t",
        "ALTER TABLE u DROP CONSTRAINT u_id_fkey",
        "ANALYZE t",
        "SELECT count(*) FROM t",
        "CREATE TEMP TABLE x AS SELECT * FROM t",
        "REFRESH MATERIALIZED VIEW m"
      })
  void whatKeepsTheRows_writesNone(String sql) throws SQLException {
    Sql.execute(connection, "CREATE MATERIALIZED VIEW m AS SELECT id FROM t");
    watch.look(connection);

    Sql.execute(connection, sql);

    assertThat(written()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO t VALUES (200)",
        "UPDATE t SET a = a",
        "DELETE FROM t WHERE id = 50",
        "TRUNCATE t CASCADE",
        "DO $$ BEGIN TRUNCATE t CASCADE; INSERT INTO t VALUES (1); ALTER TABLE t ADD n int; END $$",
        "DO $$ BEGIN ALTER TABLE t ADD n int; EXECUTE 'UPDATE t SET n = 1 WHERE id = 2'; END $$",
        "WITH gone AS (DELETE FROM t WHERE id = 7 RETURNING id) SELECT count(*) FROM gone",
        "MERGE INTO t USING (VALUES (9)) AS s (id) ON s.id = t.id WHEN MATCHED THEN UPDATE SET a = 'y'"
      })
  void whatWritesRows_isSeen(String sql) throws SQLException {
    NewerSyntax.assumeUnderstood(sql);
    Sql.execute(connection, sql);

    assertThat(written()).contains(T);
  }

  @Test
  void cascades_areSeenInTheTablesTheyReach() throws SQLException {
    Sql.execute(connection, "DELETE FROM t WHERE id = 1");

    assertThat(written()).containsExactlyInAnyOrder(T, new TableName("public", "u"));
  }

  @Test
  void truncationAfterWrites_isSeen_aRewriteAfterWritesIsNone() throws SQLException {
    Sql.execute(connection, "UPDATE t SET a = 'z'");
    assertThat(written()).containsExactly(T);

    Sql.execute(connection, "ALTER TABLE t ALTER COLUMN a TYPE varchar(9)");
    assertThat(written()).isEmpty();

    Sql.execute(connection, "TRUNCATE t CASCADE");
    assertThat(written()).contains(T);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE t RENAME TO s",
        "ALTER TABLE t SET SCHEMA elsewhere",
        "ALTER TABLE t RENAME TO s; ALTER TABLE u RENAME TO t; ALTER TABLE s RENAME TO u"
      })
  void tableThatIsRenamedAfterWrites_isNotWrittenByThat(String sql) throws SQLException {
    Sql.execute(connection, "CREATE SCHEMA elsewhere; UPDATE t SET a = 'z'; UPDATE u SET id = 2");
    watch.look(connection);

    Sql.execute(connection, sql);

    assertThat(written()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM u",
        "DO $$ BEGIN DELETE FROM u; INSERT INTO u VALUES (2); DELETE FROM u; END $$",
        "UPDATE u SET id = 3; DELETE FROM u WHERE id = 3"
      })
  void rewriteOfATableWithDeadRowsOnly_isNoTruncation(String emptied) throws SQLException {
    Sql.execute(connection, emptied);
    watch.look(connection);
    connection.commit();
    watch.transactionBegan(connection);

    Sql.execute(connection, "ALTER TABLE u ADD COLUMN r float DEFAULT random()");

    assertThat(written()).isEmpty();
  }

  @Test
  void truncation_isSeen_whateverWasUndoneBefore() throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    Sql.execute(connection, "INSERT INTO u VALUES (2)");
    connection.rollback(savepoint);
    watch.look(connection);

    Sql.execute(connection, "TRUNCATE u");

    assertThat(written()).contains(new TableName("public", "u"));
  }

  @Test
  void truncationOfRowsThatAreNew_isSeen() throws SQLException {
    Sql.execute(connection, "DELETE FROM u");
    watch.look(connection);
    Sql.execute(connection, "INSERT INTO u VALUES (2)");
    watch.look(connection);
    connection.commit();
    watch.transactionBegan(connection);

    Sql.execute(connection, "TRUNCATE u");

    assertThat(written()).contains(new TableName("public", "u"));
  }

  @Test
  void tableThatMayNotBeRead_isTakenToHaveRows() throws SQLException {
    Sql.execute(connection, "DELETE FROM u; REVOKE SELECT ON u FROM CURRENT_USER");
    watch.look(connection);
    connection.commit();
    watch.transactionBegan(connection);

    Sql.execute(connection, "TRUNCATE u");

    assertThat(written()).contains(new TableName("public", "u"));
  }

  @Test
  void tableThatIsNew_doesNotStand_butIsTouched() throws SQLException {
    Sql.execute(connection, "CREATE TABLE fresh (id int); INSERT INTO fresh VALUES (1)");

    assertThat(written()).isEmpty();
    assertThat(watch.touchedTables()).hasSize(1);
  }

  @Test
  void rolledBackStatement_countsOnce_andThenNoMore() throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    Sql.execute(connection, "UPDATE t SET a = 'z'");
    connection.rollback(savepoint);
    watch.look(connection);

    Sql.execute(connection, "ALTER TABLE t ADD n int");

    assertThat(written()).isEmpty();
  }

  private Collection<TableName> written() throws SQLException {
    return watch.look(connection).standing().values();
  }
}
