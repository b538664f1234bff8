package dev.offshoot.worker;

import dev.offshoot.worker.stack.ShopParent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A look into a running stack's Postgres from outside, as its superuser. */
record ShopDatabase(String server, String password) {
  private static final int PORT_LINE = 3;
  private static final String LEFTOVERS =
      """
      SELECT datname FROM pg_database WHERE datname LIKE 'offshoot\\_%'
      UNION ALL
      SELECT rolname FROM pg_roles WHERE rolname LIKE 'offshoot\\_%'
      """;

  static ShopDatabase of(Path dataFolder) throws Exception {
    Path postgres = dataFolder.resolve("postgres");
    String port =
        Files.readAllLines(postgres.resolve("data").resolve("postmaster.pid")).get(PORT_LINE);
    return new ShopDatabase(
        "jdbc:postgresql://127.0.0.1:" + port + "/",
        Files.readString(postgres.resolve("superuser.password")).strip());
  }

  /** The one value of a query on the shop. */
  String one(String query) throws SQLException {
    return list(ShopParent.DATABASE, query).get(0);
  }

  /** Databases and roles of branches. */
  List<String> leftovers() throws SQLException {
    return list("postgres", LEFTOVERS);
  }

  private List<String> list(String database, String query) throws SQLException {
    List<String> values = new ArrayList<>();
    // Closed at once: a session on the shop would keep it from being copied.
    try (Connection connection =
            DriverManager.getConnection(server + database, "postgres", password);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
