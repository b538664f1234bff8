package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.ledger.Undoing;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeltaColumnsTest {
  private static TestParent parent;
  private static ChangeSetStore store;

  @BeforeAll
  static void make() throws SQLException {
    parent =
        PostgresServer.parent(
            """
            CREATE SCHEMA shop;
            CREATE DOMAIN shop.amount AS int;
            CREATE TABLE shop.products (
              id int PRIMARY KEY, stock int, "Odd.stock" numeric(9, 2), ratio double precision,
              amount shop.amount, number int GENERATED ALWAYS AS IDENTITY,
              double int GENERATED ALWAYS AS (stock * 2) STORED);
            CREATE TABLE shop.visits (n int);
            CREATE TABLE shop.parts (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);
            CREATE TABLE shop.part PARTITION OF shop.parts FOR VALUES FROM (1) TO (9);
            """);
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    store = ledger.changeSets();
  }

  @AfterAll
  static void drop() throws SQLException {
    parent.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          shop.nothing.stock     | there is no such table
          shop.products.nothing  | the table has no such column
          shop.products.id       | part of the table's key
          shop.products.number   | the server numbers it
          shop.products.double   | computed from other columns
          shop.products.ratio    | its type is double precision
          shop.products.amount   | its type is shop.amount
          shop.visits.n          | its table has no key
          shop.part.n            | name the partitioned table
          """)
  void whatCanBeNoCounter_isRefused_withWhy(String column, String why) {
    assertThatThrownBy(() -> freeze(column))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SPEC))
        .hasMessageContaining(column)
        .hasMessageContaining(why);
  }

  @Test
  void counters_areInTheChangeSet_andInItsDigest() throws SQLException {
    ChangeSet plain = freeze();
    ChangeSet counting =
        freeze("shop.products.stock", "shop.products.\"Odd.stock\"", "shop.parts.n");

    assertThat(counting.digest()).isNotEqualTo(plain.digest());
    assertThat(store.get(counting.digest()).tables().get(0).shape().columns())
        .extracting(ColumnShape::delta)
        .containsExactly(false, true, true);
    assertThat(store.get(plain.digest()).tables().get(0).shape().columns())
        .noneMatch(ColumnShape::delta);
  }

  private static ChangeSet freeze(String... columns) throws SQLException {
    var builder =
        ExperimentSpec.builder()
            .goal("count")
            .parent("shop")
            .requestedBy("tester")
            .statement("SELECT 1");
    List.of(columns).forEach(builder::deltaColumn);
    TableName products = new TableName("shop", "products");
    try (Connection branch = parent.ownerConnection();
        ChangeSetStore.Writer writer =
            DeltaColumns.noted(
                builder.build(), branch, store.begin(new ExperimentId("counting")))) {
      writer.startTable(
          new ChangedTable(
              products,
              products,
              List.of(
                  new ColumnShape("id", "integer"),
                  new ColumnShape("stock", "integer"),
                  new ColumnShape("Odd.stock", "numeric(9,2)")),
              List.of(0),
              1));
      writer.row(RowChange.update(List.of("1", "2", "3.00"), List.of("1", "4", "3.00")));
      return writer.freeze(List.of(), List.of(), List.of(), List.of(), Undoing.OF_ROWS);
    }
  }
}
