package dev.offshoot.experiment;

import dev.offshoot.domain.SqlLexer;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.SqlToken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of the experiment's SQL, as messages name it.
 *
 * @param name {@code statement 2}, {@code checks[0]}
 * @param sql its text
 * @param index place among the statements, from 0; absent for anything else
 * @param firstLine line of the script on which its text begins; absent where lines mean nothing
 */
record Subject(String name, String sql, @Nullable Integer index, @Nullable Integer firstLine) {

  static Subject statement(SqlStatement statement, boolean inScript) {
    return new Subject(
        "statement " + (statement.index() + 1),
        statement.text(),
        statement.index(),
        inScript ? statement.line() - linesBeforeFirstToken(statement.text()) : null);
  }

  static Subject check(int index, String sql) {
    return new Subject("checks[%d]".formatted(index), sql, null, null);
  }

  /** What waits for the end of a transaction. */
  static Subject endOfTransaction() {
    return new Subject(
        "the end of the transaction (deferred constraints and triggers)",
        "SET CONSTRAINTS ALL IMMEDIATE",
        null,
        null);
  }

  /** The name, with the line of the script where there is one. */
  String at(int position) {
    return firstLine == null
        ? name
        : "%s (line %d)".formatted(name, firstLine + linesBefore(sql, position));
  }

  /** Whether the first word is {@code word}, given in upper case. */
  boolean beginsWith(String word) {
    List<SqlToken> tokens = SqlLexer.tokens(sql);
    return !tokens.isEmpty() && tokens.get(0).isWord(word);
  }

  /** Line breaks before the character at {@code position}, from 1; before the first token if 0. */
  private static int linesBefore(String sql, int position) {
    if (position <= 0) {
      return linesBeforeFirstToken(sql);
    }
    return (int) sql.codePoints().limit(position - 1L).filter(c -> c == '\n').count();
  }

  private static int linesBeforeFirstToken(String sql) {
    List<SqlToken> tokens = SqlLexer.tokens(sql);
    return tokens.isEmpty() ? 0 : tokens.get(0).line() - 1;
  }
}
