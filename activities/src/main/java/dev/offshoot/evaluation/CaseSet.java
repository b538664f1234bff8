package dev.offshoot.evaluation;

import dev.offshoot.domain.TableName;
import dev.offshoot.policy.HazardSettings;
import dev.offshoot.policy.SensitiveName;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The cases of one file, which share a parent.
 *
 * @param name of the file, without its ending
 * @param setup SQL with which the owner fills the parent
 * @param superuserSetup SQL that a superuser runs after that; absent for none
 * @param hazards how the parent weighs hazards
 * @param masked what a model is shown no value of
 * @param cases in the order of the file
 */
public record CaseSet(
    String name,
    String setup,
    @Nullable String superuserSetup,
    HazardSettings hazards,
    List<SensitiveName> masked,
    List<EvaluationCase> cases) {

  /** Names of its cases. */
  public List<String> caseNames() {
    return cases.stream().map(EvaluationCase::name).toList();
  }

  /** The same with those cases alone whose name has {@code part} in it. */
  public CaseSet only(String part) {
    return new CaseSet(
        name,
        setup,
        superuserSetup,
        hazards,
        masked,
        cases.stream().filter(each -> each.name().contains(part)).toList());
  }

  /** {@link #hazards} of a parent whose tables have other names. */
  HazardSettings hazardsNamed(UnaryOperator<String> renaming) {
    return new HazardSettings(
        hazards.severities(),
        hazards.maxChangedRows(),
        hazards.limits(),
        named(hazards.sensitive(), renaming));
  }

  /** {@link #masked} of a parent whose tables have other names. */
  List<SensitiveName> maskedNamed(UnaryOperator<String> renaming) {
    return named(masked, renaming);
  }

  private static List<SensitiveName> named(
      List<SensitiveName> names, UnaryOperator<String> renaming) {
    return names.stream()
        .map(
            name ->
                new SensitiveName(
                    new TableName(name.table().schema(), renaming.apply(name.table().name())),
                    name.column()))
        .toList();
  }
}
