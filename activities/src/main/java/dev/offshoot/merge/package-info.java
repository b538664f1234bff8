/**
 * Applying a frozen change set to the parent in one guarded transaction.
 *
 * <p>Begin with {@link dev.offshoot.merge.MergeTransaction}, which is the order of things. Then, in
 * that order: {@link dev.offshoot.merge.SchemaReplay} (the schema), {@link
 * dev.offshoot.merge.StagedChanges} (what was reviewed), {@link
 * dev.offshoot.merge.DirectApplication} (the quick way: guard, write and proof in one statement) or
 * else the thorough way, {@link dev.offshoot.merge.StandingRows} (what stands, locked), {@link
 * dev.offshoot.merge.Outcomes} (the guards), {@link dev.offshoot.merge.RowApplication} (the
 * writes); then {@link dev.offshoot.merge.SelfCheck} (nothing else), {@link
 * dev.offshoot.merge.Receipts} (once).
 */
@NullMarked
package dev.offshoot.merge;

import org.jspecify.annotations.NullMarked;
