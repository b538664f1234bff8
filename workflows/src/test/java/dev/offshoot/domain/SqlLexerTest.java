package dev.offshoot.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a token begins and ends, what it is, and on which line it stands. */
class SqlLexerTest {

  static List<Arguments> texts() {
    return List.of(
        // Words end where Postgres ends them.
        of(
            "a zA_Z09$x é\u2003 \u007fb",
            "WORD a",
            "WORD zA_Z09$x",
            "WORD é\u2003",
            "SYMBOL \u007f",
            "WORD b"),
        of(
            "a@z`A[Z{b",
            "WORD a",
            "SYMBOL @",
            "WORD z",
            "SYMBOL `",
            "WORD A",
            "SYMBOL [",
            "WORD Z",
            "SYMBOL {",
            "WORD b"),
        of("_1 9", "WORD _1", "NUMBER 9"),
        of("x/y-z:w", "WORD x", "SYMBOL /", "WORD y", "SYMBOL -", "WORD z", "SYMBOL :", "WORD w"),
        // Numbers take along what cannot begin anything else.
        of("0.5e9x+1..2", "NUMBER 0.5e9x", "SYMBOL +", "NUMBER 1..2"),
        of("1-2", "NUMBER 1", "SYMBOL -", "NUMBER 2"),
        of(".5", "SYMBOL .", "NUMBER 5"),
        // A letter before quotes belongs to them.
        of("E'a\\'b' x", "STRING E'a\\'b'", "WORD x"),
        of("e'\\\\' x", "STRING e'\\\\'", "WORD x"),
        of(
            "B'01' b'1' X'f' x'F' N'n' n'N'",
            "STRING B'01'",
            "STRING b'1'",
            "STRING X'f'",
            "STRING x'F'",
            "STRING N'n'",
            "STRING n'N'"),
        of("b'\\' x", "STRING b'\\'", "WORD x"),
        of(
            "U&'\\' u&\"a\"\"b\" U&1 u &",
            "STRING U&'\\'",
            "QUOTED_NAME u&\"a\"\"b\"",
            "WORD U",
            "SYMBOL &",
            "NUMBER 1",
            "WORD u",
            "SYMBOL &"),
        of("ee'x'", "WORD ee", "STRING 'x'"),
        of("a'x'", "WORD a", "STRING 'x'"),
        of("'it''s' \"a\"\"b\"", "STRING 'it''s'", "QUOTED_NAME \"a\"\"b\""),
        of("'' \"\"", "STRING ''", "QUOTED_NAME \"\""),
        // Strings go on over a line break, and over nothing else.
        of("'a'\n'b' c", "STRING 'a'\n'b'", "WORD c"),
        of("'a' \r 'b'", "STRING 'a' \r 'b'"),
        of("'a' -- no\n'b'\t\n 'c'", "STRING 'a' -- no\n'b'\t\n 'c'"),
        of("'a' 'b'", "STRING 'a'", "STRING 'b'"),
        of("'a' 'b'\r", "STRING 'a'", "STRING 'b'"),
        of("'a'\n b", "STRING 'a'", "WORD b"),
        of("'a' /* no */ 'b'", "STRING 'a'", "STRING 'b'"),
        // Dollar quotes.
        of("$$a'$$ $a1$ $$ $a$ $a1$ b", "STRING $$a'$$", "STRING $a1$ $$ $a$ $a1$", "WORD b"),
        of("$1a$ $1", "SYMBOL $", "NUMBER 1a", "SYMBOL $", "SYMBOL $", "NUMBER 1"),
        of("$a", "SYMBOL $", "WORD a"),
        of("$", "SYMBOL $"),
        of("x$$y$$", "WORD x$$y$$"),
        // Comments and every kind of white space leave nothing.
        of("a/**/b--c\rd/* /* */ */e", "WORD a", "WORD b", "WORD d", "WORD e"),
        of("a\t\n\r\f\u000B b", "WORD a", "WORD b"),
        of("a\u001fb", "WORD a", "SYMBOL \u001f", "WORD b"),
        of("- -/ *", "SYMBOL -", "SYMBOL -", "SYMBOL /", "SYMBOL *"),
        of("-- only"),
        of(""));
  }

  private static Arguments of(String sql, String... tokens) {
    return Arguments.of(sql, List.of(tokens));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void text_isCutAsPostgresCutsIt(String sql, List<String> expected) {
    List<SqlToken> tokens = SqlLexer.tokens(sql);

    assertThat(tokens).extracting(token -> token.kind() + " " + token.text()).isEqualTo(expected);
    assertThat(tokens)
        .allSatisfy(
            token -> assertThat(sql.substring(token.start(), token.end())).isEqualTo(token.text()));
  }

  @Test
  void token_tellsTheLineOnWhichItBegins() {
    String sql =
        "a\n'b\n' c\n\n\"d\n\" $$e\n\n$$ f /* g\n */ h -- i\nj 'k'\n  'l' m 'n'\n o E'\\\n' p";

    assertThat(SqlLexer.tokens(sql))
        .extracting(token -> token.text().replaceAll("\\s", "") + " " + token.line())
        .containsExactly(
            "a 1",
            "'b' 2",
            "c 3",
            "\"d\" 5",
            "$$e$$ 6",
            "f 8",
            "h 9",
            "j 10",
            "'k''l' 10",
            "m 11",
            "'n' 11",
            "o 12",
            "E'\\' 12",
            "p 13");
  }

  @ParameterizedTest
  @MethodSource("unclosed")
  void whatIsOpenAtTheEnd_isRefused_withTheLineOnWhichItBegan(String sql, String told) {
    assertThatThrownBy(() -> SqlLexer.tokens("SELECT\n" + sql))
        .isInstanceOf(OffshootException.class)
        .hasMessage("the " + told + " is not closed; close it");
  }

  static List<Arguments> unclosed() {
    return List.of(
        Arguments.of("'a\n", "string that begins on line 2"),
        Arguments.of("E'a\\", "string that begins on line 2"),
        Arguments.of("E'a\\'", "string that begins on line 2"),
        Arguments.of("'a'\n\n'b", "string that begins on line 4"),
        Arguments.of("U&\"a\n", "quoted identifier that begins on line 2"),
        Arguments.of("\n$x$\n$y$", "dollar quote $x$ that begins on line 3"),
        Arguments.of("/*", "comment that begins on line 2"),
        Arguments.of("/*/", "comment that begins on line 2"),
        Arguments.of("\n/* /*\n*/ *", "comment that begins on line 3"));
  }
}
