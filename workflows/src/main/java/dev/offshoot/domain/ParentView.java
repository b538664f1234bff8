package dev.offshoot.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A parent and where its branches are made, as the worker sees them now.
 *
 * @param name by which agents know it
 * @param provider kind of home
 * @param serverVersion version of the server on which branches are made
 * @param bytes size of what branches are made of
 * @param branches branches that stand
 * @param maxBranches branches that may stand
 * @param source the copy that branches are made of; absent if that is the parent itself
 * @param refreshEvery age at which the copy is made anew; absent if it is not by itself
 * @param onBusy what happens when it is busy: {@code REFUSE} or {@code FENCE}
 * @param busy who is connected to what is copied; absent if nobody is
 * @param problem why it could not be looked at; the rest is then absent or zero
 */
public record ParentView(
    String name,
    String provider,
    @Nullable String serverVersion,
    long bytes,
    long branches,
    int maxBranches,
    @Nullable SourceInfo source,
    @Nullable Duration refreshEvery,
    @Nullable String onBusy,
    @Nullable String busy,
    @Nullable String problem) {}
