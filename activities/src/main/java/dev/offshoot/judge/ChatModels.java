package dev.offshoot.judge;

import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.util.Objects;

/** Makes the client of a model's server; retries are not its business. */
final class ChatModels {
  /** Servers on one's own machine want no key, but the client wants one to send. */
  private static final String NO_KEY = "none";

  private ChatModels() {}

  static ChatModel of(JudgeConfig config) {
    return switch (config.protocol()) {
      case OPENAI -> openAi(config);
      case ANTHROPIC -> anthropic(config);
      case OWN -> throw new IllegalArgumentException("a model of one's own is not made here");
    };
  }

  private static ChatModel openAi(JudgeConfig config) {
    OpenAiChatModel.OpenAiChatModelBuilder builder =
        OpenAiChatModel.builder()
            .httpClientBuilder(BoundedHttpClient.builder(config.timeout()))
            .apiKey(Objects.requireNonNullElse(config.apiKey(), NO_KEY))
            .modelName(config.model())
            .maxTokens(config.maxOutputTokens())
            .temperature(0.0)
            .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
            .strictJsonSchema(true)
            .timeout(config.timeout())
            .maxRetries(0)
            .logRequests(false)
            .logResponses(false);
    if (config.baseUrl() != null) {
      builder.baseUrl(config.baseUrl());
    }
    return builder.build();
  }

  private static ChatModel anthropic(JudgeConfig config) {
    AnthropicChatModel.AnthropicChatModelBuilder builder =
        AnthropicChatModel.builder()
            .httpClientBuilder(BoundedHttpClient.builder(config.timeout()))
            .apiKey(Objects.requireNonNullElse(config.apiKey(), NO_KEY))
            .modelName(config.model())
            .maxTokens(config.maxOutputTokens())
            .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
            .timeout(config.timeout())
            .maxRetries(0)
            .logRequests(false)
            .logResponses(false);
    if (config.baseUrl() != null) {
      builder.baseUrl(config.baseUrl());
    }
    return builder.build();
  }
}
