package dev.offshoot.judge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.offshoot.domain.ShownText;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what a model said as what it was asked for, or not at all. */
final class StrictAnswer {
  /** Of one text in it. */
  static final int MOST_CHARACTERS = 400;

  /** Two fields of one name or a second document would be read by one and not by another. */
  private static final ObjectMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(10).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The answer is not of the form that was asked for; the message says how, without quoting it. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String why) {
      super(why);
    }
  }

  private static final int MOST_ANSWER = 50_000;

  private StrictAnswer() {}

  /**
   * @throws Malformed if it is no JSON object, or more than one
   */
  static JsonNode object(String text) throws Malformed {
    if (text.length() > MOST_ANSWER) {
      throw new Malformed("it is longer than %,d characters".formatted(MOST_ANSWER));
    }
    return parse(unfenced(text));
  }

  /** Models that nothing holds to JSON like to put it into one fence; nothing else around it. */
  private static String unfenced(String text) {
    String trimmed = text.strip();
    if (!trimmed.startsWith("```") || !trimmed.endsWith("```") || trimmed.length() < 6) {
      return trimmed;
    }
    int firstLine = trimmed.indexOf('\n');
    String language = firstLine < 0 ? "" : trimmed.substring(3, firstLine).strip();
    boolean isFence = firstLine > 0 && (language.isEmpty() || language.equals("json"));
    return isFence ? trimmed.substring(firstLine, trimmed.length() - 3) : trimmed;
  }

  private static JsonNode parse(String text) throws Malformed {
    try {
      JsonNode root = STRICT.readTree(text);
      if (root == null || !root.isObject()) {
        throw new Malformed("it is no JSON object");
      }
      return root;
    } catch (JsonProcessingException e) {
      throw new Malformed("it is not one JSON document");
    }
  }

  static Iterable<JsonNode> array(JsonNode root, String field, int most) throws Malformed {
    JsonNode array = root.get(field);
    if (!array.isArray() || array.size() > most) {
      throw new Malformed("its %s are no list of at most %d".formatted(field, most));
    }
    return array;
  }

  static String text(@Nullable JsonNode node, String what) throws Malformed {
    if (node == null || !node.isTextual() || node.textValue().isBlank()) {
      throw new Malformed(what + " is no text");
    }
    return ShownText.oneLine(node.textValue().strip(), MOST_CHARACTERS);
  }

  static void requireFields(JsonNode node, Set<String> fields, String what) throws Malformed {
    Set<String> found = new TreeSet<>();
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      found.add(names.next());
    }
    if (!found.equals(fields)) {
      throw new Malformed("%s has not just the fields that it should have".formatted(what));
    }
  }
}
