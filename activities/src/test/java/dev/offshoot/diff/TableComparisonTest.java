package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Table;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two sessions on one database: what the first has not committed is the difference. */
class TableComparisonTest {
  private static final String KOI8 = "comparison_koi8r";

  @BeforeAll
  static void makeDatabase() throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(
          superuser,
          "CREATE DATABASE %s TEMPLATE template0 ENCODING 'KOI8R' LOCALE 'C'".formatted(KOI8));
    }
  }

  @AfterAll
  static void dropDatabase() throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(superuser, "DROP DATABASE %s WITH (FORCE)".formatted(KOI8));
    }
  }

  @Test
  void textKeys_areMatched_evenWhereTheServersBytesHaveAnotherOrder() throws SQLException {
    try (Connection base = session();
        Connection branch = session()) {
      Sql.execute(
          base,
          """
          CREATE TABLE word (w text, c char(3), v int, PRIMARY KEY (w, c));
          INSERT INTO word SELECT w, c, 0 FROM unnest(ARRAY['а', 'б', 'ц', 'ю', '~', 'я', '']) w,
            unnest(ARRAY['', 'Ж', 'x']) c;
          """);
      base.setAutoCommit(false);
      branch.setAutoCommit(false);
      Sql.execute(base, "UPDATE word SET v = 1 WHERE w IN ('ю', '~')");
      Sql.execute(base, "DELETE FROM word WHERE w = 'ю' AND c = 'Ж'");

      assertThat(differences(base, branch, "word"))
          .extracting(RowChange::kind)
          .containsOnly(RowChange.Kind.UPDATE, RowChange.Kind.INSERT)
          .hasSize(6);
    }
  }

  @Test
  void wideRows_areFetchedAFewAtATime() throws SQLException {
    try (Connection base = session()) {
      Sql.execute(
          base,
          """
          CREATE TABLE wide (id int PRIMARY KEY, v text);
          INSERT INTO wide SELECT i, repeat('x', 1000000) FROM generate_series(1, 150) i;
          """);
      base.setAutoCommit(false);
      try (RowStream rows =
          new RowStream(base, "SELECT t.id, t.v FROM wide AS t", 2, Progress.NONE)) {
        for (int i = 0; i < 21; i++) {
          rows.advance();
        }

        assertThat(rows.fetchSize()).isBetween(1, 5);
      }
    }
  }

  private static List<RowChange> differences(Connection base, Connection branch, String name)
      throws SQLException {
    Table table = TableCatalog.read(branch).table(new TableName("public", name)).orElseThrow();
    TablePair pair =
        new TablePair(
            table,
            table,
            table.name(),
            table.writableColumns(),
            List.of(0, 1),
            Set.of(),
            false,
            false);
    List<RowChange> differences = new ArrayList<>();
    new TableComparison(base, branch, Progress.NONE)
        .compare(pair, Optional.empty(), differences::add);
    return differences;
  }

  private static Connection session() throws SQLException {
    return SessionSettings.open(PostgresServer.url(KOI8), "postgres", "", KOI8);
  }
}
