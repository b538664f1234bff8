package dev.offshoot.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.TableCatalog.Column;
import dev.offshoot.sql.TableCatalog.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableCatalogTest {
  private static final String TABLES =
      """
      CREATE DOMAIN inner_code AS bigint; CREATE DOMAIN code AS inner_code;
      CREATE TABLE pk (a int UNIQUE NOT NULL, b int, c int, PRIMARY KEY (c, b));
      CREATE TABLE shortest (a int NOT NULL, b int NOT NULL, c int NOT NULL, UNIQUE (a, b), UNIQUE (c));
      CREATE TABLE nullable (a int UNIQUE);
      CREATE TABLE partial (a int NOT NULL); CREATE UNIQUE INDEX ON partial (a) WHERE a > 0;
      CREATE TABLE expression (a int NOT NULL); CREATE UNIQUE INDEX ON expression ((a + 1));
      CREATE TABLE covering (a int NOT NULL, b int); CREATE UNIQUE INDEX ON covering (a) INCLUDE (b);
      CREATE TABLE computed (a int, g int GENERATED ALWAYS AS (a) STORED NOT NULL UNIQUE);
      CREATE TABLE periods (r daterange, id int4range, PRIMARY KEY (id, r WITHOUT OVERLAPS));
      CREATE TABLE dropped (x int, a int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, k code,
        v int GENERATED ALWAYS AS (a) VIRTUAL);
      ALTER TABLE dropped DROP x;
      CREATE TABLE root (id int PRIMARY KEY) PARTITION BY RANGE (id);
      CREATE TABLE mid PARTITION OF root FOR VALUES FROM (1) TO (9) PARTITION BY RANGE (id);
      CREATE TABLE leaf PARTITION OF mid FOR VALUES FROM (1) TO (5);
      CREATE TABLE mother (id int); CREATE UNLOGGED TABLE daughter () INHERITS (mother);
      CREATE VIEW no_table AS SELECT 1;
      CREATE SCHEMA offshoot; CREATE TABLE offshoot.merge_receipt (id int);
      """;

  private static TestParent parent;

  @BeforeAll
  static void start() throws SQLException {
    parent =
        PostgresServer.parent(
            PostgresServer.majorVersion() < 18
                ? TABLES
                    .replace("PRIMARY KEY (id, r WITHOUT OVERLAPS)", "EXCLUDE (r WITH =)")
                    .replace("VIRTUAL", "STORED")
                : TABLES);
  }

  @AfterAll
  static void stop() throws SQLException {
    parent.close();
  }

  @ParameterizedTest
  @CsvSource({
    "pk, 'c,b'",
    "shortest, c",
    "nullable, ''",
    "partial, ''",
    "expression, ''",
    "covering, a",
    "computed, ''",
    "periods, ''",
    "dropped, a",
    "root, id",
    "leaf, id"
  })
  void key_isThePrimaryKey_elseTheShortestThatNamesEveryRow(String name, String key)
      throws SQLException {
    Table table = table(name);

    assertThat(
            String.join(
                ",", table.key().stream().map(n -> table.column(n).orElseThrow().name()).toList()))
        .isEqualTo(key);
  }

  @Test
  void columns_keepTheirNumbers_andSayWhatTheyAre() throws SQLException {
    assertThat(table("dropped").columns())
        .containsExactly(
            new Column(2, "a", "integer", 23, true, true, false),
            new Column(3, "k", "public.code", 20, false, false, false),
            new Column(4, "v", "integer", 23, false, false, true));
    assertThat(table("dropped").writableColumns())
        .extracting(Column::name)
        .containsExactly("a", "k");
  }

  @Test
  void partitions_knowTheirRoot_andOthersWhoInherits() throws SQLException {
    assertThat(table("leaf").partitionRoot()).isEqualTo(table("root").oid());
    assertThat(table("mid").partitionRoot()).isEqualTo(table("root").oid());
    assertThat(table("root").partitionRoot()).isNull();
    assertThat(table("root").partitioned()).isTrue();
    assertThat(table("root").inheritanceChildren()).isFalse();
    assertThat(table("mother").inheritanceChildren()).isTrue();
    assertThat(table("daughter").unlogged()).isTrue();
  }

  @Test
  void fileNode_changesWithEveryReplacementOfStorage() throws SQLException {
    try (Connection session = parent.ownerConnection()) {
      session.setAutoCommit(false);
      TableName name = new TableName("public", "leaf");
      long before = TableCatalog.read(session).table(name).orElseThrow().fileNode();
      Sql.execute(session, "INSERT INTO leaf VALUES (1)");
      assertThat(TableCatalog.read(session).table(name).orElseThrow().fileNode()).isEqualTo(before);
      Sql.execute(session, "TRUNCATE leaf");
      assertThat(TableCatalog.read(session).table(name).orElseThrow().fileNode())
          .isNotEqualTo(before);
    }
  }

  @Test
  void viewsAndOurOwn_areNoTables() throws SQLException {
    try (Connection session = parent.ownerConnection()) {
      List<String> names =
          TableCatalog.read(session).tables().values().stream().map(t -> t.name().name()).toList();

      assertThat(names).contains("pk").doesNotContain("no_table", "merge_receipt");
    }
  }

  private static Table table(String name) throws SQLException {
    try (Connection session = parent.ownerConnection()) {
      return TableCatalog.read(session).table(new TableName("public", name)).orElseThrow();
    }
  }
}
