package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of the chain of audit records.
 *
 * @param lines in order
 * @param next number of the first of the next page; absent on the last one
 * @param cut the last link that is not kept any more, which the oldest kept one follows; absent
 *     while all are kept
 */
public record AuditPage(List<AuditLine> lines, @Nullable Long next, @Nullable AuditSeal cut) {}
