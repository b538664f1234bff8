package dev.offshoot.domain;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says everything that is wrong with a {@link VariantsSpec} without touching anything, for CLI and
 * workflow alike.
 */
public final class VariantsValidation {
  public static final int MOST_VARIANTS = 10;

  /** The ids of variants add {@code -10} at most. */
  public static final int MOST_ID_CHARACTERS = ExperimentId.MOST_CHARACTERS - 3;

  /** Means that none of the group is to be merged. */
  public static final String NONE = "none";

  private static final int MOST_NAME = 60;

  /** What a variant's own problems are about; all others are the group's. */
  private static final Set<String> OWN = Set.of("statements", "script", "session");

  private VariantsValidation() {}

  /**
   * @throws OffshootException {@link ErrorCode#BAD_SPEC} with every problem
   */
  public static void requireValid(ExperimentId id, VariantsSpec spec) {
    List<SpecProblem> problems = problems(id, spec);
    if (!problems.isEmpty()) {
      throw new OffshootException(
          ErrorCode.BAD_SPEC,
          problems.stream().map(SpecProblem::toString).collect(Collectors.joining("\n")));
    }
  }

  /** All problems; empty if the specification is valid. */
  public static List<SpecProblem> problems(ExperimentId id, VariantsSpec spec) {
    Set<SpecProblem> problems = new LinkedHashSet<>();
    if (id.value().length() > MOST_ID_CHARACTERS) {
      problems.add(
          new SpecProblem(
              "id",
              "has %d characters; at most %d, since each variant adds its number"
                  .formatted(id.value().length(), MOST_ID_CHARACTERS)));
    }
    for (String field : spec.unknownFields().keySet()) {
      problems.add(
          new SpecProblem(
              ShownText.oneLine(field, 60), "there is no such field; known are shared, variants"));
    }
    shared(spec.shared(), problems);
    count(spec, problems);
    names(spec, problems);
    for (int number = 1; number <= Math.min(spec.variants().size(), MOST_VARIANTS); number++) {
      variant(spec, number, problems);
    }
    size(spec, problems);
    return List.copyOf(problems);
  }

  private static void shared(ExperimentSpec shared, Set<SpecProblem> problems) {
    if (!shared.statements().isEmpty() || shared.script() != null || shared.session() != null) {
      problems.add(
          new SpecProblem(
              "shared", "holds SQL or a session; these belong into each of the variants"));
    }
    if (shared.reverts() != null) {
      problems.add(
          new SpecProblem("shared.reverts", "a revert can be done in one way only; leave it out"));
    }
  }

  private static void count(VariantsSpec spec, Set<SpecProblem> problems) {
    int count = spec.variants().size();
    if (count < 2 || count > MOST_VARIANTS) {
      problems.add(
          new SpecProblem(
              "variants",
              "has %d; give 2 to %d%s"
                  .formatted(count, MOST_VARIANTS, count == 1 ? ", or start an experiment" : "")));
    }
  }

  private static void names(VariantsSpec spec, Set<SpecProblem> problems) {
    Set<String> names = new HashSet<>();
    for (int number = 1; number <= spec.variants().size(); number++) {
      @Nullable String name = spec.variants().get(number - 1).name();
      String field = "variants[%d].name".formatted(number - 1);
      if (name != null && (name.isBlank() || name.length() > MOST_NAME)) {
        problems.add(new SpecProblem(field, "must have 1 to %d characters".formatted(MOST_NAME)));
      } else if (name != null && isTaken(name)) {
        problems.add(
            new SpecProblem(
                field, "'%s' means something else already; choose another".formatted(name)));
      } else if (name != null && !names.add(name.strip().toLowerCase(Locale.ROOT))) {
        problems.add(new SpecProblem(field, "is another variant's too; choose another"));
      }
    }
  }

  /** Numbers name variants by their place. */
  private static boolean isTaken(String name) {
    return name.strip().equalsIgnoreCase(NONE) || name.strip().matches("\\d+");
  }

  private static void variant(VariantsSpec spec, int number, Set<SpecProblem> problems) {
    String at = "variants[%d].".formatted(number - 1);
    Variant variant = spec.variants().get(number - 1);
    for (String field : variant.unknownFields().keySet()) {
      problems.add(
          new SpecProblem(
              at + ShownText.oneLine(field, 60),
              "there is no such field; known are name, statements, script, session, requestedBy"));
    }
    for (SpecProblem problem :
        SpecValidation.problems(spec.experiment(number, spec.shared().ttl()))) {
      String own = problem.field().replaceFirst("[.\\[].*", "");
      boolean isOwn =
          OWN.contains(own) || (own.equals("requestedBy") && variant.requestedBy() != null);
      problems.add(
          isOwn
              ? new SpecProblem(at + problem.field(), problem.message())
              : new SpecProblem("shared." + problem.field(), problem.message()));
    }
  }

  /** They travel in one payload. */
  private static void size(VariantsSpec spec, Set<SpecProblem> problems) {
    long bytes = 0;
    for (Variant variant : spec.variants()) {
      bytes += SpecValidation.jsonBytes(variant.script());
      for (String statement : variant.statements()) {
        bytes += SpecValidation.jsonBytes(statement);
      }
    }
    if (bytes > SpecValidation.MAX_SQL_JSON_BYTES) {
      problems.add(
          new SpecProblem(
              "variants",
              "are %d bytes of SQL together; at most %d fit: split the task"
                  .formatted(bytes, SpecValidation.MAX_SQL_JSON_BYTES)));
    }
  }
}
