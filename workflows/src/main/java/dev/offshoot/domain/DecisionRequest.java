package dev.offshoot.domain;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a person sends to decide. Everything may be absent or odd: it can come from a text box.
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
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> acceptHazards,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<ResolveRequest> resolve) {

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
