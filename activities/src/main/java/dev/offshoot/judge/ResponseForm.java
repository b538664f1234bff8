package dev.offshoot.judge;

import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import java.util.List;

/** How a model's server is asked for an answer of the right form, which is checked here anyway. */
public enum ResponseForm {
  /** The strictest of the others that the server takes. */
  AUTO,
  /** The server holds the model to a JSON schema. */
  JSON_SCHEMA,
  /** The server holds the model to JSON. */
  JSON_OBJECT,
  /** The model is asked for JSON and nothing holds it to that. */
  TEXT;

  /** What to try, in order. */
  List<ResponseForm> candidates() {
    return this == AUTO ? List.of(JSON_SCHEMA, JSON_OBJECT, TEXT) : List.of(this);
  }

  /**
   * @param schema of the answer
   */
  ResponseFormat format(JsonSchema schema) {
    return switch (this) {
      case JSON_SCHEMA ->
          ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build();
      case JSON_OBJECT -> ResponseFormat.JSON;
      case TEXT -> ResponseFormat.TEXT;
      case AUTO -> throw new IllegalStateException("AUTO is tried one by one");
    };
  }
}
