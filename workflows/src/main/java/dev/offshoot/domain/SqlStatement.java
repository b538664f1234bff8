package dev.offshoot.domain;

/**
 * One statement of a script.
 *
 * @param index place in the script, from 0
 * @param text the statement without its semicolon, leading comments kept
 * @param line line of the script on which its first word stands, from 1
 */
public record SqlStatement(int index, String text, int line) {}
