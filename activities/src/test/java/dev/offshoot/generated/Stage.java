package dev.offshoot.generated;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.offshoot.PostgresServer;
import dev.offshoot.StepByStep;
import dev.offshoot.TestParent;
import dev.offshoot.branch.CopyMethod;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Sql;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * A parent on which one case after the other is played through the real steps, with a ledger that
 * is shared. One thread at a time.
 */
final class Stage implements AutoCloseable {
  /** A step of the path that was refused. */
  static final class Stopped extends Exception {
    final Result.Refused result;

    Stopped(String step, ErrorCode code, String message) {
      super(step + " " + code + ": " + message, null, false, false);
      this.result = new Result.Refused(step, code, message);
    }
  }

  private final TestParent parent;

  /** Copied by files: cheaper than by the log where a checkpoint costs nothing. */
  private final ParentConfig config;

  private final Connection maintenance;
  private final StepByStep steps;
  private int played;

  private Stage(Ledger ledger) throws SQLException {
    this.parent = PostgresServer.parent("");
    this.config = parent.config().toBuilder().copyMethod(CopyMethod.FILE_COPY).build();
    this.maintenance = PostgresServer.superuser("postgres");
    this.steps = StepByStep.on(config, ledger);
  }

  static Stage over(Ledger ledger) throws SQLException {
    return new Stage(ledger);
  }

  /** A ledger for any number of stages, and the sessions that they share. */
  record SharedLedger(Ledger ledger, HikariDataSource sessions) implements AutoCloseable {
    static SharedLedger open() throws SQLException {
      DataSource database = PostgresServer.freshLedger();
      HikariConfig config = new HikariConfig();
      config.setDataSource(database);
      config.setMaximumPoolSize(12);
      HikariDataSource sessions = new HikariDataSource(config);
      Ledger ledger = new Ledger(sessions);
      ledger.migrate();
      return new SharedLedger(ledger, sessions);
    }

    @Override
    public void close() {
      sessions.close();
    }
  }

  /** An empty parent again, its next branch's name new. */
  void clear() throws SQLException {
    played++;
    Sql.execute(maintenance, "DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(database()));
    Sql.execute(
        maintenance,
        "CREATE DATABASE %s OWNER %s%s"
            .formatted(
                database(),
                config.username(),
                PostgresServer.majorVersion() < 15 ? "" : " STRATEGY FILE_COPY"));
    Sql.execute(
        maintenance, "REVOKE CONNECT, TEMPORARY ON DATABASE %s FROM PUBLIC".formatted(database()));
  }

  String database() {
    return parent.database();
  }

  /** A session as the parent's owner, which must be closed before a branch is made. */
  Connection owner() throws SQLException {
    return parent.ownerConnection();
  }

  BranchRef branch() {
    return steps.ref("g%s-%d".formatted(database(), played));
  }

  ExperimentSpec spec(Scenario scenario) {
    ExperimentSpecBuilder spec =
        steps.spec().strictness(scenario.strictness()).transaction(scenario.mode());
    scenario.experiment().forEach(spec::statement);
    return spec.build();
  }

  void createBranch(BranchRef branch, ExperimentSpec spec) throws Stopped {
    step("branch", () -> steps.create(branch, spec));
  }

  ExperimentReport run(BranchRef branch, ExperimentSpec spec) throws Stopped {
    return step("experiment", () -> steps.run(branch, spec));
  }

  ChangeSummary diff(BranchRef branch, ExperimentSpec spec, ExperimentReport report)
      throws Stopped {
    return step("diff", () -> steps.diff(branch, spec, report));
  }

  void drop(BranchRef branch) throws Stopped {
    step(
        "drop",
        () -> {
          steps.dropFrozen(branch);
          return true;
        });
  }

  Result merge(BranchRef branch, ExperimentSpec spec, String digest) {
    try {
      MergeResult result = step("merge", () -> steps.merge(branch, digest, spec.strictness()));
      return result.conflicts() == null
          ? new Result.Merged()
          : new Result.Conflicted(result.conflicts().conflicts());
    } catch (Stopped e) {
      return e.result;
    }
  }

  /** Takes back what was merged from {@code branch}. */
  Result revert(BranchRef branch) {
    BranchRef revert = steps.ref(branch.experimentId() + "-revert");
    ExperimentSpec spec =
        steps.spec().requestedBy("ops").reverts(branch.experimentId().value()).build();
    try {
      return merge(revert, spec, step("revert", () -> steps.computeRevert(revert, spec)).digest());
    } catch (Stopped e) {
      return e.result;
    }
  }

  private static <T> T step(String name, Supplier<T> step) throws Stopped {
    try {
      return step.get();
    } catch (ActivityFailure e) {
      if (e.getCause() instanceof ApplicationFailure failure) {
        throw new Stopped(name, ErrorCode.valueOf(failure.getType()), failure.getOriginalMessage());
      }
      throw e;
    }
  }

  @Override
  public void close() throws SQLException {
    steps.close();
    maintenance.close();
    parent.close();
  }
}
