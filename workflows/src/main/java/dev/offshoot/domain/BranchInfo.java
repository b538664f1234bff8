package dev.offshoot.domain;

import java.time.Duration;
import java.time.Instant;

/**
 * What is known of a branch once it exists.
 *
 * @param ref its name
 * @param provider kind of home it lives in, {@code postgres} for instance
 * @param branchPoint when the base was copied from the parent
 * @param createMillis time that base and branch together took, in milliseconds
 * @param copyMethod how the server copied, as it calls it ({@code WAL_LOG}, {@code FILE_COPY} ...)
 * @param parentBytes size of the parent at the branch point
 * @param serverVersion version of the server as it calls itself
 * @param maxTtl longest time from the start to which the deadline may be extended on this parent
 */
public record BranchInfo(
    BranchRef ref,
    String provider,
    Instant branchPoint,
    long createMillis,
    String copyMethod,
    long parentBytes,
    String serverVersion,
    Duration maxTtl) {}
