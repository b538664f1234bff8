package dev.offshoot.neon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.step.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** How fast one project is asked. */
class TrafficTest {

  @Test
  void burst_goesAtOnce_andThenFourASecond() {
    Clock clock = new Clock();
    Traffic traffic = new Traffic(4, clock);

    for (int i = 0; i < 20; i++) {
      traffic.request(Progress.NONE);
    }
    assertThat(clock.slept()).isZero();

    for (int i = 0; i < 40; i++) {
      traffic.request(Progress.NONE);
    }
    assertThat(clock.slept()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void onlyOneChangesSomething_atAnyTime() throws Exception {
    Traffic traffic = new Traffic(4, Traffic.Waiting.REAL);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(
            threads.submit(
                () ->
                    traffic.change(
                        Progress.NONE,
                        () -> {
                          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                          LockSupport.parkNanos(5_000_000);
                          return inside.decrementAndGet();
                        })));
      }
      for (Future<?> each : all) {
        each.get(10, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(most).hasValue(1);
  }

  private static final class Clock implements Traffic.Waiting {
    private long nanos;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void sleep(long millis) {
      nanos += Duration.ofMillis(millis).toNanos();
    }

    Duration slept() {
      return Duration.ofNanos(nanos);
    }
  }
}
