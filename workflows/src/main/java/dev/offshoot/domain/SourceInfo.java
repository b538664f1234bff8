package dev.offshoot.domain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The copy of a parent that a branch was made of.
 *
 * @param database its name on its server
 * @param refreshedAt as of when it shows the parent; absent if nobody noted it
 * @param drift objects whose definition the parent has changed since, the first of them
 */
public record SourceInfo(String database, @Nullable Instant refreshedAt, List<String> drift) {}
