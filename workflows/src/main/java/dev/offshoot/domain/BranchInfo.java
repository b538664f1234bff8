package dev.offshoot.domain;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a branch once it exists.
 *
 * @param ref its name
 * @param provider kind of home it lives in, {@code postgres} for instance
 * @param branchPoint as of when the base shows the parent
 * @param createMillis time that base and branch together took, in milliseconds
 * @param copyMethod how the server copied, as it calls it ({@code WAL_LOG}, {@code FILE_COPY} ...)
 * @param parentBytes size of the parent at the branch point
 * @param serverVersion version of the server as it calls itself
 * @param maxTtl longest time from the start to which the deadline may be extended on this parent
 * @param outageMillis time for which the parent's users were shut out, in milliseconds; absent if
 *     they were not
 * @param source the copy of the parent that it was made of; absent if that was the parent itself
 */
public record BranchInfo(
    BranchRef ref,
    String provider,
    Instant branchPoint,
    long createMillis,
    String copyMethod,
    long parentBytes,
    String serverVersion,
    Duration maxTtl,
    @Nullable Long outageMillis,
    @Nullable SourceInfo source) {}
