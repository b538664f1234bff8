package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is said of a table's size, and which way of reading it is chosen by it. */
class TableSizeTest {
  @Test
  void largeTable_isEstimated_unlessAllOfItIsReadOrGone() throws SQLException {
    try (TestParent parent =
            PostgresServer.parent(
                """
                CREATE TABLE large (id int PRIMARY KEY) PARTITION BY RANGE (id);
                CREATE TABLE large1 PARTITION OF large FOR VALUES FROM (0) TO (150000);
                CREATE TABLE large2 PARTITION OF large FOR VALUES FROM (150000) TO (300000);
                INSERT INTO large SELECT generate_series(1, 200000);
                ANALYZE large;
                DELETE FROM large WHERE id = 7;
                """);
        Connection base = parent.ownerConnection();
        Connection branch = parent.ownerConnection()) {
      branch.setAutoCommit(false);

      TableSize size = size(base, branch);
      assertThat(size.rows()).isEqualTo(200_000);
      assertThat(size.isFasterByKey(20_000)).isTrue();
      assertThat(size.isFasterByKey(20_001)).isFalse();

      size.count();
      assertThat(size.rows()).isEqualTo(199_999);

      Sql.execute(branch, "DELETE FROM large");
      assertThat(size(base, branch).rows()).isEqualTo(199_999);
    }
  }

  @Test
  void smallTable_isCounted_andItsFewRowsAreLookedUp() throws SQLException {
    try (TestParent parent =
            PostgresServer.parent(
                """
                CREATE TABLE large (id int PRIMARY KEY);
                INSERT INTO large SELECT generate_series(1, 200);
                ANALYZE large;
                DELETE FROM large WHERE id = 7;
                """);
        Connection base = parent.ownerConnection()) {
      TableSize size = size(base, base);

      assertThat(size.rows()).isEqualTo(199);
      assertThat(size.isFasterByKey(200)).isTrue();
    }
  }

  private static TableSize size(Connection base, Connection branch) throws SQLException {
    Table table = TableCatalog.read(base).table(new TableName("public", "large")).orElseThrow();
    return new TableSize(
        base,
        branch,
        new TablePair(
            table,
            table,
            table.name(),
            table.writableColumns(),
            List.of(0),
            Set.of(),
            false,
            false));
  }
}
