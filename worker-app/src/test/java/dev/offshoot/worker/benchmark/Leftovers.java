package dev.offshoot.worker.benchmark;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What experiments may not leave behind. */
final class Leftovers {
  private static final int PATIENCE_SECONDS = 60;
  private static final long PAUSE_MILLIS = 500;

  private static final String DATABASES =
      "SELECT 'database ' || datname FROM pg_database WHERE datname LIKE 'offshoot\\_%'";
  private static final String ON_THE_SERVER =
      DATABASES
          + """

          UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE rolname LIKE 'offshoot\\_%'
          UNION ALL SELECT 'session of ' || usename || ' on ' || datname || ': ' || state
            FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
              AND (datname LIKE 'offshoot\\_%' OR datname LIKE 'parent\\_%'
                   OR usename LIKE 'offshoot\\_%')
          UNION ALL SELECT 'advisory lock ' || objid FROM pg_locks WHERE locktype = 'advisory'
          """;
  private static final String IN_THE_LEDGER =
      """
      SELECT 'branch of ' || experiment FROM offshoot_ledger.branch WHERE dropped_at IS NULL
      UNION ALL SELECT 'half a change set of ' || owner FROM offshoot_ledger.change_set
        WHERE digest IS NULL
      UNION ALL SELECT 'waiting ' || experiment FROM offshoot_ledger.waiting
      """;

  private final LoadWorld world;

  Leftovers(LoadWorld world) {
    this.world = world;
  }

  /** Databases of branches; they are deleted beside the path, so they get a little time. */
  List<String> databases() throws SQLException, InterruptedException {
    return afterAWhile(() -> list("postgres", DATABASES));
  }

  /** Everything on the server and in the ledger, after a little time. */
  List<String> all() throws SQLException, InterruptedException {
    return afterAWhile(
        () -> {
          List<String> left = new ArrayList<>(list("postgres", ON_THE_SERVER));
          left.addAll(list(LoadWorld.LEDGER, IN_THE_LEDGER));
          return left;
        });
  }

  @FunctionalInterface
  private interface Look {
    List<String> now() throws SQLException;
  }

  private static List<String> afterAWhile(Look look) throws SQLException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      List<String> left = look.now();
      if (left.isEmpty() || System.nanoTime() > end) {
        return left;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private List<String> list(String database, String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection session = world.superuser(database);
        Statement statement = session.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
