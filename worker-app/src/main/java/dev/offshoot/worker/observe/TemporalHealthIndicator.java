package dev.offshoot.worker.observe;

import dev.offshoot.worker.temporal.NotYet;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up when the server answers and our workers poll it. */
public final class TemporalHealthIndicator implements HealthIndicator {
  private final TemporalTarget target;
  private final TemporalServer server;
  private final WorkerState state;

  public TemporalHealthIndicator(TemporalTarget target, TemporalServer server, WorkerState state) {
    this.target = target;
    this.server = server;
    this.state = state;
  }

  @Override
  public Health health() {
    Health.Builder health =
        Health.up()
            .withDetail("address", target.address())
            .withDetail("namespace", target.namespace())
            .withDetail("polling", state.isPolling());
    if (!state.isPolling()) {
      return health.down().withDetail("waitingFor", state.waitingFor()).build();
    }
    try {
      server.requireReachable();
      return health.build();
    } catch (NotYet e) {
      return health.down().withDetail("waitingFor", e.what()).build();
    }
  }
}
