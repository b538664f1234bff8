package dev.offshoot.worker.settings;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows a wrong configuration as keys and remedies instead of a stack trace. */
final class SettingsFailureAnalyzer extends AbstractFailureAnalyzer<SettingsException> {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SettingsException cause) {
    String description =
        cause.problems().stream()
            .map(
                problem ->
                    "  %s: %s\n      %s"
                        .formatted(problem.key(), problem.problem(), problem.remedy()))
            .collect(Collectors.joining("\n", "The configuration cannot be used:\n\n", ""));
    String action = "Correct the above; offshoot.example.yml explains every key.";
    return new FailureAnalysis(description, action, cause);
  }
}
