package dev.offshoot.worker.janitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.audit.AuditSteps;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.SentRun;
import dev.offshoot.ledger.AuditLog;
import dev.offshoot.ledger.AuditLog.Unrecorded;
import dev.offshoot.merge.MergeReceipt;
import dev.offshoot.merge.PastMerges;
import dev.offshoot.step.Progress;
import dev.offshoot.worker.temporal.WorkflowOwners;
import dev.offshoot.worker.temporal.WorkflowOwners.Owner;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the audit record of experiments whose workflow has ended without one: a terminated
 * workflow runs no code, and one that was deleted has no history. Whether such a one was merged is
 * told by the parent's receipts.
 */
public final class LostEndings {
  private static final Logger LOG = LoggerFactory.getLogger(LostEndings.class);
  private static final int PAGE = 200;
  private static final String BY = "temporal";

  private final AuditLog log;
  private final Parents parents;
  private final WorkflowOwners owners;
  private final Function<ExperimentId, List<SentRun>> sessions;
  private final Duration grace;
  private final Clock clock;

  /** Since when an experiment has been seen to have no workflow that the server knows. */
  private final Map<ExperimentId, Instant> unknown = new HashMap<>();

  /**
   * @param sessions what an experiment's agent has sent, as far as it can be told; empty if it had
   *     no session
   * @param grace how long the workflow must have been gone
   */
  public LostEndings(
      AuditLog log,
      Parents parents,
      WorkflowOwners owners,
      Function<ExperimentId, List<SentRun>> sessions,
      Duration grace,
      Clock clock) {
    this.log = log;
    this.parents = parents;
    this.owners = owners;
    this.sessions = sessions;
    this.grace = grace;
    this.clock = clock;
  }

  /**
   * Looks at every experiment without a record once.
   *
   * @return those whose record it wrote
   */
  public synchronized List<ExperimentId> record() {
    List<ExperimentId> recorded = new ArrayList<>();
    Set<ExperimentId> open = new HashSet<>();
    @Nullable ExperimentId last = null;
    List<Unrecorded> page;
    do {
      page = log.unrecorded(last, PAGE);
      for (Unrecorded experiment : page) {
        last = experiment.row().id();
        if (look(experiment)) {
          recorded.add(last);
        } else {
          open.add(last);
        }
      }
    } while (page.size() == PAGE);
    unknown.keySet().retainAll(open);
    return recorded;
  }

  private boolean look(Unrecorded experiment) {
    try {
      Owner owner = owners.look(experiment.workflowId(), experiment.runId());
      if (owner instanceof Owner.Alive) {
        return false;
      }
      if (owner instanceof Owner.Ended ended) {
        return isOver(ended.at()) && write(experiment, ended.at(), ended.how());
      }
      Instant since = unknown.computeIfAbsent(experiment.row().id(), first -> clock.instant());
      return isOver(since) && write(experiment, since, "deleted");
    } catch (StatusRuntimeException e) {
      LOG.warn(
          "audit: Temporal does not say how experiment {} is ({}); looking again later",
          experiment.row().id(),
          e.getStatus().getCode());
      return false;
    }
  }

  private boolean isOver(Instant at) {
    return !at.isAfter(clock.instant().minus(grace));
  }

  /** A parent that does not answer is asked again in the next round. */
  private boolean write(Unrecorded experiment, Instant at, String how) {
    ExperimentRow row = experiment.row();
    try {
      AuditRecord record = record(experiment, at, outcome(row, how), sessions.apply(row.id()));
      var unused = AuditSteps.keep(log, record);
      LOG.info("audit: wrote the record of experiment {}, whose workflow was {}", row.id(), how);
      return true;
    } catch (OffshootException e) {
      LOG.warn(
          "audit: experiment {} has ended ({}) and its record is not written yet: {}",
          row.id(),
          how,
          e.failure().message());
      return false;
    }
  }

  private ExperimentOutcome outcome(ExperimentRow row, String how) {
    String why = "its workflow was " + how;
    if (anotherRunMerged(row.id())) {
      // As after a reset: the receipt is that run's.
      return outcome(Outcome.CANCELLED, why + ", and another run of it was merged", null);
    }
    boolean known = parents.all().stream().anyMatch(p -> p.config().name().equals(row.parent()));
    if (!known || row.parent() == null) {
      return outcome(
          Outcome.CANCELLED,
          why + "; whether it had been merged is not known, since its parent is not configured",
          null);
    }
    @Nullable MergeReceipt receipt =
        PastMerges.mergeOf(parents.get(row.parent()), Progress.NONE, row.id()).orElse(null);
    if (receipt == null) {
      return outcome(Outcome.CANCELLED, why + " before it was merged", null);
    }
    return outcome(
        receipt.reverts() == null ? Outcome.MERGED : Outcome.REVERTED,
        "%s after it had been merged at %s".formatted(why, receipt.mergedAt()),
        receipt.digest());
  }

  private boolean anotherRunMerged(ExperimentId experiment) {
    try {
      for (String record : log.recordsOf(experiment)) {
        String outcome =
            OffshootJson.mapper().readTree(record).path("outcome").path("outcome").asText();
        if (outcome.equals(Outcome.MERGED.name()) || outcome.equals(Outcome.REVERTED.name())) {
          return true;
        }
      }
      return false;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record that is no JSON", e);
    }
  }

  private static ExperimentOutcome outcome(Outcome outcome, String why, @Nullable String digest) {
    return new ExperimentOutcome(outcome, BY, why, digest, null, null, null);
  }

  private static AuditRecord record(
      Unrecorded experiment, Instant closedAt, ExperimentOutcome outcome, List<SentRun> sent) {
    ExperimentRow row = experiment.row();
    return new AuditRecord(
        row.id().value(),
        experiment.workflowId(),
        experiment.runId(),
        row.parent(),
        row.tenant(),
        row.goal(),
        row.requestedBy(),
        row.startedAt(),
        closedAt,
        null,
        null,
        List.of(),
        sent,
        outcome.digest(),
        List.of(),
        0,
        null,
        List.of(),
        outcome,
        List.of(),
        null,
        AuditRecord.Writer.JANITOR);
  }
}
