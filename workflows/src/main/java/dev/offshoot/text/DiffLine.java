package dev.offshoot.text;

/**
 * A line of something that changed.
 *
 * @param sign {@code +} came, {@code -} went, {@code ~} changed, a blank for what stayed
 * @param depth how deep it stands under what it belongs to, from 0
 * @param text on one line, safe to show
 */
public record DiffLine(char sign, int depth, String text) {}
