package dev.offshoot.worker.janitor;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.SweepReport;
import dev.offshoot.ledger.AuditLog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One round after the other: branches without an owner, ends without a record, records that are
 * old. What it did is in its report, in metrics and in the log. Thread-safe; rounds do not overlap.
 */
public final class Janitor {
  private final BranchSweep branches;
  private final LostEndings endings;
  private final AuditLog log;
  private final @Nullable Duration auditKeptFor;
  private final Clock clock;
  private final MeterRegistry meters;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger failing = new AtomicInteger();

  /**
   * @param auditKeptFor how long audit records are kept; absent for ever
   */
  public Janitor(
      BranchSweep branches,
      LostEndings endings,
      AuditLog log,
      @Nullable Duration auditKeptFor,
      Clock clock,
      MeterRegistry meters) {
    this.branches = branches;
    this.endings = endings;
    this.log = log;
    this.auditKeptFor = auditKeptFor;
    this.clock = clock;
    this.meters = meters;
    Gauge.builder("offshoot.janitor.branches.waiting", waiting, AtomicInteger::get)
        .description("Branches without an owner that are not deleted yet because of the grace")
        .register(meters);
    Gauge.builder("offshoot.janitor.branches.failing", failing, AtomicInteger::get)
        .description("Branches without an owner that could not be deleted in the last round")
        .register(meters);
  }

  /** One round. */
  public synchronized SweepReport sweep() {
    BranchSweep.Swept swept = branches.sweep();
    waiting.set(swept.left().size());
    failing.set(swept.failed().size());
    meters.counter("offshoot.janitor.branches.dropped").increment(swept.dropped().size());
    List<ExperimentId> recorded = endings.record();
    meters.counter("offshoot.janitor.endings.recorded").increment(recorded.size());
    long cutOff = auditKeptFor == null ? 0 : log.cutOff(clock.instant().minus(auditKeptFor));
    meters.counter("offshoot.janitor.rounds").increment();
    return new SweepReport(
        names(swept.dropped()),
        names(swept.left()),
        names(swept.failed()),
        recorded.stream().map(ExperimentId::value).toList(),
        cutOff);
  }

  private static List<String> names(List<BranchRef> branches) {
    return branches.stream().map(BranchRef::branchName).toList();
  }
}
