package dev.offshoot.sql;

import dev.offshoot.domain.TableName;
import org.jspecify.annotations.Nullable;

/**
 * A column that the schema script adds to a table that stood, where every row of before got one and
 * the same value in the rehearsal. Nobody is shown these rows, so on the parent it must be the same
 * value.
 *
 * @param table the table's name once the column is there; with all its partitions
 * @param column its name
 * @param value as the server prints it; absent for null
 * @param late whether a statement adds it that waits for the changed rows
 */
public record FilledColumn(TableName table, String column, @Nullable String value, boolean late) {}
