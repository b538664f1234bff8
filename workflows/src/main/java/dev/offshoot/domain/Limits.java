package dev.offshoot.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one experiment may use. A parent's configuration may set lower ones.
 *
 * @param maxChangedRows rows inserted, updated and deleted together above which WRITES_OVER_LIMIT
 *     is raised; 100,000 if absent
 * @param statementTimeout time that one statement may take; 5 minutes if absent
 * @param maxRuntime time that all statements and checks may take together; 30 minutes if absent
 * @param resultRows first rows of each query that are kept in history; 10 if absent, 100 at most
 */
public record Limits(
    Long maxChangedRows, Duration statementTimeout, Duration maxRuntime, Integer resultRows) {

  public static final int MOST_RESULT_ROWS = 100;
  public static final Limits DEFAULT = new Limits(null, null, null, null);

  public Limits(
      @Nullable Long maxChangedRows,
      @Nullable Duration statementTimeout,
      @Nullable Duration maxRuntime,
      @Nullable Integer resultRows) {
    this.maxChangedRows = maxChangedRows == null ? 100_000L : maxChangedRows;
    this.statementTimeout = statementTimeout == null ? Duration.ofMinutes(5) : statementTimeout;
    this.maxRuntime = maxRuntime == null ? Duration.ofMinutes(30) : maxRuntime;
    this.resultRows = resultRows == null ? 10 : resultRows;
  }
}
