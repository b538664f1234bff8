package dev.offshoot.domain;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Several ways of doing one thing, tried side by side on branches of the same branch point, of
 * which at most one is merged: the input of the {@code Variants} workflow.
 *
 * <p>Accepts what is wrong, as {@link ExperimentSpec} does; {@link VariantsValidation} says it.
 *
 * @param shared what all have in common: goal, parent, checks, limits and the like, but no SQL. Its
 *     {@code autoMerge} picks the variant that the judge puts first, within the policy
 * @param variants two or more
 * @param unknownFields fields that it had and that do not exist; any makes it invalid
 */
public record VariantsSpec(
    ExperimentSpec shared, List<Variant> variants, @JsonIgnore Map<String, Object> unknownFields) {

  public VariantsSpec(
      @Nullable ExperimentSpec shared,
      @Nullable List<Variant> variants,
      @JsonAnySetter @Nullable Map<String, Object> unknownFields) {
    this.shared = shared == null ? ExperimentSpec.builder().build() : shared;
    this.variants =
        variants == null ? List.of() : variants.stream().filter(Objects::nonNull).toList();
    this.unknownFields =
        unknownFields == null
            ? Map.of()
            : Collections.unmodifiableMap(new LinkedHashMap<>(unknownFields));
  }

  public VariantsSpec(ExperimentSpec shared, List<Variant> variants) {
    this(shared, variants, null);
  }

  /**
   * The experiment that a variant is. It never merges by itself: the group decides.
   *
   * @param number of the variant, from 1
   * @param ttl what is left of the group's time
   */
  public ExperimentSpec experiment(int number, Duration ttl) {
    Variant variant = variants.get(number - 1);
    return new ExperimentSpec(
        shared.goal(),
        shared.parent(),
        variant.statements(),
        variant.script(),
        shared.checks(),
        requestedBy(number),
        shared.tenant(),
        ttl,
        shared.strictness(),
        shared.deltaColumns(),
        shared.onConflict(),
        false,
        shared.transaction(),
        shared.limits(),
        shared.keepBranch(),
        null,
        variant.session(),
        shared.unknownFields());
  }

  /** Who asks for a variant, counted from 1. */
  public @Nullable String requestedBy(int number) {
    @Nullable String own = variants.get(number - 1).requestedBy();
    return own == null ? shared.requestedBy() : own;
  }

  /** What people call a variant, counted from 1. */
  public String name(int number) {
    @Nullable String name = variants.get(number - 1).name();
    return name == null ? String.valueOf(number) : name;
  }
}
