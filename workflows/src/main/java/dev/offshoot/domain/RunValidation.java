package dev.offshoot.domain;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with one run of a session without running it. */
public final class RunValidation {
  /** Of a result that an answer carries. */
  public static final int MOST_ROWS = 1_000;

  private RunValidation() {}

  /**
   * The statements of a run.
   *
   * @param before all statements that the session was sent before
   * @throws OffshootException {@link ErrorCode#SESSION_REFUSED} with what is wrong
   */
  public static List<String> statementsOf(@Nullable RunRequest request, List<String> before) {
    @Nullable String sql = request == null ? null : request.sql();
    if (sql == null || sql.isBlank()) {
      throw refused("sql: is missing; send {\"sql\": \"SELECT 1\"}");
    }
    if (SpecValidation.bytes(sql) > SpecValidation.MAX_SQL_BYTES) {
      throw refused(
          "sql: is %d bytes; at most %d fit into a session: load data in a statement that computes it"
              .formatted(SpecValidation.bytes(sql), SpecValidation.MAX_SQL_BYTES));
    }
    List<SpecProblem> problems = new ArrayList<>();
    List<SqlStatement> statements = SpecValidation.parts("sql", sql, problems);
    if (!problems.isEmpty()) {
      throw refused(problems.get(0).toString());
    }
    if (statements.isEmpty()) {
      throw refused("sql: holds no statement");
    }
    statements.forEach(RunValidation::requireNoTransaction);
    rows(request);
    List<String> texts = statements.stream().map(SqlStatement::text).toList();
    requireRoom(texts, before);
    return texts;
  }

  private static void requireNoTransaction(SqlStatement statement) {
    List<String> words = SqlScript.leadingWords(statement.text(), 2);
    String word = words.isEmpty() ? "" : words.get(0);
    boolean ownSavepoint = word.equals("SAVEPOINT") || word.equals("RELEASE");
    if (SpecValidation.TRANSACTION_WORDS.contains(word)
        || ownSavepoint
        || words.equals(List.of("PREPARE", "TRANSACTION"))) {
      throw refused(
          "sql: statement %d (line %d): %s is not for a session: every run is one transaction, which commits if all of its statements succeed; send what belongs together in one run, and use savepoint and undo to go back"
              .formatted(statement.index() + 1, statement.line(), word));
    }
  }

  private static void rows(@Nullable RunRequest request) {
    @Nullable Integer rows = request == null ? null : request.rows();
    if (rows != null && (rows < 0 || rows > MOST_ROWS)) {
      throw refused("rows: must be 0 to %d".formatted(MOST_ROWS));
    }
  }

  private static void requireRoom(List<String> statements, List<String> before) {
    int left = SpecValidation.MAX_STATEMENTS - before.size();
    if (statements.size() > left) {
      throw refused(
          "sql: has %d statements, and the session takes %d more of %d; submit what there is, and open another session for the rest"
              .formatted(statements.size(), left, SpecValidation.MAX_STATEMENTS));
    }
    long bytes = 0;
    long json = 0;
    for (List<String> texts : List.of(statements, before)) {
      for (String text : texts) {
        bytes += SpecValidation.bytes(text);
        json += SpecValidation.jsonBytes(text);
      }
    }
    if (bytes > SpecValidation.MAX_SQL_BYTES || json > SpecValidation.MAX_SQL_JSON_BYTES) {
      throw refused(
          "sql: with it the session would hold %d bytes of SQL (%d as JSON), of which %d (%d) fit; submit what there is, and open another session for the rest"
              .formatted(
                  bytes, json, SpecValidation.MAX_SQL_BYTES, SpecValidation.MAX_SQL_JSON_BYTES));
    }
  }

  private static OffshootException refused(String why) {
    return new OffshootException(ErrorCode.SESSION_REFUSED, why);
  }
}
