package dev.offshoot.cli.mcp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One argument of a tool.
 *
 * @param name as the client sends it
 * @param type what it must be
 * @param required whether a call without it is refused
 * @param description what it means, for a model that reads it
 * @param least of a number
 * @param most of a number; of a text, its characters
 */
record Argument(
    String name, Type type, boolean required, String description, long least, long most) {
  private static final int MOST_TEXT = 2_000;

  /** Of a script that is sent; the session says more exactly what fits. */
  private static final int MOST_SQL = 600_000;

  /** What a value must be, in JSON's own words. */
  enum Type {
    TEXT("a string"),
    NUMBER("a whole number"),
    TEXTS("a list of strings");

    private final String words;

    Type(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  static Argument text(String name, String description) {
    return new Argument(name, Type.TEXT, true, description, 0, MOST_TEXT);
  }

  static Argument sql(String name, String description) {
    return new Argument(name, Type.TEXT, true, description, 0, MOST_SQL);
  }

  static Argument texts(String name, String description) {
    return new Argument(name, Type.TEXTS, false, description, 0, MOST_SQL);
  }

  static Argument number(String name, long least, long most, String description) {
    return new Argument(name, Type.NUMBER, false, description, least, most);
  }

  /** Which experiment; that of the connection if it is left out. */
  static Argument experiment() {
    return text("experiment", "Id of the experiment. Leave it out for the one you started last.")
        .optional();
  }

  Argument necessary() {
    return new Argument(name, type, true, description, least, most);
  }

  Argument optional() {
    return new Argument(name, type, false, description, least, most);
  }

  /** The same in the words of JSON Schema. */
  Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    switch (type) {
      case TEXT -> schema.put("type", "string");
      case NUMBER -> {
        schema.put("type", "integer");
        schema.put("minimum", least);
        schema.put("maximum", most);
      }
      case TEXTS -> {
        schema.put("type", "array");
        schema.put("items", Map.of("type", "string"));
      }
    }
    schema.put("description", description);
    return schema;
  }

  /** What the arguments of a tool must be, in the words of JSON Schema. */
  static Map<String, Object> schemaOf(List<Argument> arguments) {
    Map<String, Object> properties = new LinkedHashMap<>();
    arguments.forEach(argument -> properties.put(argument.name(), argument.schema()));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put(
        "required", arguments.stream().filter(Argument::required).map(Argument::name).toList());
    schema.put("additionalProperties", false);
    return schema;
  }
}
