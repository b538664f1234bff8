package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of what a frozen change set holds besides rows: first all statements, then all changes
 * of the schema, then all tables.
 *
 * @param digest which change set
 * @param script statements, whole and in order
 * @param changes objects that differ, with whole definitions
 * @param tables tables with changed rows, with all their columns and without a sample
 * @param next where the next page starts; absent on the last one
 */
public record SchemaPage(
    String digest,
    List<ReplayedStatement> script,
    List<SchemaChange> changes,
    List<TableChanges> tables,
    @Nullable Integer next) {}
