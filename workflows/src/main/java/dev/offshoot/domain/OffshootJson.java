package dev.offshoot.domain;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.time.Duration;

/**
 * How Offshoot writes and reads JSON, everywhere: payloads, CLI output, specification files,
 * ledger.
 *
 * <p>Times are ISO-8601, durations are read in human or ISO form and written as ISO, absent fields
 * are left out, unknown fields are ignored (a signal with one field too many must not be lost;
 * {@link ExperimentSpec} collects its own unknown fields and refuses them).
 */
public final class OffshootJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(
              new SimpleModule("offshoot")
                  .addDeserializer(Duration.class, new DurationDeserializer()))
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  private OffshootJson() {}

  /** The shared mapper; thread-safe, not to be reconfigured ({@code copy()} it instead). */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  /** {@code text} as JSON. */
  public static String text(String text) {
    try {
      return MAPPER.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a text that is no JSON", e);
    }
  }

  private static final class DurationDeserializer extends StdDeserializer<Duration> {
    DurationDeserializer() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        return (Duration)
            context.handleUnexpectedToken(
                Duration.class,
                parser.currentToken(),
                parser,
                "a duration is a string like \"1h30m\" or \"PT1H\"");
      }
      try {
        return HumanDuration.parse(parser.getText());
      } catch (IllegalArgumentException e) {
        return (Duration)
            context.handleWeirdStringValue(Duration.class, parser.getText(), "%s", e.getMessage());
      }
    }
  }
}
