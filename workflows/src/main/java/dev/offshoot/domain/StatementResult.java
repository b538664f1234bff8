package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one statement did on the branch.
 *
 * @param index its place in the script, from 0
 * @param sql the statement, elided when long
 * @param millis how long it took
 * @param rowsAffected rows it inserted, updated or deleted as the server reports them; absent for
 *     queries and DDL
 * @param columns names of a query's columns; empty otherwise
 * @param rows first rows of a query as text, null for SQL NULL; values elided when long
 * @param moreRows whether the query had more rows than are kept
 * @param changedSchema whether it changed the schema
 */
public record StatementResult(
    int index,
    String sql,
    long millis,
    @Nullable Long rowsAffected,
    List<String> columns,
    List<List<@Nullable String>> rows,
    boolean moreRows,
    boolean changedSchema) {}
