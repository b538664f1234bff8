package dev.offshoot.worker;

import dev.langchain4j.model.chat.ChatModel;
import dev.offshoot.judge.Judge;
import dev.offshoot.judge.JudgeConfig;
import dev.offshoot.judge.ModelJudge;
import dev.offshoot.judge.NoJudge;
import dev.offshoot.worker.settings.JudgeSettings;
import dev.offshoot.worker.settings.SettingsException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the judge that the settings ask for. */
final class Judges {
  private Judges() {}

  /**
   * The judge.
   *
   * @param ownModel a model that somebody's jar contributes
   * @throws SettingsException if such a one is wanted and is not there
   */
  static Judge of(JudgeSettings settings, @Nullable ChatModel ownModel) {
    Optional<JudgeConfig> config = settings.config();
    if (config.isEmpty()) {
      return new NoJudge();
    }
    if (settings.provider() != JudgeSettings.Provider.BEAN) {
      return new ModelJudge(config.get());
    }
    if (ownModel == null) {
      throw new SettingsException(
          "offshoot.judge.provider",
          "it is BEAN, and there is no bean of type " + ChatModel.class.getName(),
          "Put a jar that contributes one on the worker's class path (docs/judge.md), or choose OPENAI or ANTHROPIC.");
    }
    return new ModelJudge(config.get(), ownModel);
  }
}
