package dev.offshoot.domain;

import org.jspecify.annotations.Nullable;

/**
 * A stretch of one value that is too long for a page.
 *
 * @param text characters of the value
 * @param next where the next part starts; absent on the last one
 */
public record ValuePart(String text, @Nullable Integer next) {}
