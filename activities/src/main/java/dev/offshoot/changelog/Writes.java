package dev.offshoot.changelog;

import dev.offshoot.domain.TableName;
import java.util.Map;
import java.util.Set;

/**
 * What was written between two looks at a transaction.
 *
 * @param tables tables whose rows were written, by object id
 * @param truncated tables that were truncated after earlier writes of the transaction; those
 *     without earlier writes show only in their storage
 * @param catalogs names of system catalogs that were written
 */
public record Writes(
    Map<Long, TableName> tables, Map<Long, TableName> truncated, Set<String> catalogs) {}
