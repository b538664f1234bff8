package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is found to go, and what can be said of it. */
class DropSearchTest {
  private static final String PARTS =
      """
      CREATE TABLE log (id int, v text DEFAULT 'a') PARTITION BY LIST (id);
      CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
      CREATE TABLE log_2 PARTITION OF log FOR VALUES IN (2);
      INSERT INTO log VALUES (1, 'a'), (2, 'b'), (2, 'b');
      """;

  @Test
  void treeOfPartitions_isReadAsOne_orPartByPartWhereOneIsElsewhere() throws SQLException {
    try (TestParent parent = PostgresServer.parent(PARTS)) {
      assertThat(told(parent, "DROP TABLE log")).containsExactly("log 3");
      assertThat(told(parent, "ALTER TABLE log DROP COLUMN v")).containsExactly("log.v 2");
      assertThat(told(parent, "DROP TABLE log_2")).containsExactly("log_2 2");

      try (Connection superuser = parent.superuserConnection()) {
        Sql.execute(
            superuser,
            """
            CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER far FOREIGN DATA WRAPPER nowhere;
            CREATE FOREIGN TABLE log_3 PARTITION OF log FOR VALUES IN (3) SERVER far;
            ALTER FOREIGN TABLE log_3 OWNER TO %s;
            """
                .formatted(parent.config().username()));
      }
      assertThat(told(parent, "DROP TABLE log")).containsExactly("log_1 1", "log_2 2");
      assertThat(told(parent, "ALTER TABLE log DROP COLUMN v"))
          .containsExactly("log_1.v 0", "log_2.v 2");
    }
  }

  @Test
  void tableWhoseRowsAreHidden_isRefusedByName() throws SQLException {
    try (TestParent parent =
        PostgresServer.parent(
            "CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")) {
      assertThatThrownBy(() -> told(parent, "DROP TABLE t"))
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_CARRIED))
          .hasMessageContaining("table t: row security");
    }
  }

  /** {@code table.column rows} for all that {@code sql} drops. */
  private static List<String> told(TestParent parent, String sql) throws SQLException {
    try (Connection session = parent.ownerConnection()) {
      SessionSettings.applyForReading(session);
      session.setAutoCommit(false);
      TableCatalog original = TableCatalog.read(session);
      Sql.execute(session, "SET LOCAL search_path = public; " + sql);
      TableCatalog branch = TableCatalog.read(session);
      session.rollback();
      return DropSearch.run(session, original, branch, Progress.NONE).stream()
          .map(DropSearchTest::told)
          .toList();
    }
  }

  private static String told(DroppedContents contents) {
    return contents.table()
        + (contents.column() == null ? "" : "." + contents.column())
        + " "
        + contents.rows();
  }
}
