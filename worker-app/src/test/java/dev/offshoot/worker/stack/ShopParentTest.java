package dev.offshoot.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ShopParentTest {

  private static final String PASSWORD = "the-owner's \"password\"";

  private static EmbeddedPostgresServer server;

  @BeforeAll
  static void fillShop() {
    server = EmbeddedPostgresServer.startTemporary();
    assertThat(ShopParent.fill(server, PASSWORD)).isTrue();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void hasRowsInEveryTableAndSomeThatWantFixing() throws Exception {
    try (Connection owner = owner(PASSWORD)) {
      Map<String, Long> rows = rowsByTable(owner);

      assertThat(rows)
          .hasSize(13)
          .allSatisfy((table, count) -> assertThat(count).as(table).isPositive());
      assertThat(rows.values().stream().mapToLong(Long::longValue).sum()).isGreaterThan(120_000);
      assertThat(value(owner, "SELECT count(*) FROM customers WHERE email <> lower(email)"))
          .isEqualTo("297");
      assertThat(value(owner, "SELECT count(*) FROM products WHERE name <> rtrim(name)"))
          .isEqualTo("154");
      assertThat(value(owner, "SELECT count(*) FROM coupons WHERE expires_on < '2025-01-01'"))
          .isEqualTo("200");
      assertThat(value(owner, "SELECT count(*) FROM coupons WHERE expires_on < '2035-01-01'"))
          .isEqualTo("200");
      // Branches of less than 50 MB are copied the fast way, by WAL_LOG.
      assertThat(Long.parseLong(value(owner, "SELECT pg_database_size('shop')")))
          .isLessThan(50_000_000);
    }
  }

  @Test
  void isTheSameEveryTime() throws Exception {
    try (EmbeddedPostgresServer another = EmbeddedPostgresServer.startTemporary()) {
      ShopParent.fill(another, PASSWORD);
      try (Connection one = owner(PASSWORD);
          Connection two =
              DriverManager.getConnection(another.jdbcUrl("shop"), ShopParent.OWNER, PASSWORD)) {
        for (String table : rowsByTable(one).keySet()) {
          String digest =
              "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM " + table + " AS t";
          assertThat(value(one, digest)).as(table).isEqualTo(value(two, digest));
        }
      }
    }
  }

  @Test
  void sequencesGoOnAfterTheRows() throws Exception {
    try (Connection owner = owner(PASSWORD);
        Statement statement = owner.createStatement()) {
      owner.setAutoCommit(false);
      statement.execute("INSERT INTO categories (name) VALUES ('Toys')");
      statement.execute("INSERT INTO warehouses (code, city) VALUES ('OSL', 'Oslo')");
      statement.execute(
          "INSERT INTO customers (first_name, last_name, email, country) VALUES ('A', 'B', 'a@b', 'NO')");
      statement.execute(
          "INSERT INTO orders (placed_on, customer_id, total) VALUES ('2026-02-01', 1, 0)");
      assertThat(value(owner, "SELECT tableoid::regclass FROM orders WHERE id = 24001"))
          .isEqualTo("orders_later");
      owner.rollback();
    }
  }

  @Test
  void theOwnerOwnsEverythingAndIsNoSuperuser() throws Exception {
    try (Connection owner = owner(PASSWORD)) {
      assertThat(
              value(
                  owner, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'"))
          .isEqualTo("shop_owner");
      assertThat(
              value(
                  owner,
                  """
                  SELECT count(*) FROM pg_class AS c
                  WHERE c.relnamespace = 'public'::regnamespace AND pg_get_userbyid(c.relowner) <> 'shop_owner'
                  """))
          .isEqualTo("0");
      assertThat(
              value(
                  owner,
                  """
                  SELECT (rolsuper, rolcreatedb, rolcreaterole, rolcanlogin, rolbypassrls, rolreplication)::text
                  FROM pg_roles WHERE rolname = 'shop_owner'
                  """))
          .isEqualTo("(f,t,t,t,f,f)");
    }
  }

  @Test
  void othersMayNotConnect() throws Exception {
    try (Connection superuser = superuser();
        Statement statement = superuser.createStatement()) {
      statement.execute("CREATE ROLE stranger LOGIN PASSWORD 'x'");
    }

    assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl("shop"), "stranger", "x"))
        .hasMessageContaining("permission denied for database \"shop\"");
  }

  @Test
  void fillingAgainKeepsWhatPeopleChangedAndTakesTheNewPassword() throws Exception {
    try (EmbeddedPostgresServer own = EmbeddedPostgresServer.startTemporary()) {
      // Two at once: one fills, the other waits and sees that nothing is left to do.
      CompletableFuture<Boolean> first =
          CompletableFuture.supplyAsync(() -> ShopParent.fill(own, "one"));
      CompletableFuture<Boolean> second =
          CompletableFuture.supplyAsync(() -> ShopParent.fill(own, "one"));
      assertThat(List.of(first.get(), second.get())).containsExactlyInAnyOrder(true, false);

      try (Connection owner =
              DriverManager.getConnection(own.jdbcUrl("shop"), ShopParent.OWNER, "one");
          Statement statement = owner.createStatement()) {
        statement.execute("DELETE FROM reviews WHERE id > 1");
      }
      assertThat(ShopParent.fill(own, "two")).isFalse();

      assertThatThrownBy(
              () -> DriverManager.getConnection(own.jdbcUrl("shop"), ShopParent.OWNER, "one"))
          .isInstanceOf(SQLException.class);
      try (Connection owner =
          DriverManager.getConnection(own.jdbcUrl("shop"), ShopParent.OWNER, "two")) {
        assertThat(value(owner, "SELECT count(*) FROM reviews")).isEqualTo("1");
      }
    }
  }

  @Test
  void theDemoExperimentRunsInOneTransactionAndTouchesFewRows() throws Exception {
    List<String> statements = new ArrayList<>(List.of(ShopParent.demoExperiment().split(";\\s*")));
    try (Connection owner = owner(PASSWORD);
        Statement statement = owner.createStatement()) {
      owner.setAutoCommit(false);
      assertThat(statement.execute(statements.remove(0))).as("the first one looks around").isTrue();
      List<Integer> touched = new ArrayList<>();
      for (String sql : statements) {
        statement.execute(sql);
        touched.add(statement.getUpdateCount());
      }

      assertThat(touched).hasSize(5).startsWith(0).endsWith(297, 154, 200);
      assertThat(touched.get(1)).isBetween(300, 2_000);
      assertThat(value(owner, "SELECT count(*) FROM customers WHERE email <> lower(email)"))
          .isEqualTo("0");
      assertThat(value(owner, "SELECT count(DISTINCT loyalty_tier) FROM customers")).isEqualTo("3");
      owner.rollback();
    }
  }

  private static Map<String, Long> rowsByTable(Connection connection) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                """
                SELECT relname FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
                """)) {
      while (result.next()) {
        tables.add(result.getString(1));
      }
    }
    Map<String, Long> rows = new TreeMap<>();
    for (String table : tables) {
      rows.put(table, Long.parseLong(value(connection, "SELECT count(*) FROM " + table)));
    }
    return rows;
  }

  private static Connection owner(String password) throws SQLException {
    return DriverManager.getConnection(
        server.jdbcUrl(ShopParent.DATABASE), ShopParent.OWNER, password);
  }

  private static Connection superuser() throws SQLException {
    return DriverManager.getConnection(
        server.jdbcUrl("postgres"), server.superuser(), server.superuserPassword());
  }

  private static String value(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }
}
