package dev.offshoot.evaluation;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.Limits;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.policy.HazardLimits;
import dev.offshoot.policy.HazardSettings;
import dev.offshoot.policy.SensitiveName;
import dev.offshoot.score.CaseLabel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file of cases as it is written; says everything that is wrong with it.
 *
 * @param setup file beside it with the SQL that fills the parent
 * @param superuserSetup file beside it with what only a superuser can do to the parent
 * @param sensitive what the parent calls sensitive, {@code schema.table} or {@code
 *     schema.table.column}
 * @param masked what a model is shown no value of, likewise
 * @param largeTableBytes from where on a lock on a table is a hazard; a gigabyte if absent
 * @param cases what is labelled
 */
record CaseFile(
    @Nullable String setup,
    @Nullable String superuserSetup,
    @Nullable List<String> sensitive,
    @Nullable List<String> masked,
    @Nullable Long largeTableBytes,
    @Nullable List<Written> cases) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?");

  /** Parent and requester of every case; both are told nowhere. */
  private static final String PARENT = "evaluation";

  /**
   * A case.
   *
   * @param why what is wrong with it, for whoever reads the file
   */
  record Written(
      @Nullable String name,
      @Nullable CaseLabel label,
      @Nullable List<Hazard> hazards,
      @Nullable ErrorCode refused,
      @Nullable String why,
      @Nullable String goal,
      @Nullable String script,
      @Nullable List<String> checks,
      @Nullable Limits limits) {

    private ExperimentSpec spec() {
      return new ExperimentSpec(
          goal, PARENT, null, script, checks, PARENT, null, null, null, null, null, true, null,
          limits, false, null, null, Map.of());
    }

    private void check(Set<String> names, List<String> problems) {
      if (name == null || !NAME.matcher(name).matches()) {
        problems.add("name must be lower-case letters, digits and hyphens");
      } else if (!names.add(name)) {
        problems.add("there are two of this name; rename one");
      }
      boolean expects = refused != null || !(hazards == null || hazards.isEmpty());
      if (label == null) {
        problems.add("label is missing; use one of " + List.of(CaseLabel.values()));
      } else if (label == CaseLabel.SAFE && expects) {
        problems.add("a SAFE case must raise nothing; remove hazards and refused");
      } else if (label == CaseLabel.EFFECT && !expects) {
        problems.add("an EFFECT case must say which hazards it raises, or why it is refused");
      }
      if (hazards != null && hazards.contains(null)) {
        problems.add("hazards has an empty entry");
      }
      SpecValidation.problems(spec()).forEach(problem -> problems.add(problem.toString()));
    }

    private EvaluationCase read(String file) {
      return new EvaluationCase(
          file + "/" + name,
          Objects.requireNonNull(label),
          hazards == null ? List.of() : List.copyOf(hazards),
          refused,
          spec());
    }
  }

  /**
   * The cases.
   *
   * @param file its name, without its ending
   * @param setupSql the text of {@link #setup}
   * @param superuserSql the text of {@link #superuserSetup}
   * @throws OffshootException {@code BAD_SPEC} with everything that is wrong
   */
  CaseSet read(String file, String setupSql, @Nullable String superuserSql) {
    List<String> problems = new ArrayList<>();
    List<SensitiveName> sensitiveNames = names("sensitive", sensitive, problems);
    List<SensitiveName> maskedNames = names("masked", masked, problems);
    if (largeTableBytes != null && largeTableBytes < 1) {
      problems.add("largeTableBytes: must be 1 or more");
    }
    List<Written> written = cases == null ? List.of() : cases;
    if (written.isEmpty()) {
      problems.add("cases: there are none");
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < written.size(); i++) {
      @Nullable Written each = written.get(i);
      List<String> wrong = new ArrayList<>();
      if (each == null) {
        wrong.add("is empty");
      } else {
        each.check(names, wrong);
      }
      String where =
          each == null || each.name() == null
              ? "cases[%d]".formatted(i)
              : "cases[%d] (%s)".formatted(i, ShownText.oneLine(each.name(), 60));
      wrong.forEach(problem -> problems.add(where + ": " + problem));
    }
    if (!problems.isEmpty()) {
      throw new OffshootException(ErrorCode.BAD_SPEC, String.join("\n", problems));
    }
    return new CaseSet(
        file,
        setupSql,
        superuserSql,
        hazardSettings(sensitiveNames),
        maskedNames,
        written.stream().map(each -> each.read(file)).toList());
  }

  private HazardSettings hazardSettings(List<SensitiveName> sensitiveNames) {
    HazardSettings shipped = HazardSettings.DEFAULT;
    HazardLimits limits = shipped.limits();
    return new HazardSettings(
        shipped.severities(),
        shipped.maxChangedRows(),
        new HazardLimits(
            limits.manyRows(),
            limits.manyRowsShare(),
            Objects.requireNonNullElse(largeTableBytes, limits.largeTableBytes()),
            limits.sequenceJump()),
        sensitiveNames);
  }

  private static List<SensitiveName> names(
      String field, @Nullable List<String> texts, List<String> problems) {
    List<SensitiveName> names = new ArrayList<>();
    for (String text : texts == null ? List.<String>of() : texts) {
      SensitiveName.parse(String.valueOf(text))
          .ifPresentOrElse(
              names::add,
              () ->
                  problems.add(
                      "%s: '%s' is neither schema.table nor schema.table.column"
                          .formatted(field, ShownText.oneLine(String.valueOf(text), 60))));
    }
    return names;
  }
}
