package dev.offshoot.activity;

import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.TableName;
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

  /** Experiments that the ledger knows, newest first. */
  @ActivityMethod
  List<ExperimentRow> listExperiments(ListExperiments request);

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
   * @param parent only those of this parent
   * @param tenant only those of this tenant
   * @param limit most rows to return, 1 to 500
   */
  record ListExperiments(@Nullable String parent, @Nullable String tenant, int limit) {}
}
