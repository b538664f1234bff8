package dev.offshoot.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.activity.AuditActivities;
import dev.offshoot.client.ActionCount;
import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.AuditSeal;
import dev.offshoot.domain.Cost;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.ledger.AuditLog;
import dev.offshoot.step.Step;
import io.temporal.activity.Activity;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds records to the ledger's chain. Thread-safe. */
public final class AuditSteps implements AuditActivities {
  private static final Logger LOG = LoggerFactory.getLogger(AuditSteps.class);

  private final AuditLog log;
  private final Consumer<AuditRecord> listener;

  /**
   * @param listener hears of each record once it is kept; twice of one whose step was tried again
   */
  public AuditSteps(AuditLog log, Consumer<AuditRecord> listener) {
    this.log = log;
    this.listener = listener;
  }

  @Override
  public AuditSeal keepAudit(KeepAudit request) {
    return Step.run(
        progress -> {
          AuditRecord record = counted(request.record());
          AuditSeal seal = keep(log, record);
          listener.accept(record);
          return seal;
        });
  }

  /** Only the history tells how often steps were tried; a record is kept without it too. */
  private static AuditRecord counted(AuditRecord record) {
    Cost cost = record.cost();
    if (cost == null) {
      return record;
    }
    try {
      return record.at(
          cost.withActions(
              ActionCount.of(
                  Activity.getExecutionContext().getWorkflowClient(),
                  record.workflowId(),
                  record.runId())));
    } catch (RuntimeException e) {
      LOG.warn("actions of {} are not counted", record.workflowId(), e);
      return record;
    }
  }

  /** The same outside of an activity. */
  public static AuditSeal keep(AuditLog log, AuditRecord record) {
    return log.add(record.experiment(), record.runId(), record.closedAt(), json(record));
  }

  /** Postgres holds every character but NUL, which JSON writes otherwise. */
  private static String json(AuditRecord record) {
    try {
      return OffshootJson.mapper().writeValueAsString(record);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record that is no JSON", e);
    }
  }
}
