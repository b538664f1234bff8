package dev.offshoot.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person sends to pick one of a group, or none. Read as tolerantly as {@link
 * DecisionRequest}: it can come from a text box.
 *
 * @param variant number, name or experiment id of the one to merge; {@link VariantsValidation#NONE}
 *     to drop all
 * @param by who decides
 * @param reason why
 * @param digest the change set that was reviewed; the variant's one if absent
 * @param acceptHazards names of hazards that the person accepts
 * @param resolve which side stands where parent and branch collide
 */
public record PickRequest(
    @Nullable String variant,
    @Nullable String by,
    @Nullable String reason,
    @Nullable String digest,
    List<String> acceptHazards,
    List<ResolveRequest> resolve) {
  private static final int MOST_ODD = 200;

  /** The decision about {@code variant} that it makes. */
  public static PickRequest of(@Nullable String variant, DecisionRequest decision) {
    return new PickRequest(
        variant,
        decision.by(),
        decision.reason(),
        decision.digest(),
        decision.acceptHazards(),
        decision.resolve());
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static PickRequest read(@Nullable JsonNode json) {
    @Nullable JsonNode variant = json == null ? null : json.get("variant");
    return of(
        variant == null || variant.isNull()
            ? null
            : ShownText.oneLine(
                variant.isContainerNode() ? variant.toString() : variant.asText(), MOST_ODD),
        DecisionRequest.read(json));
  }

  /** What it says about the variant that it names. */
  @JsonIgnore
  public DecisionRequest decision() {
    return new DecisionRequest(by, reason, digest, acceptHazards, resolve);
  }
}
