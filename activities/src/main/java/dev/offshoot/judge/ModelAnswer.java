package dev.offshoot.judge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Verdict.Opinion;
import dev.offshoot.domain.Verdict.Reason;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a model said, once it is known to be of the right form.
 *
 * @param opinion its opinion
 * @param confidence how sure it is, from 0 to 1
 * @param reasons at least one, safe to show
 * @param questions for the reviewer, safe to show
 */
record ModelAnswer(
    Opinion opinion, double confidence, List<Reason> reasons, List<String> questions) {
  private static final int MOST_REASONS = 12;
  private static final int MOST_QUESTIONS = 8;
  private static final int MOST_CHARACTERS = 400;
  private static final int MOST_ANSWER = 50_000;
  private static final Set<String> FIELDS = Set.of("verdict", "confidence", "reasons", "questions");
  private static final Set<String> REASON_FIELDS = Set.of("text", "statement", "table");

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

  /** The form, as a server is told. */
  static JsonSchema schema() {
    JsonObjectSchema reason =
        JsonObjectSchema.builder()
            .addStringProperty("text", "one reason, in a sentence")
            .addProperty(
                "statement",
                JsonIntegerSchema.builder()
                    .description("number of the statement it is about, from 1; 0 for none")
                    .build())
            .addStringProperty("table", "schema.table it is about; empty for none")
            .required("text", "statement", "table")
            .additionalProperties(false)
            .build();
    return JsonSchema.builder()
        .name("verdict")
        .rootElement(
            JsonObjectSchema.builder()
                .addEnumProperty("verdict", List.of("APPROVE", "REJECT", "ABSTAIN"))
                .addNumberProperty("confidence", "from 0 to 1")
                .addProperty("reasons", JsonArraySchema.builder().items(reason).build())
                .addProperty(
                    "questions",
                    JsonArraySchema.builder()
                        .items(
                            JsonStringSchema.builder()
                                .description("what the reviewer should find out")
                                .build())
                        .build())
                .required("verdict", "confidence", "reasons", "questions")
                .additionalProperties(false)
                .build())
        .build();
  }

  /**
   * Reads an answer.
   *
   * @param statements how many statements there are; a reason about another is refused
   * @param tables names of the tables there are; a reason about another is refused
   * @throws Malformed if anything about it is not as asked for
   */
  static ModelAnswer read(String text, int statements, Set<String> tables) throws Malformed {
    if (text.length() > MOST_ANSWER) {
      throw new Malformed("it is longer than %,d characters".formatted(MOST_ANSWER));
    }
    JsonNode root = parse(unfenced(text));
    requireFields(root, FIELDS, "the answer");
    List<Reason> reasons = new ArrayList<>();
    for (JsonNode reason : array(root, "reasons", MOST_REASONS)) {
      reasons.add(reason(reason, statements, tables));
    }
    if (reasons.isEmpty()) {
      throw new Malformed("it gives no reason");
    }
    List<String> questions = new ArrayList<>();
    for (JsonNode question : array(root, "questions", MOST_QUESTIONS)) {
      questions.add(text(question, "a question"));
    }
    return new ModelAnswer(
        opinion(root.get("verdict")),
        confidence(root.get("confidence")),
        List.copyOf(reasons),
        List.copyOf(questions));
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

  private static Reason reason(JsonNode node, int statements, Set<String> tables) throws Malformed {
    requireFields(node, REASON_FIELDS, "a reason");
    JsonNode number = node.get("statement");
    if (!number.isIntegralNumber() || !number.canConvertToInt()) {
      throw new Malformed("a reason's statement is no number");
    }
    int statement = number.intValue();
    if (statement < 0 || statement > statements) {
      throw new Malformed("a reason is about a statement that there is not");
    }
    if (!node.get("table").isTextual()) {
      throw new Malformed("a reason's table is no text");
    }
    String table = node.get("table").textValue();
    if (!table.isEmpty() && !tables.contains(table)) {
      throw new Malformed("a reason is about a table that there is not");
    }
    return new Reason(
        text(node.get("text"), "a reason"),
        statement == 0 ? null : Integer.valueOf(statement - 1),
        table.isEmpty() ? null : ShownText.oneLine(table, MOST_CHARACTERS));
  }

  private static Opinion opinion(JsonNode node) throws Malformed {
    for (Opinion opinion : Opinion.values()) {
      if (node.isTextual() && node.textValue().equals(opinion.name())) {
        return opinion;
      }
    }
    throw new Malformed("its verdict is none of APPROVE, REJECT, ABSTAIN");
  }

  private static double confidence(JsonNode node) throws Malformed {
    double confidence = node.isNumber() ? node.doubleValue() : -1;
    if (!(confidence >= 0 && confidence <= 1)) {
      throw new Malformed("its confidence is no number from 0 to 1");
    }
    return confidence;
  }

  private static Iterable<JsonNode> array(JsonNode root, String field, int most) throws Malformed {
    JsonNode array = root.get(field);
    if (!array.isArray() || array.size() > most) {
      throw new Malformed("its %s are no list of at most %d".formatted(field, most));
    }
    return array;
  }

  private static String text(@Nullable JsonNode node, String what) throws Malformed {
    if (node == null || !node.isTextual() || node.textValue().isBlank()) {
      throw new Malformed(what + " is no text");
    }
    return ShownText.oneLine(node.textValue().strip(), MOST_CHARACTERS);
  }

  private static void requireFields(JsonNode node, Set<String> fields, String what)
      throws Malformed {
    Set<String> found = new TreeSet<>();
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      found.add(names.next());
    }
    if (!found.equals(fields)) {
      throw new Malformed("%s has not just the fields that it should have".formatted(what));
    }
  }
}
