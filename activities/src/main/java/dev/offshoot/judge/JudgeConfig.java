package dev.offshoot.judge;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which model gives advice, and how much it may see and cost. Holds a secret: never logged, never
 * sent but to the model's server.
 *
 * @param protocol how the model's server is spoken to
 * @param model its name there
 * @param baseUrl the server's address; the protocol's own if absent
 * @param apiKey its key; some servers want none
 * @param timeout time for one answer, from the question to its last byte
 * @param responseForm how the form of the answer is asked for
 * @param includeRowValues whether the model sees values of rows
 * @param maxPromptCharacters above which a change set is not shown to a model at all
 * @param maxOutputTokens tokens that an answer may have
 * @param maxTokensPerExperiment tokens that one experiment may use, read and written, tries and
 *     reruns taken together
 * @param minConfidence below which an approval counts as an abstention
 */
public record JudgeConfig(
    Protocol protocol,
    String model,
    @Nullable String baseUrl,
    @Nullable String apiKey,
    Duration timeout,
    ResponseForm responseForm,
    boolean includeRowValues,
    int maxPromptCharacters,
    int maxOutputTokens,
    int maxTokensPerExperiment,
    double minConfidence) {

  /** Servers that can be asked. */
  public enum Protocol {
    /** OpenAI, and what speaks like it: vLLM, Ollama, LM Studio, llama.cpp. */
    OPENAI,
    /** Anthropic's own. */
    ANTHROPIC,
    /** Whatever a model of one's own speaks. */
    OWN
  }

  /** With the defaults of the configuration. */
  public static JudgeConfig of(
      Protocol protocol, String model, @Nullable String baseUrl, @Nullable String apiKey) {
    return new JudgeConfig(
        protocol,
        model,
        baseUrl,
        apiKey,
        Duration.ofSeconds(60),
        ResponseForm.AUTO,
        true,
        60_000,
        2_000,
        100_000,
        0.8);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "JudgeConfig[" + protocol + " " + model + "]";
  }
}
