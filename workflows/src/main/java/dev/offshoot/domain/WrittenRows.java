package dev.offshoot.domain;

/**
 * How much of a table the server counted as written, by all statements together, undone ones too.
 *
 * @param table object id, equal in base and branch
 * @param before rows that were taken away or changed
 * @param after rows that were put in or changed
 */
public record WrittenRows(long table, long before, long after) {

  /** Both together, of the same table. */
  public WrittenRows and(WrittenRows more) {
    return new WrittenRows(table, before + more.before, after + more.after);
  }
}
