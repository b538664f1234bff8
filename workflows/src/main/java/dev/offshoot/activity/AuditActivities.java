package dev.offshoot.activity;

import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.AuditSeal;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Keeping what is known of an experiment that has ended. */
@ActivityInterface
public interface AuditActivities {

  /**
   * Adds the record to the ledger's chain. Idempotent: of one run the first record is kept.
   *
   * @return where it stands in the chain
   */
  @ActivityMethod
  AuditSeal keepAudit(KeepAudit request);

  /**
   * @param record what is kept
   */
  record KeepAudit(AuditRecord record) {}
}
