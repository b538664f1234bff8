package dev.offshoot.domain;

/**
 * A column as the change set sees it.
 *
 * @param name unquoted
 * @param type as {@code format_type} prints it
 */
public record ColumnShape(String name, String type) {}
