package dev.offshoot.domain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a group now: the answer of the {@code variants} query, running or ended.
 *
 * @param id the group
 * @param goal what all are for
 * @param parent what all are branches of
 * @param requestedBy who asks for the group
 * @param checks what each must pass
 * @param startedAt when it began
 * @param stage where it stands: {@code AWAITING_DECISION} once one of it can be picked
 * @param variants each of them
 * @param ranking the judge's order, once every variant is frozen or has ended
 * @param decisions taken and refused, in order
 * @param picked number of the variant that is being merged or was; absent if none
 * @param outcome how it ended
 * @param timeline what happened so far, in order, bounded
 */
public record VariantsStatus(
    ExperimentId id,
    @Nullable String goal,
    @Nullable String parent,
    @Nullable String requestedBy,
    int checks,
    Instant startedAt,
    Stage stage,
    List<VariantStatus> variants,
    @Nullable Ranking ranking,
    List<Decision> decisions,
    @Nullable Integer picked,
    @Nullable VariantsOutcome outcome,
    List<TimelineEvent> timeline) {}
