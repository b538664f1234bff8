package dev.offshoot.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A session instead of statements: the agent sends them one after the other, looks at what each
 * did, and hands them in.
 *
 * @param idle time without a message after which the session ends and nothing is merged; 15 minutes
 *     if absent
 */
public record SessionSpec(Duration idle) {
  public static final Duration DEFAULT_IDLE = Duration.ofMinutes(15);

  public SessionSpec(@Nullable Duration idle) {
    this.idle = idle == null ? DEFAULT_IDLE : idle;
  }
}
