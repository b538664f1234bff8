package dev.offshoot.branch;

import org.jspecify.annotations.Nullable;

/**
 * What copies are made of, and when.
 *
 * @param onBusy what happens to a busy database when a branch is to be copied of it
 * @param rehearsalMaxBytes size up to which the parent is copied to rehearse a merge with a schema
 *     script; 0 for never
 * @param source the copy of the parent that branches are made of; absent for the parent itself
 */
public record Copying(OnBusy onBusy, long rehearsalMaxBytes, @Nullable SourceConfig source) {

  /** As the configuration has it by default. */
  public static final Copying OF_THE_PARENT = new Copying(OnBusy.REFUSE, 256L << 20, null);
}
