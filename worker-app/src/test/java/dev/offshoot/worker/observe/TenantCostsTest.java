package dev.offshoot.worker.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.Cost;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Tenants are named by whoever starts experiments: their sums must be right, and their number
 * bounded.
 */
class TenantCostsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TenantCosts costs = new TenantCosts(meters);

  @Test
  void costs_addUpByTenant() {
    costs.accept(record("acme", new Cost(12L, 3_000, 1_500, 8_000_000)));
    costs.accept(record("acme", new Cost(30L, 0, 500, 8_000_000)));
    costs.accept(record("other", new Cost(12L, 7, 0, 0)));

    assertThat(sum("offshoot.tenant.experiments", "acme")).isEqualTo(2);
    assertThat(sum("offshoot.tenant.actions", "acme")).isEqualTo(42);
    assertThat(sum("offshoot.tenant.judge.tokens", "acme")).isEqualTo(3_000);
    assertThat(sum("offshoot.tenant.branch.seconds", "acme")).isEqualTo(2);
    assertThat(sum("offshoot.tenant.branch.bytes", "acme")).isEqualTo(16_000_000);
    assertThat(sum("offshoot.tenant.judge.tokens", "other")).isEqualTo(7);
  }

  @Test
  void experimentOfWhichNobodyKnowsTheCost_isCounted() {
    costs.accept(record(null, null));
    costs.accept(record("", new Cost(null, 0, 0, 0)));

    assertThat(sum("offshoot.tenant.experiments", "")).isEqualTo(2);
    assertThat(sum("offshoot.tenant.actions", "")).isZero();
  }

  @Test
  void tenantsBeyondTheFirstHundred_areOne_andThoseKnownStayThemselves() {
    for (int i = 0; i < 1_000; i++) {
      costs.accept(record("tenant-" + i, null));
    }
    costs.accept(record("tenant-7", null));

    assertThat(meters.getMeters()).hasSize(TenantCosts.MOST_TENANTS + 1);
    assertThat(sum("offshoot.tenant.experiments", "(others)")).isEqualTo(900);
    assertThat(sum("offshoot.tenant.experiments", "tenant-7")).isEqualTo(2);
  }

  private double sum(String meter, String tenant) {
    return meters.get(meter).tag("tenant", tenant).counter().count();
  }

  private static AuditRecord record(@Nullable String tenant, @Nullable Cost cost) {
    return new AuditRecord(
        "x",
        "experiment-x",
        "run",
        "shop",
        tenant,
        "goal",
        "agent",
        Instant.EPOCH,
        Instant.EPOCH,
        null,
        null,
        List.of(),
        List.of(),
        null,
        List.of(),
        0,
        null,
        List.of(),
        new ExperimentOutcome(Outcome.MERGED, "rita", "fine", null, null, null, null),
        List.of(),
        cost,
        AuditRecord.Writer.WORKFLOW);
  }
}
