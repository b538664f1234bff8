package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The net effect on one row. Values are the server's text form, in the order of the table's {@link
 * TableChanges#columns()}; null is SQL NULL.
 *
 * @param kind what happened
 * @param before image in the base; absent for an insert
 * @param after image in the branch; absent for a delete
 * @param count how many equal rows this stands for; above 1 only in tables without a key
 */
public record RowChange(
    Kind kind,
    @Nullable List<@Nullable String> before,
    @Nullable List<@Nullable String> after,
    int count) {

  /** What happened to a row. */
  public enum Kind {
    INSERT,
    UPDATE,
    DELETE
  }

  public static RowChange insert(List<@Nullable String> after) {
    return new RowChange(Kind.INSERT, null, after, 1);
  }

  public static RowChange update(List<@Nullable String> before, List<@Nullable String> after) {
    return new RowChange(Kind.UPDATE, before, after, 1);
  }

  public static RowChange delete(List<@Nullable String> before) {
    return new RowChange(Kind.DELETE, before, null, 1);
  }
}
