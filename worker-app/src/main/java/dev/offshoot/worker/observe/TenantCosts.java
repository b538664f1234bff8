package dev.offshoot.worker.observe;

import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.Cost;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Adds up what experiments have cost, by tenant. Tenants are named by whoever starts experiments,
 * so only the first of them have a label of their own. Thread-safe.
 */
public final class TenantCosts implements Consumer<AuditRecord> {
  static final int MOST_TENANTS = 100;
  private static final String OTHERS = "(others)";

  private final MeterRegistry meters;
  private final Set<String> tenants = ConcurrentHashMap.newKeySet();

  public TenantCosts(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public void accept(AuditRecord record) {
    String tenant = label(Objects.requireNonNullElse(record.tenant(), ""));
    add("offshoot.tenant.experiments", tenant, 1);
    Cost cost = record.cost();
    if (cost != null) {
      add(
          "offshoot.tenant.actions",
          tenant,
          (double) Objects.requireNonNullElse(cost.actions(), 0L));
      add("offshoot.tenant.judge.tokens", tenant, (double) cost.judgeTokens());
      add("offshoot.tenant.branch.seconds", tenant, cost.branchMillis() / 1e3);
      add("offshoot.tenant.branch.bytes", tenant, (double) cost.branchBytes());
    }
  }

  private void add(String meter, String tenant, double amount) {
    meters.counter(meter, "tenant", tenant).increment(amount);
  }

  private String label(String tenant) {
    if (tenants.contains(tenant)) {
      return tenant;
    }
    synchronized (tenants) {
      return tenants.size() < MOST_TENANTS && (tenants.add(tenant) || tenants.contains(tenant))
          ? tenant
          : OTHERS;
    }
  }
}
