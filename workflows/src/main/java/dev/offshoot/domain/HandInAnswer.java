package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * What became of a session's {@code submit} or {@code discard}.
 *
 * @param ended whether the session has ended by it
 * @param statements how many statements are handed in
 * @param failure why the session goes on, as when a check is not true; absent if it has ended
 */
public record HandInAnswer(boolean ended, int statements, @Nullable Failure failure) {}
