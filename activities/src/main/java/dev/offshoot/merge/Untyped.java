package dev.offshoot.merge;

/**
 * A value to be bound in its text form, whose type the server takes from the context.
 *
 * @param text the value
 */
record Untyped(String text) {}
