package dev.offshoot.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Input of the {@code extendTtl} update.
 *
 * @param by who asks
 * @param ttl new time to live, counted from now
 */
public record ExtendTtlRequest(@Nullable String by, @Nullable Duration ttl) {}
