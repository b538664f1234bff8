package dev.offshoot.domain;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One way of doing what a group is asked for; the rest of its specification is {@link
 * VariantsSpec#shared}.
 *
 * @param name what people call it; its number if absent
 * @param statements SQL statements in order; either these, {@code script} or {@code session}
 * @param script SQL statements in one text
 * @param session a session, to which an agent of its own sends statements
 * @param requestedBy whose way it is; that one cannot pick any of the group. Whoever asks for the
 *     group if absent
 * @param unknownFields fields that it had and that do not exist; any makes it invalid
 */
public record Variant(
    @Nullable String name,
    List<String> statements,
    @Nullable String script,
    @Nullable SessionSpec session,
    @Nullable String requestedBy,
    @JsonIgnore Map<String, Object> unknownFields) {

  public Variant(
      @Nullable String name,
      @Nullable List<String> statements,
      @Nullable String script,
      @Nullable SessionSpec session,
      @Nullable String requestedBy,
      @JsonAnySetter @Nullable Map<String, Object> unknownFields) {
    this.name = name;
    this.statements =
        statements == null ? List.of() : Collections.unmodifiableList(new ArrayList<>(statements));
    this.script = script;
    this.session = session;
    this.requestedBy = requestedBy;
    this.unknownFields =
        unknownFields == null
            ? Map.of()
            : Collections.unmodifiableMap(new LinkedHashMap<>(unknownFields));
  }

  /** One that runs a script. */
  public static Variant ofScript(@Nullable String name, String script) {
    return new Variant(name, null, script, null, null, null);
  }

  /** One that is an agent's session. */
  public static Variant ofSession(@Nullable String name, @Nullable String requestedBy) {
    return new Variant(name, null, null, new SessionSpec(null), requestedBy, null);
  }
}
