package dev.offshoot.worker.observe;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up when the ledger answers a session from our pool. */
public final class LedgerHealthIndicator implements HealthIndicator {
  private static final int ANSWER_SECONDS = 3;

  private final DataSource ledger;

  public LedgerHealthIndicator(DataSource ledger) {
    this.ledger = ledger;
  }

  @Override
  public Health health() {
    try (Connection connection = ledger.getConnection()) {
      return connection.isValid(ANSWER_SECONDS)
          ? Health.up().build()
          : Health.down().withDetail("waitingFor", "the ledger to answer").build();
    } catch (SQLException e) {
      // The driver's message names address and role.
      return Health.down()
          .withDetail("waitingFor", "the ledger to accept a session")
          .withDetail("sqlState", String.valueOf(e.getSQLState()))
          .build();
    }
  }
}
