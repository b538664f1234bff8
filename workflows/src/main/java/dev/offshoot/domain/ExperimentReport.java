package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the experiment did on its branch, as the server told it.
 *
 * @param statements a result for each statement, in order
 * @param checks the checks that returned true, in order
 * @param schemaStatements those that changed the schema, in order
 * @param touchedTables object ids, equal in base and branch, of the tables whose rows may differ
 * @param millis time that all of it took
 * @param writtenRows what the server counted in each table that was written; absent if nobody
 *     counted
 */
public record ExperimentReport(
    List<StatementResult> statements,
    List<String> checks,
    List<SchemaStatement> schemaStatements,
    List<Long> touchedTables,
    long millis,
    @Nullable List<WrittenRows> writtenRows) {

  /** A report of an experiment whose rows nobody counted. */
  public ExperimentReport(
      List<StatementResult> statements,
      List<String> checks,
      List<SchemaStatement> schemaStatements,
      List<Long> touchedTables,
      long millis) {
    this(statements, checks, schemaStatements, touchedTables, millis, null);
  }
}
