package dev.offshoot.activity;

import dev.offshoot.domain.AuditPage;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.Reverted;
import dev.offshoot.domain.SchemaPage;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.ValuePart;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looking at what only the worker can see; changes nothing. */
@ActivityInterface
public interface ReadActivities {

  /**
   * A stretch of a frozen change set's rows.
   *
   * <p>Fails with {@code NOT_FOUND} if the ledger has no such change set or table in it.
   */
  @ActivityMethod
  DiffPage readDiff(ReadDiff request);

  /**
   * A stretch of a frozen change set without its rows: schema script, schema changes, tables.
   *
   * <p>Fails with {@code NOT_FOUND} if the ledger has no such change set.
   */
  @ActivityMethod
  SchemaPage readSchema(ReadSchema request);

  /**
   * A stretch of one value, where {@link DiffPage#cut} says that the page does not hold it.
   *
   * <p>Fails with {@code NOT_FOUND} if there is no such value, null included.
   */
  @ActivityMethod
  ValuePart readValue(ReadValue request);

  /** Experiments that the ledger knows, newest first. */
  @ActivityMethod
  List<ExperimentRow> listExperiments(ListExperiments request);

  /** Which experiment has taken a merge back; nothing if none has. */
  @ActivityMethod
  @Nullable Reverted readReverted(ReadReverted request);

  /** A stretch of the chain of audit records, oldest first. */
  @ActivityMethod
  AuditPage readAudit(ReadAudit request);

  /** How ledger, parents and branches are; a finding for each, never a failure. */
  @ActivityMethod
  List<HealthFinding> examine();

  /**
   * @param digest which change set
   * @param table which table
   * @param from where to start; absent for the beginning
   * @param limit most rows to return, 1 to 1000; fewer come when they are wide
   */
  record ReadDiff(String digest, TableName table, @Nullable Long from, int limit) {}

  /**
   * @param digest which change set
   * @param from where to start; absent for the beginning
   */
  record ReadSchema(String digest, @Nullable Integer from) {}

  /**
   * @param digest which change set
   * @param table which table
   * @param row number of the row in the table's changes, from 0
   * @param column index of the column
   * @param after whether of the new image, else of the old one
   * @param from the first character; absent for the beginning
   */
  record ReadValue(
      String digest,
      TableName table,
      long row,
      int column,
      boolean after,
      @Nullable Integer from) {}

  /**
   * @param merged the experiment whose merge it is
   */
  record ReadReverted(ExperimentId merged) {}

  /**
   * @param from number of the first; absent for the oldest that is kept
   */
  record ReadAudit(@Nullable Long from) {}

  /**
   * @param parent only those of this parent
   * @param tenant only those of this tenant
   * @param limit most rows to return, 1 to 500
   */
  record ListExperiments(@Nullable String parent, @Nullable String tenant, int limit) {}
}
