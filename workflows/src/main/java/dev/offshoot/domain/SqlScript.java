package dev.offshoot.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Splits SQL text into statements at the semicolons that Postgres would see: none in quotes,
 * comments or parentheses, and none inside the {@code BEGIN ATOMIC … END} body of a routine.
 *
 * <p>It splits and does not parse: whether a statement is right is the server's to say.
 */
public final class SqlScript {
  /** A routine's kind is among its first words: CREATE [OR REPLACE] FUNCTION or PROCEDURE. */
  private static final int WORDS_TO_KIND = 4;

  private static final Set<String> ROUTINES = Set.of("FUNCTION", "PROCEDURE");

  private final String sql;
  private final List<SqlStatement> statements = new ArrayList<>();
  private final List<SqlToken> current = new ArrayList<>();
  private int start;
  private int parentheses;
  private int atomic;

  private SqlScript(String sql) {
    this.sql = sql;
  }

  /**
   * The statements of {@code sql} in order; empty ones are left out.
   *
   * @throws OffshootException {@link ErrorCode#BAD_SPEC} if a string, quoted identifier, dollar
   *     quote or comment is not closed; says where it began
   */
  public static List<SqlStatement> split(String sql) {
    SqlScript script = new SqlScript(sql);
    for (SqlToken token : SqlLexer.tokens(sql)) {
      script.take(token);
    }
    script.finish(sql.length());
    return List.copyOf(script.statements);
  }

  /** The first word of a statement in upper case, comments skipped; empty if there is none. */
  public static String leadingWord(String statement) {
    List<String> words = leadingWords(statement, 1);
    return words.isEmpty() ? "" : words.get(0);
  }

  /** The words with which a statement begins, at most {@code most}, in upper case. */
  static List<String> leadingWords(String statement, int most) {
    List<String> words = new ArrayList<>();
    for (SqlToken token : SqlLexer.tokens(statement)) {
      if (words.size() < most && token.kind() == SqlToken.Kind.WORD) {
        words.add(token.text().toUpperCase(Locale.ROOT));
      } else if (!words.isEmpty() || (!token.isSymbol('(') && !token.isSymbol(';'))) {
        break;
      }
    }
    return words;
  }

  private void take(SqlToken token) {
    if (token.isSymbol(';') && parentheses == 0 && atomic == 0) {
      finish(token.start());
      start = token.end();
      return;
    }
    if (token.isSymbol('(')) {
      parentheses++;
    } else if (token.isSymbol(')') && parentheses > 0) {
      parentheses--;
    } else if (token.kind() == SqlToken.Kind.WORD) {
      trackAtomic(token);
    }
    current.add(token);
  }

  private void trackAtomic(SqlToken word) {
    if (atomic == 0) {
      if (word.isWord("ATOMIC") && lastIs("BEGIN") && createsRoutine()) {
        atomic = 1;
      }
    } else if (word.isWord("CASE")) {
      atomic++;
    } else if (word.isWord("END")) {
      atomic--;
    }
  }

  private boolean lastIs(String word) {
    return !current.isEmpty() && current.get(current.size() - 1).isWord(word);
  }

  private boolean createsRoutine() {
    return current.get(0).isWord("CREATE")
        && current.stream()
            .limit(WORDS_TO_KIND)
            .anyMatch(token -> ROUTINES.contains(token.text().toUpperCase(Locale.ROOT)));
  }

  private void finish(int end) {
    if (!current.isEmpty()) {
      statements.add(
          new SqlStatement(statements.size(), stripped(start, end), current.get(0).line()));
    }
    current.clear();
    parentheses = 0;
    atomic = 0;
  }

  private String stripped(int from, int to) {
    int first = from;
    int last = to;
    while (first < last && SqlLexer.isSpace(sql.charAt(first))) {
      first++;
    }
    while (last > first && SqlLexer.isSpace(sql.charAt(last - 1))) {
      last--;
    }
    return sql.substring(first, last);
  }
}
