package dev.offshoot.domain;

import java.util.List;

/**
 * What the experiment did on its branch, as the server told it.
 *
 * @param statements a result for each statement, in order
 * @param checks the checks that returned true, in order
 * @param schemaStatements those that changed the schema, in order
 * @param touchedTables object ids, equal in base and branch, of the tables whose rows may differ
 * @param millis time that all of it took
 */
public record ExperimentReport(
    List<StatementResult> statements,
    List<String> checks,
    List<SchemaStatement> schemaStatements,
    List<Long> touchedTables,
    long millis) {}
