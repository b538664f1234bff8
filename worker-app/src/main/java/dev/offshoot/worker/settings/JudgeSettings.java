package dev.offshoot.worker.settings;

import dev.offshoot.judge.JudgeConfig;
import dev.offshoot.judge.ResponseForm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The language model that looks at change sets after the policy; advice only.
 *
 * @param provider whose protocol its server speaks, or that there is none
 * @param model its name at the server
 * @param baseUrl address of the server; the provider's own if absent
 * @param apiKey key of the server
 * @param apiKeyFile file that holds the key
 * @param timeout time for one answer
 * @param responseFormat how the form of an answer is asked for
 * @param includeRowValues whether the model sees values of rows
 * @param maxPromptCharacters above which a change set is not shown to a model at all
 * @param maxOutputTokens tokens that one answer may have
 * @param maxTokensPerExperiment tokens that one experiment may use
 * @param minConfidence below which an approval counts as an abstention
 */
public record JudgeSettings(
    @DefaultValue("NONE") Provider provider,
    @Nullable String model,
    @Nullable String baseUrl,
    @Nullable Secret apiKey,
    @Nullable Path apiKeyFile,
    @DefaultValue("60s") Duration timeout,
    @DefaultValue("AUTO") ResponseForm responseFormat,
    @DefaultValue("true") boolean includeRowValues,
    @DefaultValue("60000") int maxPromptCharacters,
    @DefaultValue("2000") int maxOutputTokens,
    @DefaultValue("100000") int maxTokensPerExperiment,
    @DefaultValue("0.8") double minConfidence) {

  /** The step that asks has two minutes, and asks in up to three forms. */
  private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(100);

  /** Servers that can be asked. */
  public enum Provider {
    /** No model: a person decides everything. */
    NONE,
    /** OpenAI, and what speaks like it. */
    OPENAI,
    /** Anthropic. */
    ANTHROPIC,
    /** Whatever a ChatModel of LangChain4j reaches that somebody's jar contributes as a bean. */
    BEAN
  }

  void check(String prefix, Problems problems) {
    if (provider == Provider.NONE) {
      if (model != null || baseUrl != null || apiKey != null || apiKeyFile != null) {
        problems.add(
            prefix + ".provider",
            "it is missing, though a model, an address or a key is configured",
            "Set it to OPENAI (and what speaks like it), ANTHROPIC or BEAN.");
      }
      return;
    }
    problems.require(prefix + ".model", model, "Set it to the model's name at the server.");
    if (provider == Provider.BEAN) {
      if (baseUrl != null || apiKey != null || apiKeyFile != null) {
        problems.add(
            prefix + ".provider",
            "it is BEAN, which knows its own address and key",
            "Remove %1$s.base-url, %1$s.api-key and %1$s.api-key-file.".formatted(prefix));
      }
    } else {
      checkServer(prefix, problems);
    }
    checkBounds(prefix, problems);
  }

  private void checkServer(String prefix, Problems problems) {
    if (baseUrl != null && !HttpAddress.isOne(baseUrl)) {
      problems.add(
          prefix + ".base-url",
          "it is no http or https address without credentials",
          "Write it like https://llm.example.com/v1, and the key as %s.api-key.".formatted(prefix));
    }
    PasswordSource.check(prefix, "api-key", apiKey, apiKeyFile, baseUrl == null, problems);
  }

  private void checkBounds(String prefix, Problems problems) {
    problems.positive(prefix + ".timeout", timeout);
    if (timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      problems.add(prefix + ".timeout", "it is longer than a step may take", "Use at most 100s.");
    }
    problems.atLeast(prefix + ".max-prompt-characters", maxPromptCharacters, 1_000);
    problems.atLeast(prefix + ".max-output-tokens", maxOutputTokens, 100);
    problems.atLeast(prefix + ".max-tokens-per-experiment", maxTokensPerExperiment, 1_000);
    if (!(minConfidence >= 0 && minConfidence <= 1)) {
      problems.add(prefix + ".min-confidence", "it is not from 0 to 1", "Use a number like 0.8.");
    }
  }

  /** As the judge wants it, with the key in it; empty where no model is configured. */
  public Optional<JudgeConfig> config() {
    if (provider == Provider.NONE) {
      return Optional.empty();
    }
    return Optional.of(
        new JudgeConfig(
            switch (provider) {
              case OPENAI -> JudgeConfig.Protocol.OPENAI;
              case ANTHROPIC -> JudgeConfig.Protocol.ANTHROPIC;
              case BEAN, NONE -> JudgeConfig.Protocol.OWN;
            },
            model == null ? "" : model,
            baseUrl,
            PasswordSource.read(WorkerSettings.PREFIX + ".judge.api-key", apiKey, apiKeyFile),
            timeout,
            responseFormat,
            includeRowValues,
            maxPromptCharacters,
            maxOutputTokens,
            maxTokensPerExperiment,
            minConfidence));
  }
}
