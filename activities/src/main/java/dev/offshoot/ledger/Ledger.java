package dev.offshoot.ledger;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.HealthFinding.Level;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/** Offshoot's own database, in its schema {@value #SCHEMA}. Thread-safe; closes nothing. */
public final class Ledger {
  static final String SCHEMA = "offshoot_ledger";

  private static final String VERSION =
      """
      SELECT version FROM offshoot_ledger.schema_history
      WHERE success ORDER BY installed_rank DESC LIMIT 1
      """;

  private final DataSource database;

  public Ledger(DataSource database) {
    this.database = database;
  }

  /** Brings the schema up to date; workers that start together wait for each other. */
  public void migrate() {
    try {
      Flyway.configure()
          .dataSource(database)
          .locations("classpath:dev/offshoot/ledger/migration")
          .schemas(SCHEMA)
          .defaultSchema(SCHEMA)
          .createSchemas(true)
          .table("schema_history")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw translate(e);
    }
  }

  public BranchRegistry branches() {
    return new JdbcBranchRegistry(database);
  }

  public RevertRegistry reverts() {
    return new RevertRegistry(database);
  }

  public AuditLog audits() {
    return new AuditLog(database);
  }

  public ChangeSetStore changeSets() {
    return new JdbcChangeSetStore(database);
  }

  /** How the ledger is; never throws. */
  public HealthFinding examine() {
    try (Connection connection = database.getConnection()) {
      String version = Sql.first(connection, VERSION, row -> row.getString(1)).orElse("none");
      return new HealthFinding("ledger", Level.OK, "schema version " + version, "");
    } catch (SQLException e) {
      if ("42P01".equals(e.getSQLState())) {
        return new HealthFinding(
            "ledger",
            Level.BROKEN,
            "its schema is not there",
            "start a worker, which makes it, or see in the worker's log why it could not");
      }
      return new HealthFinding(
          "ledger",
          Level.BROKEN,
          SqlErrors.connecting(Place.ledger(), e).failure().message(),
          "see that its server runs and that ledger.url, .username and .password are right");
    }
  }

  private static OffshootException translate(FlywayException error) {
    for (@Nullable Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof SQLException e) {
        return SqlErrors.isConnectionLoss(e) || SqlErrors.state(e).startsWith("28")
            ? SqlErrors.connecting(Place.ledger(), e)
            : SqlErrors.working(Place.ledger(), "bringing its schema up to date", e);
      }
    }
    return new OffshootException(
        ErrorCode.INTERNAL,
        "ledger: its schema could not be brought up to date; the worker's log has the reason",
        error);
  }
}
