package dev.offshoot.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.TableName;
import org.junit.jupiter.api.Test;

class SqlLiteralTest {
  @Test
  void names_areQuotedWhereTheyMustBe_andHideNothing() {
    assertThat(SqlLiteral.name("customers")).isEqualTo("customers");
    assertThat(SqlLiteral.name("order")).isEqualTo("\"order\"");
    assertThat(SqlLiteral.name("Id")).isEqualTo("\"Id\"");
    assertThat(SqlLiteral.name("we\"ird")).isEqualTo("\"we\"\"ird\"");
    assertThat(SqlLiteral.name("a\u202Eb\\\"")).isEqualTo("U&\"a\\202eb\\\\\"\"\"");
    assertThat(SqlLiteral.shown(new TableName("Weird \"S", "T able")))
        .isEqualTo("\"Weird \"\"S\".\"T able\"");
  }

  @Test
  void values_areBareOnlyWhereNothingIsLost() {
    assertThat(value("integer", "-5")).isEqualTo("-5");
    assertThat(value("numeric(12,2)", "1.00")).isEqualTo("1.00");
    assertThat(value("numeric", "NaN")).isEqualTo("'NaN'");
    assertThat(value("numeric[]", "{1}")).isEqualTo("'{1}'");
    assertThat(value("double precision", "0.1")).isEqualTo("'0.1'");
    assertThat(value("boolean", "t")).isEqualTo("true");
    assertThat(value("public.mood", "it's")).isEqualTo("'it''s'");
    assertThat(value("text", "5")).isEqualTo("'5'");
    assertThat(value("text", null)).isEqualTo("NULL");
    assertThat(value("text", "a\\b\n\u202E")).isEqualTo("E'a\\\\b\\n\\u202e'");
    assertThat(value("text", "\uDB40\uDC41")).isEqualTo("E'\\U000e0041'");
  }

  private static String value(String type, String value) {
    return SqlLiteral.value(new ColumnShape("c", type), value);
  }
}
