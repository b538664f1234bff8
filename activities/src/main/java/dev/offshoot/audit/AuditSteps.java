package dev.offshoot.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.activity.AuditActivities;
import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.AuditSeal;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.ledger.AuditLog;
import dev.offshoot.step.Step;

/** Adds records to the ledger's chain. Thread-safe. */
public final class AuditSteps implements AuditActivities {
  private final AuditLog log;

  public AuditSteps(AuditLog log) {
    this.log = log;
  }

  @Override
  public AuditSeal keepAudit(KeepAudit request) {
    return Step.run(progress -> keep(log, request.record()));
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
