/**
 * What no workflow puts right any more: branches without an owner, experiments that ended without a
 * record, records that are old.
 */
@NullMarked
package dev.offshoot.worker.janitor;

import org.jspecify.annotations.NullMarked;
