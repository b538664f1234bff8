/**
 * Runs labelled experiments on branches and asks policy and judge what they think, so that their
 * advice can be scored.
 */
@NullMarked
package dev.offshoot.evaluation;

import org.jspecify.annotations.NullMarked;
