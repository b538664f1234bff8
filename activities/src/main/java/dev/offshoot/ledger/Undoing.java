package dev.offshoot.ledger;

import dev.offshoot.domain.ExperimentId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a change set stands to reverts; part of what is reviewed.
 *
 * @param of the experiment whose merge this change set reverts; absent unless it is a revert
 * @param script schema statements that revert this change set, before and after the rows
 * @param obstacle why this change set cannot be reverted; absent if it can be
 */
public record Undoing(
    @Nullable ExperimentId of, List<ReplayStatement> script, @Nullable String obstacle) {

  /** Of an experiment that is reverted by its rows alone. */
  public static final Undoing OF_ROWS = new Undoing(null, List.of(), null);

  public static Undoing by(List<ReplayStatement> script) {
    return new Undoing(null, List.copyOf(script), null);
  }

  public static Undoing impossible(String obstacle) {
    return new Undoing(null, List.of(), obstacle);
  }
}
