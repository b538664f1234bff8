/**
 * The steps that touch the world, as the workflow sees them: one interface per step, one request
 * record and one result record each. Their implementations live in the {@code activities} module.
 */
@NullMarked
package dev.offshoot.activity;

import org.jspecify.annotations.NullMarked;
