package dev.offshoot.experiment;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a statement gave.
 *
 * @param columns names of its result's columns; empty if it has no result
 * @param rows the first of its rows
 * @param moreRows whether there were more
 * @param count rows of the result, or rows that the statement affected
 * @param hasResult whether it gives rows, though there may be none
 */
record QueryResult(
    List<String> columns,
    List<List<@Nullable String>> rows,
    boolean moreRows,
    long count,
    boolean hasResult) {

  /** Of a statement without a result. */
  static QueryResult affected(long count) {
    return new QueryResult(List.of(), List.of(), false, count, false);
  }
}
