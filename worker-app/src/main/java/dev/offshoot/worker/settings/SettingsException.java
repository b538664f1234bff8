package dev.offshoot.worker.settings;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used; lists every problem. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<SettingProblem> problems;

  public SettingsException(List<SettingProblem> problems) {
    super(problems.stream().map(SettingProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public SettingsException(String key, String problem, String remedy) {
    this(List.of(new SettingProblem(key, problem, remedy)));
  }

  public List<SettingProblem> problems() {
    return problems;
  }
}
