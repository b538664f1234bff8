package dev.offshoot.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every text, however hostile. */
class SqlScriptPropertiesTest {
  private static final String HOSTILE = ";'\"$-/*\\\n\r\t ()abEeUu&tag_1é\u2003\u202E\uD83D\uDE00";

  @Property
  void joiningSplitStatements_losesNothing(@ForAll("scripts") String script) {
    List<String> once = texts(script);

    List<String> again = texts(String.join("\n;\n", once));

    assertThat(again).isEqualTo(once);
    assertThat(significant(once)).isEqualTo(significant(List.of(script)));
  }

  @Property
  void quoting_neverSplits(@ForAll("payloads") String payload) {
    List<String> quoted =
        List.of(
            "'" + payload.replace("'", "''") + "'",
            "E'" + payload.replace("\\", "\\\\").replace("'", "\\'") + "'",
            "\"" + payload.replace("\"", "\"\"") + "\"",
            "$q7$" + payload.replace("$", "") + "$q7$",
            "/*" + payload.replace("*", "").replace("/", "") + "*/ 1");

    for (String form : quoted) {
      String statement = "SELECT " + form;
      assertThat(texts(statement + ";\nSELECT 2")).containsExactly(statement, "SELECT 2");
    }
  }

  @Property
  void statements_areCutFromTheScriptInOrder(@ForAll("payloads") String anything) {
    List<String> statements;
    try {
      statements = texts(anything);
    } catch (OffshootException refused) {
      assertThat(refused.code()).isEqualTo(ErrorCode.BAD_SPEC);
      return;
    }
    int from = 0;
    for (String statement : statements) {
      int found = anything.indexOf(statement, from);
      assertThat(found).isGreaterThanOrEqualTo(from);
      from = found + statement.length();
    }
  }

  @Provide
  Arbitrary<String> payloads() {
    return Arbitraries.strings().withChars(HOSTILE.toCharArray()).ofMaxLength(40);
  }

  @Provide
  Arbitrary<String> scripts() {
    Arbitrary<String> piece =
        Arbitraries.of(
            "SELECT",
            "1",
            "'a;''b'",
            "E'\\';'",
            "\"c;\"\"\"",
            "$$;$$",
            "$t$;$$;$t$",
            "/* ; /* ; */ */",
            "-- ; '\n",
            "(",
            ")",
            "BEGIN",
            "ATOMIC",
            "END",
            "CASE",
            "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; END",
            ";",
            "\n",
            "é");
    Arbitrary<String> space = Arbitraries.of(" ", "\n", "\t");
    return Combinators.combine(piece, space)
        .as((text, gap) -> text + gap)
        .list()
        .ofMaxSize(30)
        .map(pieces -> String.join("", pieces));
  }

  private static List<String> texts(String script) {
    return SqlScript.split(script).stream().map(SqlStatement::text).toList();
  }

  /** The tokens without those that only separate. */
  private static List<String> significant(List<String> texts) {
    return texts.stream()
        .flatMap(sql -> SqlLexer.tokens(sql).stream())
        .filter(token -> !token.isSymbol(';'))
        .map(SqlToken::text)
        .toList();
  }
}
