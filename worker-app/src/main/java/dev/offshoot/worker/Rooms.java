package dev.offshoot.worker;

import dev.offshoot.branch.Parents;
import dev.offshoot.ledger.AuditLog;
import dev.offshoot.ledger.BranchRegistry;
import java.util.List;
import javax.sql.DataSource;

/**
 * Everything that the worker does its work with, ready to use once {@link #requireLedger} has
 * passed. Closing it closes every pool. Thread-safe.
 */
public interface Rooms extends AutoCloseable {

  /**
   * Brings the ledger's tables up to date. Idempotent.
   *
   * @throws dev.offshoot.worker.temporal.NotYet if the ledger does not answer
   */
  void requireLedger();

  /** The implementations of all activities, one object per interface. */
  List<Object> activities();

  BranchRegistry registry();

  /** What is kept of experiments that have ended. */
  AuditLog audits();

  Parents parents();

  /** The ledger's pool, for a look at its health. */
  DataSource ledger();

  @Override
  void close();
}
