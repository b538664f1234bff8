package dev.offshoot.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlScriptTest {

  @Test
  void split_keepsOrderTextAndLines_andLeavesEmptyStatementsOut() {
    List<SqlStatement> statements =
        SqlScript.split("-- first\nSELECT 1;;\n ; \n/* two\nlines */ UPDATE t\nSET a = 1\n;-- end");

    assertThat(statements)
        .containsExactly(
            new SqlStatement(0, "-- first\nSELECT 1", 2),
            new SqlStatement(1, "/* two\nlines */ UPDATE t\nSET a = 1", 5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 'a;b'",
        "SELECT 'it''s; fine'",
        "SELECT E'it\\'s; fine'",
        "SELECT e'\\\\'",
        "SELECT U&'\\0061;'",
        "SELECT \"odd;\"\"name\" FROM t",
        "SELECT $$a;b$$",
        "SELECT $tag$ $$ ; $other$ ; $tag$",
        "SELECT $été$;$été$",
        "SELECT $\u2003$;$\u2003$",
        "SELECT 1 -- not; here",
        "SELECT 1 /* nor; /* nested; */ here; */ + 2",
        "SELECT E'a'\n  'b\\'c; d'",
        "SELECT E'a' -- then\n 'b\\'c; d'",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2))",
        """
        CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql
        BEGIN ATOMIC
          INSERT INTO log VALUES (a);
          SELECT CASE WHEN a > 0 THEN 1 ELSE 2 END;
        END\
        """,
        "SELECT a$b$c FROM t",
        "SELECT $1, '{\"a\": 1}'::jsonb ? 'a'"
      })
  void split_seesOneStatement(String sql) {
    assertThat(SqlScript.split(sql)).extracting(SqlStatement::text).containsExactly(sql);
    assertThat(SqlScript.split(sql + "\n; SELECT 2")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // A backslash ends nothing outside E''.
        "SELECT 'a\\'; SELECT 2 -- '",
        "SELECT U&'\\'; SELECT 2 -- '",
        // BEGIN and ATOMIC are names anywhere but in a routine.
        "SELECT 1 AS begin, atomic FROM t; SELECT 2",
        "SELECT * FROM begin atomic; SELECT 2",
        "SELECT type'x'; SELECT $a'; $'"
      })
  void split_seesTwoStatements(String sql) {
    assertThat(SqlScript.split(sql)).hasSize(2);
  }

  @Test
  void lineComment_endsAtACarriageReturn_asForPostgres() {
    assertThat(SqlScript.split("SELECT 1 -- so far\r; DROP TABLE t"))
        .extracting(SqlStatement::text)
        .containsExactly("SELECT 1 -- so far", "DROP TABLE t");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT ''a;   | the string that begins on line 2",
        "SELECT \"a;    | the quoted identifier that begins on line 2",
        "SELECT $x$ a; | the dollar quote $x$ that begins on line 2",
        "SELECT /* a;  | the comment that begins on line 2",
        "SELECT /* /* a; */ | the comment that begins on line 2"
      })
  void whatIsNotClosed_isRefusedWithItsLine(String sql, String message) {
    String unclosed = "SELECT 1;\n" + sql.replace("''", "'");

    assertThatThrownBy(() -> SqlScript.split(unclosed))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SPEC))
        .hasMessageContaining(message);
  }

  @Test
  void leadingWord_skipsCommentsAndParentheses() {
    assertThat(SqlScript.leadingWord("/* why */ -- so\n select 1")).isEqualTo("SELECT");
    assertThat(SqlScript.leadingWord("((SELECT 1))")).isEqualTo("SELECT");
    assertThat(SqlScript.leadingWord("\"select\" 1")).isEmpty();
    assertThat(SqlScript.leadingWord("'x' SELECT")).isEmpty();
    assertThat(SqlScript.leadingWord("")).isEmpty();
  }
}
