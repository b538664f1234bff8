package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a frozen change set.
 *
 * @param digest which change set
 * @param table whose rows these are
 * @param rows the rows, in the order of the change set
 * @param next where the next page starts; absent on the last one
 */
public record DiffPage(String digest, TableName table, List<RowChange> rows, @Nullable Long next) {}
