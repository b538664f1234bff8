package dev.offshoot.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a person sends to decide. Everything may be absent or odd: it can come from a text box. Read
 * from whatever JSON there is, so that nothing that was sent is lost without a word: what is not of
 * the right form stands there as text, which then names no hazard, digest or side.
 *
 * @param by who decides
 * @param reason why
 * @param digest the change set that was reviewed; the one under review if absent
 * @param acceptHazards names of hazards that the person accepts
 * @param resolve which side stands where parent and branch collide
 */
public record DecisionRequest(
    @Nullable String by,
    @Nullable String reason,
    @Nullable String digest,
    List<String> acceptHazards,
    List<ResolveRequest> resolve) {

  /** The longest part of an odd message that is kept. */
  private static final int MOST_ODD = 200;

  public DecisionRequest(
      @Nullable String by,
      @Nullable String reason,
      @Nullable String digest,
      @Nullable List<String> acceptHazards,
      @Nullable List<ResolveRequest> resolve) {
    this.by = by;
    this.reason = reason;
    this.digest = digest;
    this.acceptHazards = acceptHazards == null ? List.of() : withoutNulls(acceptHazards);
    this.resolve = resolve == null ? List.of() : withoutNulls(resolve);
  }

  /** A decision that resolves no conflicts. */
  public DecisionRequest(
      @Nullable String by,
      @Nullable String reason,
      @Nullable String digest,
      @Nullable List<String> acceptHazards) {
    this(by, reason, digest, acceptHazards, List.of());
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static DecisionRequest read(@Nullable JsonNode json) {
    if (json == null || !json.isObject()) {
      return new DecisionRequest(null, "not a JSON object: " + odd(json), null, null, null);
    }
    return new DecisionRequest(
        json.path("by").isContainerNode() ? null : text(json.get("by")),
        text(json.get("reason")),
        text(json.get("digest")),
        each(json.get("acceptHazards"), DecisionRequest::text),
        each(json.get("resolve"), DecisionRequest::resolution));
  }

  private static @Nullable String text(@Nullable JsonNode json) {
    if (json == null || json.isNull()) {
      return null;
    }
    return json.isContainerNode() ? odd(json) : json.asText();
  }

  private static ResolveRequest resolution(JsonNode json) {
    return json.isObject()
        ? new ResolveRequest(
            text(json.get("kind")), text(json.get("table")), text(json.get("take")))
        : ResolveRequest.ofAll(odd(json));
  }

  /** One where several are expected stands for a list of it; what is null is left out. */
  private static <T> List<T> each(@Nullable JsonNode json, Function<JsonNode, @Nullable T> read) {
    List<JsonNode> nodes = new ArrayList<>();
    if (json != null && json.isArray()) {
      json.forEach(nodes::add);
    } else if (json != null) {
      nodes.add(json);
    }
    List<T> all = new ArrayList<>();
    for (JsonNode node : nodes) {
      @Nullable T one = node.isNull() ? null : read.apply(node);
      if (one != null) {
        all.add(one);
      }
    }
    return all;
  }

  private static String odd(@Nullable JsonNode json) {
    return ShownText.oneLine(
        json == null || !json.isTextual() ? String.valueOf(json) : json.asText(), MOST_ODD);
  }

  private static <T> List<T> withoutNulls(List<? extends @Nullable T> names) {
    Set<T> kept = new LinkedHashSet<>();
    for (T name : names) {
      if (name != null) {
        kept.add(name);
      }
    }
    return Collections.unmodifiableList(List.copyOf(kept));
  }
}
