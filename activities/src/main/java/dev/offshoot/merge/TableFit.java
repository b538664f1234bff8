package dev.offshoot.merge;

/** Whether a table of the change set goes to the parent's table of that name. */
sealed interface TableFit permits TableMerge, TableFit.Misfit {

  /**
   * It does not: the parent's table is not what the experiment saw.
   *
   * @param why in words
   */
  record Misfit(String why) implements TableFit {}
}
