package dev.offshoot.judge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Verdict.Opinion;
import dev.offshoot.domain.Verdict.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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
  private static final Set<String> FIELDS = Set.of("verdict", "confidence", "reasons", "questions");
  private static final Set<String> REASON_FIELDS = Set.of("text", "statement", "table");

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
   * @throws StrictAnswer.Malformed if anything about it is not as asked for
   */
  static ModelAnswer read(String text, int statements, Set<String> tables)
      throws StrictAnswer.Malformed {
    JsonNode root = StrictAnswer.object(text);
    StrictAnswer.requireFields(root, FIELDS, "the answer");
    List<Reason> reasons = new ArrayList<>();
    for (JsonNode reason : StrictAnswer.array(root, "reasons", MOST_REASONS)) {
      reasons.add(reason(reason, statements, tables));
    }
    if (reasons.isEmpty()) {
      throw new StrictAnswer.Malformed("it gives no reason");
    }
    List<String> questions = new ArrayList<>();
    for (JsonNode question : StrictAnswer.array(root, "questions", MOST_QUESTIONS)) {
      questions.add(StrictAnswer.text(question, "a question"));
    }
    return new ModelAnswer(
        opinion(root.get("verdict")),
        confidence(root.get("confidence")),
        List.copyOf(reasons),
        List.copyOf(questions));
  }

  private static Reason reason(JsonNode node, int statements, Set<String> tables)
      throws StrictAnswer.Malformed {
    StrictAnswer.requireFields(node, REASON_FIELDS, "a reason");
    JsonNode number = node.get("statement");
    if (!number.isIntegralNumber() || !number.canConvertToInt()) {
      throw new StrictAnswer.Malformed("a reason's statement is no number");
    }
    int statement = number.intValue();
    if (statement < 0 || statement > statements) {
      throw new StrictAnswer.Malformed("a reason is about a statement that there is not");
    }
    if (!node.get("table").isTextual()) {
      throw new StrictAnswer.Malformed("a reason's table is no text");
    }
    String table = node.get("table").textValue();
    if (!table.isEmpty() && !tables.contains(table)) {
      throw new StrictAnswer.Malformed("a reason is about a table that there is not");
    }
    return new Reason(
        StrictAnswer.text(node.get("text"), "a reason"),
        statement == 0 ? null : Integer.valueOf(statement - 1),
        table.isEmpty() ? null : ShownText.oneLine(table, StrictAnswer.MOST_CHARACTERS));
  }

  private static Opinion opinion(JsonNode node) throws StrictAnswer.Malformed {
    for (Opinion opinion : Opinion.values()) {
      if (node.isTextual() && node.textValue().equals(opinion.name())) {
        return opinion;
      }
    }
    throw new StrictAnswer.Malformed("its verdict is none of APPROVE, REJECT, ABSTAIN");
  }

  private static double confidence(JsonNode node) throws StrictAnswer.Malformed {
    double confidence = node.isNumber() ? node.doubleValue() : -1;
    if (!(confidence >= 0 && confidence <= 1)) {
      throw new StrictAnswer.Malformed("its confidence is no number from 0 to 1");
    }
    return confidence;
  }
}
