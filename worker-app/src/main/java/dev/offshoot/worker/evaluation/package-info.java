/**
 * The worker's program that scores policy and judge on labelled cases: {@code ./offshoot judge
 * eval}.
 */
@NullMarked
package dev.offshoot.worker.evaluation;

import org.jspecify.annotations.NullMarked;
