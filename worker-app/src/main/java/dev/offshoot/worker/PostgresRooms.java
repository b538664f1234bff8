package dev.offshoot.worker;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.*;
import dev.offshoot.ledger.BranchRegistry;
import dev.offshoot.worker.settings.LedgerSettings;
import dev.offshoot.worker.temporal.NotYet;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;

final class PostgresRooms implements Rooms {
  private final HikariDataSource pool;

  private PostgresRooms(HikariDataSource pool) { this.pool = pool; }

  static PostgresRooms open(LedgerSettings ledger, List<ParentConfig> parents) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("ledger");
    config.setJdbcUrl(ledger.url());
    config.setUsername(ledger.username());
    config.setPassword(ledger.revealPassword());
    config.setMaximumPoolSize(ledger.maxConnections());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(5000);
    config.setInitializationFailTimeout(-1);
    return new PostgresRooms(new HikariDataSource(config));
  }

  @Override public void requireLedger() {
    try (Connection c = pool.getConnection()) { c.isValid(1); } catch (SQLException e) { throw new NotYet("the ledger does not answer", e); }
  }
  @Override public List<Object> activities() { return List.of(); }
  @Override public BranchRegistry registry() {
    return new BranchRegistry() {
      public void register(BranchRef ref, String provider, String workflowId, String runId, ExperimentSpec spec, Instant deadline) {}
      public void ready(BranchRef ref) {}
      public void extend(BranchRef ref, Instant deadline) {}
      public void dropped(BranchRef ref, String reason) {}
      public List<Registered> living() { return List.of(); }
      public List<ExperimentRow> experiments(String p, String t, int l) { return List.of(); }
    };
  }
  @Override public Parents parents() { return new Parents(List.of()); }
  @Override public DataSource ledger() { return pool; }
  @Override public void close() { pool.close(); }
}
