package dev.offshoot.worker;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.offshoot.audit.AuditSteps;
import dev.offshoot.branch.BranchProvider;
import dev.offshoot.branch.BranchSteps;
import dev.offshoot.branch.NeonBranchProvider;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.ParentSteps;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.diff.DiffSteps;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.experiment.ExperimentSteps;
import dev.offshoot.experiment.SessionSteps;
import dev.offshoot.judge.Judge;
import dev.offshoot.judge.JudgeSteps;
import dev.offshoot.ledger.AuditLog;
import dev.offshoot.ledger.BranchRegistry;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.merge.MergeSteps;
import dev.offshoot.read.ReadSteps;
import dev.offshoot.revert.RevertSteps;
import dev.offshoot.worker.observe.TenantCosts;
import dev.offshoot.worker.settings.LedgerSettings;
import dev.offshoot.worker.temporal.NotYet;
import io.micrometer.core.instrument.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The rooms on Postgres: a pool for the ledger, and one per parent inside its provider. */
final class PostgresRooms implements Rooms {
  /** Short, because whoever waits for the ledger tries again by itself. */
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  private final HikariDataSource pool;
  private final Ledger ledger;
  private final List<PostgresBranchProvider> providers = new ArrayList<>();
  private final Parents parents;

  private final Judge judge;

  private PostgresRooms(HikariDataSource pool, List<ParentConfig> configs, Judge judge) {
    this.pool = pool;
    this.judge = judge;
    this.ledger = new Ledger(pool);
    List<Parents.Parent> served = new ArrayList<>();
    for (ParentConfig config : configs) {
      served.add(new Parents.Parent(config, provider(config)));
    }
    this.parents = new Parents(served);
  }

  private BranchProvider provider(ParentConfig config) {
    if (config.neon() != null) {
      return new NeonBranchProvider(config);
    }
    PostgresBranchProvider provider = new PostgresBranchProvider(config);
    providers.add(provider);
    return provider;
  }

  /** Opens pools that connect when they are first used. */
  static PostgresRooms open(LedgerSettings ledger, List<ParentConfig> parents, Judge judge) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("ledger");
    config.setJdbcUrl(ledger.url());
    config.setUsername(ledger.username());
    config.setPassword(ledger.revealPassword());
    config.setMaximumPoolSize(ledger.maxConnections());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECT_LIMIT.toMillis());
    // The ledger may come later than we do.
    config.setInitializationFailTimeout(-1);
    config.addDataSourceProperty("ApplicationName", "offshoot ledger");
    return new PostgresRooms(new HikariDataSource(config), parents, judge);
  }

  @Override
  public void requireLedger() {
    try {
      ledger.migrate();
    } catch (OffshootException e) {
      if (e.code() == ErrorCode.INTERNAL) {
        throw e;
      }
      throw new NotYet(e.failure().message(), e);
    }
  }

  @Override
  public List<Object> activities() {
    return List.of(
        new BranchSteps(parents, ledger.branches()),
        new ExperimentSteps(parents),
        new SessionSteps(parents),
        new DiffSteps(parents, ledger.changeSets()),
        new RevertSteps(parents, ledger.changeSets(), ledger.reverts()),
        new JudgeSteps(parents, judge),
        new MergeSteps(parents, ledger.changeSets()),
        new AuditSteps(ledger.audits(), new TenantCosts(Metrics.globalRegistry)),
        new ReadSteps(ledger, parents, judge),
        new ParentSteps(parents));
  }

  @Override
  public BranchRegistry registry() {
    return ledger.branches();
  }

  @Override
  public AuditLog audits() {
    return ledger.audits();
  }

  @Override
  public Parents parents() {
    return parents;
  }

  @Override
  public DataSource ledger() {
    return pool;
  }

  @Override
  public void close() {
    providers.forEach(PostgresBranchProvider::close);
    pool.close();
  }
}
