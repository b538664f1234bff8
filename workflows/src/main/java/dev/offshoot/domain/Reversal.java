package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a change set has to do with reverts.
 *
 * @param of the experiment whose merge this change set reverts; absent unless it is a revert
 * @param newerMerges ids of experiments that were merged later into the same tables, newest first,
 *     bounded; only of a revert
 * @param script schema statements that a revert of this change set would run, in order; proven on
 *     the base by their effect
 * @param obstacle why this change set could not be reverted; absent if it can be
 */
public record Reversal(
    @Nullable ExperimentId of,
    List<String> newerMerges,
    List<String> script,
    @Nullable String obstacle) {

  /** Of a change set that is no revert and whose own would be rows alone. */
  public static final Reversal OF_ROWS = new Reversal(null, List.of(), List.of(), null);

  public Reversal(
      @Nullable ExperimentId of,
      @Nullable List<String> newerMerges,
      @Nullable List<String> script,
      @Nullable String obstacle) {
    this.of = of;
    this.newerMerges = newerMerges == null ? List.of() : List.copyOf(newerMerges);
    this.script = script == null ? List.of() : List.copyOf(script);
    this.obstacle = obstacle;
  }
}
