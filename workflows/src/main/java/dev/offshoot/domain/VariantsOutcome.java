package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a group ended: the result of the {@code Variants} workflow.
 *
 * @param outcome {@code MERGED} if one of it was; else what kept it from that
 * @param by who brought it about
 * @param why in a sentence
 * @param merged number of the variant that was merged; absent if none was
 * @param digest its change set
 * @param variants how each of them ended
 */
public record VariantsOutcome(
    Outcome outcome,
    String by,
    String why,
    @Nullable Integer merged,
    @Nullable String digest,
    List<VariantStatus> variants) {}
