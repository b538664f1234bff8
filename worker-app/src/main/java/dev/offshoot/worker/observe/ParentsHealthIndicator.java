package dev.offshoot.worker.observe;

import dev.offshoot.branch.Parents;
import dev.offshoot.domain.HealthFinding;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * How each parent is, by name. Not part of readiness: a parent that is down must not take away the
 * worker from the others. Looked at once in a while, since health is asked for every few seconds.
 */
public final class ParentsHealthIndicator implements HealthIndicator {
  private static final Duration KEPT = Duration.ofSeconds(30);

  private final Parents parents;
  private Health latest = Health.unknown().build();
  private long latestAt;
  private boolean looked;

  public ParentsHealthIndicator(Parents parents) {
    this.parents = parents;
  }

  @Override
  public synchronized Health health() {
    if (!looked || System.nanoTime() - latestAt > KEPT.toNanos()) {
      latest = look();
      latestAt = System.nanoTime();
      looked = true;
    }
    return latest;
  }

  private Health look() {
    Health.Builder health = Health.up();
    for (Parents.Parent parent : parents.all()) {
      List<HealthFinding> findings = parent.provider().examine();
      if (findings.stream().anyMatch(f -> f.level() == HealthFinding.Level.BROKEN)) {
        health.down();
      }
      health.withDetail(parent.config().name(), findings);
    }
    return health.build();
  }
}
