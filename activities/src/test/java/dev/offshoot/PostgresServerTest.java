package dev.offshoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class PostgresServerTest {
  private static final String ORDERS =
      """
      CREATE TYPE mood AS ENUM ('glad', 'sad');
      CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text, m mood);
      INSERT INTO orders (note, m) VALUES ('a', 'glad'), ('b', NULL);
      """;

  @Test
  void dump_isEqualForEqualContents_andTellsARowApart() throws SQLException {
    try (TestParent one = PostgresServer.parent(ORDERS);
        TestParent other = PostgresServer.parent(ORDERS)) {
      assertThat(one.dump()).isEqualTo(other.dump()).contains("(1,a,glad)");

      other.execute("UPDATE orders SET note = 'c' WHERE id = 2");

      assertThat(one.dump()).isNotEqualTo(other.dump());
    }
  }

  @Test
  void parent_asksForThePassword() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      assertThatThrownBy(
              () ->
                  PostgresServer.connect(parent.database(), parent.config().username(), "guess")
                      .close())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }
  }

  @Test
  void freshLedgers_areEmptyAndApart() throws SQLException {
    try (Connection one = PostgresServer.freshLedger().getConnection();
        Connection other = PostgresServer.freshLedger().getConnection();
        Statement statement = one.createStatement();
        Statement otherStatement = other.createStatement()) {
      statement.execute("CREATE TABLE only_here (id int)");

      try (ResultSet found = otherStatement.executeQuery("SELECT to_regclass('only_here')")) {
        assertThat(found.next()).isTrue();
        assertThat(found.getString(1)).isNull();
      }
    }
  }
}
