package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a session ended, and what is handed in.
 *
 * @param kind how
 * @param by who ended it
 * @param reason why, in their words
 * @param statements those that are applied, in order
 * @param report what they did
 * @param runs every run that was sent, whatever became of it
 */
public record SessionEnd(
    Kind kind,
    @Nullable String by,
    @Nullable String reason,
    List<String> statements,
    ExperimentReport report,
    int runs) {

  /** How a session ends by itself or by its agent. */
  public enum Kind {
    SUBMITTED,
    DISCARDED,
    /** Nobody sent anything for too long. */
    IDLE
  }
}
