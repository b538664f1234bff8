package dev.offshoot.domain;

/**
 * A statement of the script that changed the schema; replayed on the parent in this order.
 *
 * @param index its place in the script, from 0
 * @param searchPath the search path under which it ran
 */
public record SchemaStatement(int index, String searchPath) {}
