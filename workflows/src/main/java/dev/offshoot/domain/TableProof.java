package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of one table as the merge transaction read them on the parent, before and after.
 *
 * @param table which
 * @param columnsBefore column names before the schema script ran
 * @param columnsAfter column names after it
 * @param rows the sampled rows
 */
public record TableProof(
    TableName table, List<String> columnsBefore, List<String> columnsAfter, List<Row> rows) {

  /**
   * @param before values before the merge; absent if there was no such row
   * @param after values after it; absent if there is none
   */
  public record Row(
      @Nullable List<@Nullable String> before, @Nullable List<@Nullable String> after) {}
}
