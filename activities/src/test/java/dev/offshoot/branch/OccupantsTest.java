package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who counts as connected to a parent. */
class OccupantsTest {
  /** The worker goes over the rows so slowly that it is there to be looked at. */
  private static final String SLOWLY_VACUUMED =
      """
      CREATE TABLE t (n int, wide text) WITH (
        autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1,
        autovacuum_vacuum_threshold = 1);
      INSERT INTO t SELECT n, repeat('x', 500) FROM generate_series(1, 5000) AS n;
      UPDATE t SET n = n + 1;
      """;

  private static final String WORKERS =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = ? AND backend_type = 'autovacuum worker'";

  /** The server ends it by itself when the database is to be copied. */
  @Test
  @Timeout(60)
  void serversOwnVacuum_isNobody_toARoleThatMayNotSeeWhatItIs() throws SQLException {
    try (TestParent parent = PostgresServer.parent("");
        Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(superuser, "ALTER SYSTEM SET autovacuum_naptime = '1s'");
      Sql.execute(superuser, "SELECT pg_reload_conf()");
      try (Connection owner =
          PostgresServer.connect(
              "postgres", parent.config().username(), parent.config().password())) {
        parent.execute(SLOWLY_VACUUMED);
        while (workers(superuser, parent) == 0) {
          Sessions.pause(20);
        }

        assertThat(Occupants.of(owner, parent.database())).isEmpty();

        assertThat(workers(superuser, parent)).isPositive();
      } finally {
        Sql.execute(superuser, "ALTER SYSTEM RESET autovacuum_naptime");
        Sql.execute(superuser, "SELECT pg_reload_conf()");
      }
    }
  }

  private static long workers(Connection superuser, TestParent parent) throws SQLException {
    return Sql.only(superuser, WORKERS, row -> row.getLong(1), parent.database());
  }
}
