package dev.offshoot.domain;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * A column as the change set sees it.
 *
 * @param name unquoted
 * @param type as {@code format_type} prints it
 * @param delta whether an update stands for what it adds: the merge adds the difference to the
 *     parent's value, which the parent's users may have changed meanwhile
 */
public record ColumnShape(
    String name, String type, @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean delta) {

  /** A column whose updates stand for the values that they set. */
  public ColumnShape(String name, String type) {
    this(name, type, false);
  }
}
