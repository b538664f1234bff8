package dev.offshoot.worker.evaluation;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to evaluate.
 *
 * @param cases folder of the labelled cases
 * @param config file with the judge's settings, besides the environment
 * @param only part of the names of the cases to run; empty for all
 * @param variants whether each case is also run written otherwise
 * @param threads cases that run at once
 */
public record EvaluationRequest(
    Path cases, @Nullable Path config, String only, boolean variants, int threads) {}
