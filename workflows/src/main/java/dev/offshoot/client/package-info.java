/**
 * Offshoot for Java agents: connect, start an experiment, wait for its answer, decide.
 *
 * <pre>{@code
 * try (OffshootClient offshoot = OffshootClient.connect("127.0.0.1:7233")) {
 *   Experiment experiment = offshoot.start(ExperimentSpec.builder().parent("shop")....build());
 *   ExperimentStatus status = experiment.awaitDecision(Duration.ofMinutes(5));
 * }
 * }</pre>
 *
 * <p>Everything here is thread-safe and may block: it is for clients and never for workflow code.
 */
@NullMarked
package dev.offshoot.client;

import org.jspecify.annotations.NullMarked;
