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
 * @param cut whether the one row of this page is longer than a page, so that its long values are
 *     cut and say their length; {@code readValue} has them whole
 */
public record DiffPage(
    String digest, TableName table, List<RowChange> rows, @Nullable Long next, boolean cut) {}
