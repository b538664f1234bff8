package dev.offshoot.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import org.jspecify.annotations.Nullable;

/**
 * What a person sends to resolve conflicts. Everything may be absent or odd: it can come from a
 * text box. As JSON also one word, which is then {@code take}.
 *
 * @param kind name of a kind of conflict; every kind if absent
 * @param table a table as the conflicts show it, or with its schema; every table if absent
 * @param take {@code PARENT} or {@code BRANCH}
 */
public record ResolveRequest(@Nullable String kind, @Nullable String table, @Nullable String take) {

  @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
  public ResolveRequest {}

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ResolveRequest ofAll(String take) {
    return new ResolveRequest(null, null, take);
  }
}
