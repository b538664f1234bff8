package dev.offshoot.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An experiment in a list.
 *
 * @param id its id
 * @param parent the parent's name
 * @param tenant on whose behalf
 * @param goal what the task is
 * @param requestedBy who asked
 * @param stage where it stands, as far as the list knows
 * @param outcome how it ended
 * @param startedAt when
 * @param deadline when its lease ends
 */
public record ExperimentRow(
    ExperimentId id,
    @Nullable String parent,
    @Nullable String tenant,
    @Nullable String goal,
    @Nullable String requestedBy,
    @Nullable Stage stage,
    @Nullable Outcome outcome,
    Instant startedAt,
    @Nullable Instant deadline) {}
