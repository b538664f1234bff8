package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SqlLexer;
import dev.offshoot.domain.SqlToken;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Hazards of SQL that a merge runs on the parent: the schema script and the checks. */
final class CodeHazards {
  /** First words of statements that define things; any other runs as a program would. */
  private static final Set<String> DEFINING =
      Set.of(
          "ALTER",
          "ANALYZE",
          "CLUSTER",
          "COMMENT",
          "CREATE",
          "DROP",
          "GRANT",
          "IMPORT",
          "REASSIGN",
          "REFRESH",
          "REINDEX",
          "RESET",
          "REVOKE",
          "SECURITY",
          "SET",
          "TRUNCATE",
          "VACUUM");

  private CodeHazards() {}

  static void find(ExperimentSpec spec, ChangeSummary changes, Findings findings) {
    for (int i = 0; i < changes.schemaScript().size(); i++) {
      String where = "schema statement %d".formatted(i + 1);
      readable(where, changes.schemaScript().get(i), findings)
          .ifPresent(tokens -> script(where, tokens, findings));
    }
    for (int i = 0; i < spec.checks().size(); i++) {
      String where = "checks[%d]".formatted(i);
      readable(where, spec.checks().get(i), findings)
          .map(FunctionCalls::beyondHarmless)
          .filter(called -> !called.isEmpty())
          .ifPresent(
              called ->
                  findings.add(
                      Hazard.CHECK_CALLS_FUNCTION,
                      "%s calls %s".formatted(where, String.join(", ", called))));
    }
  }

  /**
   * Where new code runs on a parent that has a way out of the transaction: what it writes there is
   * written at once, and neither a refused merge nor a rollback takes it back.
   */
  static void findWaysOut(ChangeSummary changes, Findings findings) {
    boolean runsCode =
        findings.has(Hazard.CREATES_CODE) || findings.has(Hazard.CHECK_CALLS_FUNCTION);
    if (runsCode) {
      changes
          .observed()
          .waysOut()
          .forEach(
              way ->
                  findings.add(
                      Hazard.REACHES_OUTSIDE,
                      "code may write elsewhere by %s, and no rollback takes that back"
                          .formatted(way)));
    }
  }

  /** The tokens, unless there are none or the text was cut inside quotes. */
  private static Optional<List<SqlToken>> readable(String where, String sql, Findings findings) {
    try {
      return Optional.of(SqlLexer.tokens(sql)).filter(tokens -> !tokens.isEmpty());
    } catch (OffshootException unclosed) {
      findings.add(Hazard.UNCLASSIFIED, where + " cannot be read to its end");
      return Optional.empty();
    }
  }

  /** Whether a statement says what it defines, rather than running as a program would. */
  static boolean defines(List<SqlToken> statement) {
    return DEFINING.contains(statement.get(0).text().toUpperCase(Locale.ROOT));
  }

  private static void script(String where, List<SqlToken> tokens, Findings findings) {
    if (!defines(tokens)) {
      findings.add(
          Hazard.CREATES_CODE, "%s runs as code (%s)".formatted(where, tokens.get(0).text()));
      return;
    }
    List<SqlToken> executed = executed(tokens);
    if (!executed.isEmpty() && executed.get(0).isWord("EXECUTE")) {
      findings.add(Hazard.CREATES_CODE, where + " runs a prepared statement");
    }
    Set<String> called = FunctionCalls.beyondHarmless(executed);
    if (!called.isEmpty()) {
      findings.add(
          Hazard.CREATES_CODE,
          "%s calls %s while it runs".formatted(where, String.join(", ", called)));
    }
  }

  /**
   * The part of a defining statement that is computed when it runs and shows in no definition: the
   * query of a new table, and how a column's values turn into another type.
   */
  private static List<SqlToken> executed(List<SqlToken> tokens) {
    boolean storesQuery =
        tokens.get(0).isWord("CREATE")
            && tokens.stream()
                .limit(5)
                .anyMatch(token -> token.isWord("TABLE") || token.isWord("MATERIALIZED"));
    int parentheses = 0;
    boolean changesType = false;
    for (int i = 0; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      if (token.isSymbol('(')) {
        parentheses++;
      } else if (token.isSymbol(')')) {
        parentheses--;
      } else if (parentheses == 0) {
        changesType |= token.isWord("TYPE");
        boolean query = storesQuery && token.isWord("AS");
        boolean conversion = changesType && token.isWord("USING") && tokens.get(0).isWord("ALTER");
        if (query || conversion) {
          return tokens.subList(i + 1, tokens.size());
        }
      }
    }
    return List.of();
  }
}
