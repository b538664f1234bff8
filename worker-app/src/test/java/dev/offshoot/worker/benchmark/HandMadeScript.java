package dev.offshoot.worker.benchmark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * What somebody would write who wants the same once and trusts everybody: copies the parent twice,
 * runs the statements on the one, compares it with the other, puts what differs into the parent in
 * one transaction, and drops the copies. It knows the tables, makes no roles, looks for no
 * conflicts, asks nobody, and leaves everything behind if it is interrupted.
 */
final class HandMadeScript {
  private final LoadWorld world;
  private final String parent;

  HandMadeScript(LoadWorld world, String parent) {
    this.world = world;
    this.parent = parent;
  }

  void run(int number, List<String> statements) throws SQLException, IOException {
    String base = "by_hand_%d_base".formatted(number);
    String branch = "by_hand_%d".formatted(number);
    try (Connection server = world.owner("postgres")) {
      execute(server, "CREATE DATABASE %s TEMPLATE %s".formatted(base, parent));
      execute(server, "CREATE DATABASE %s TEMPLATE %s".formatted(branch, base));
      try (Connection branched = world.owner(branch)) {
        inOneTransaction(branched, statements);
        try (Connection before = world.owner(base);
            Connection merged = world.owner(parent)) {
          merged.setAutoCommit(false);
          for (Shop.Table table : Shop.TABLES) {
            carry(table, before, branched, merged);
          }
          merged.commit();
        }
      }
      execute(server, "DROP DATABASE " + branch);
      execute(server, "DROP DATABASE " + base);
    }
  }

  private static void inOneTransaction(Connection branch, List<String> statements)
      throws SQLException {
    branch.setAutoCommit(false);
    for (String sql : statements) {
      execute(branch, sql);
    }
    branch.commit();
    branch.setAutoCommit(true);
  }

  private static void carry(Shop.Table table, Connection base, Connection branch, Connection parent)
      throws SQLException, IOException {
    String name = table.name();
    String key = table.columns().get(0);
    execute(branch, "CREATE TEMP TABLE was_%1$s (LIKE %1$s)".formatted(name));
    copy(base, "COPY %s TO STDOUT".formatted(name), branch, "COPY was_%s FROM STDIN", name);
    execute(
        parent,
        "CREATE TEMP TABLE new_%1$s (LIKE %1$s) ON COMMIT DROP; CREATE TEMP TABLE gone_%1$s ON COMMIT DROP AS SELECT %2$s FROM %1$s LIMIT 0"
            .formatted(name, key));
    copy(
        branch,
        "COPY (SELECT * FROM %1$s EXCEPT SELECT * FROM was_%1$s) TO STDOUT".formatted(name),
        parent,
        "COPY new_%s FROM STDIN",
        name);
    copy(
        branch,
        "COPY (SELECT %2$s FROM was_%1$s EXCEPT SELECT %2$s FROM %1$s) TO STDOUT"
            .formatted(name, key),
        parent,
        "COPY gone_%s FROM STDIN",
        name);
    String set =
        table.columns().stream()
            .skip(1)
            .map(column -> "%1$s = excluded.%1$s".formatted(column))
            .collect(Collectors.joining(", "));
    execute(
        parent,
        "DELETE FROM %1$s WHERE %2$s IN (SELECT %2$s FROM gone_%1$s); INSERT INTO %1$s SELECT * FROM new_%1$s ON CONFLICT (%2$s) DO UPDATE SET %3$s"
            .formatted(name, key, set));
  }

  private static void copy(Connection from, String out, Connection into, String in, String table)
      throws SQLException, IOException {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    var read = manager(from).copyOut(out, rows);
    var written =
        manager(into)
            .copyIn(
                String.format(Locale.ROOT, in, table),
                new ByteArrayInputStream(rows.toByteArray()));
    if (read != written) {
      throw new IllegalStateException("%d rows read, %d written".formatted(read, written));
    }
  }

  private static CopyManager manager(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getCopyAPI();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
