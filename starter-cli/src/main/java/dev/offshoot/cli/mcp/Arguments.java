package dev.offshoot.cli.mcp;

import dev.offshoot.domain.ShownText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call, checked: each has its type and is within its bounds, and none is there
 * that the tool does not know.
 */
final class Arguments {
  private static final int MOST_SHOWN = 60;

  private final Map<String, Object> values;

  private Arguments(Map<String, Object> values) {
    this.values = values;
  }

  /**
   * @throws Refusal {@code BAD_ARGUMENT} that names every argument that is wrong
   */
  static Arguments of(AgentTool tool, @Nullable Map<String, Object> given) {
    Map<String, Object> values = new HashMap<>();
    List<String> problems = new ArrayList<>();
    Map<String, Object> sent = given == null ? Map.of() : given;
    for (String name : sent.keySet()) {
      if (tool.arguments().stream().noneMatch(argument -> argument.name().equals(name))) {
        problems.add("%s: there is no such argument".formatted(shown(name)));
      }
    }
    for (Argument argument : tool.arguments()) {
      @Nullable Object value = sent.get(argument.name());
      if (value != null) {
        @Nullable String problem = problem(argument, value);
        if (problem == null) {
          values.put(argument.name(), value);
        } else {
          problems.add("%s: %s".formatted(argument.name(), problem));
        }
      } else if (argument.required()) {
        problems.add(
            "%s: is missing; it must be %s".formatted(argument.name(), argument.type().words()));
      }
    }
    if (!problems.isEmpty()) {
      throw new Refusal(
          "BAD_ARGUMENT",
          String.join("; ", problems),
          "call %s again with %s".formatted(tool.name(), known(tool)));
    }
    return new Arguments(values);
  }

  private static String known(AgentTool tool) {
    return tool.arguments().isEmpty()
        ? "no arguments"
        : tool.arguments().stream()
            .map(
                argument ->
                    "%s (%s%s)"
                        .formatted(
                            argument.name(),
                            argument.type().words(),
                            argument.required() ? "" : ", optional"))
            .collect(Collectors.joining(", "));
  }

  private static @Nullable String problem(Argument argument, Object value) {
    return switch (argument.type()) {
      case TEXT -> text(argument, value);
      case NUMBER -> number(argument, value);
      case TEXTS -> texts(argument, value);
    };
  }

  private static @Nullable String text(Argument argument, Object value) {
    if (!(value instanceof String text)) {
      return mismatch(argument, value);
    }
    if (text.length() > argument.most()) {
      return "has %d characters; at most %d".formatted(text.length(), argument.most());
    }
    return argument.required() && text.isBlank() ? "is empty" : null;
  }

  private static @Nullable String number(Argument argument, Object value) {
    if (!(value instanceof Number number)) {
      return mismatch(argument, value);
    }
    BigDecimal exact = new BigDecimal(number.toString());
    if (exact.stripTrailingZeros().scale() > 0) {
      return mismatch(argument, value);
    }
    return exact.compareTo(BigDecimal.valueOf(argument.least())) < 0
            || exact.compareTo(BigDecimal.valueOf(argument.most())) > 0
        ? "must be %d to %d, and is %s"
            .formatted(argument.least(), argument.most(), shown(String.valueOf(value)))
        : null;
  }

  private static @Nullable String texts(Argument argument, Object value) {
    return value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)
        ? null
        : mismatch(argument, value);
  }

  private static String mismatch(Argument argument, Object value) {
    String is =
        value instanceof String
            ? "a string"
            : value instanceof Number
                ? "the number " + shown(value.toString())
                : value instanceof Boolean
                    ? "a truth value"
                    : value instanceof List ? "a list of something else" : "an object";
    return "must be %s, and is %s".formatted(argument.type().words(), is);
  }

  private static String shown(String text) {
    return ShownText.oneLine(text, MOST_SHOWN);
  }

  /** A text that the tool requires. */
  String text(String name) {
    return (String) values.getOrDefault(name, "");
  }

  /** A text, if one was given that is not blank. */
  @Nullable String textOrNull(String name) {
    @Nullable Object value = values.get(name);
    return value instanceof String text && !text.isBlank() ? text : null;
  }

  long number(String name, long otherwise) {
    return values.get(name) instanceof Number number ? number.longValue() : otherwise;
  }

  List<String> texts(String name) {
    return values.get(name) instanceof List<?> list
        ? list.stream().map(String.class::cast).toList()
        : List.of();
  }
}
