package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainEqualityTest {
  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of("smallint", List.of("0", "-32768", "32767")),
        Arguments.of("integer", List.of("0", "1", "-2147483648")),
        Arguments.of("bigint", List.of("0", "1", "9223372036854775807")),
        Arguments.of("oid", List.of("0", "4294967295")),
        Arguments.of("boolean", List.of("true", "false")),
        Arguments.of("date", List.of("2026-01-01", "infinity", "-infinity", "0044-03-15 BC")),
        Arguments.of(
            "timestamp without time zone", List.of("2026-01-01 12:00", "infinity", "-infinity")),
        Arguments.of(
            "timestamp(3) with time zone",
            List.of("2026-01-01 12:00+02", "2026-01-01 10:00+00", "2026-01-01 10:00:00.0004+00")),
        Arguments.of("time without time zone", List.of("00:00", "24:00", "12:00:00.000001")),
        Arguments.of(
            "uuid",
            List.of(
                "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")),
        Arguments.of("bytea", List.of("", "\\x00", "\\x0000", "\\xff")),
        Arguments.of("text", List.of("", " ", "a", "A", "a ", "é", "e\u0301")),
        Arguments.of("character varying(20)", List.of("", "a", "A", "a ", "é", "e\u0301")));
  }

  @ParameterizedTest
  @MethodSource("values")
  void holdsExactlyOfWhatIsStoredAlike(String type, List<String> values) throws SQLException {
    String all =
        "VALUES (NULL), " + String.join(", ", values.stream().map(v -> "('" + v + "')").toList());
    PlainEquality equality = PlainEquality.of(type).orElseThrow();
    try (Connection session = PostgresServer.superuser("postgres")) {
      Sql.execute(
          session,
          "CREATE COLLATION IF NOT EXISTS pg_temp.loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)");
      String collate = equality == PlainEquality.TEXT ? " COLLATE pg_temp.loose" : "";
      List<String> differing =
          Sql.list(
              session,
              """
              WITH v (v) AS (SELECT CAST(v AS %1$s)%2$s FROM (%3$s) AS v (v))
              SELECT concat(x.v, ' and ', y.v) FROM v AS x, v AS y
              WHERE %4$s IS DISTINCT FROM record_image_eq(ROW(x.v), ROW(y.v))
              """
                  .formatted(type, collate, all, equality.alike("x.v", "y.v")),
              row -> row.getString(1));
      assertThat(differing).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "numeric(8,2)",
        "numeric",
        "real",
        "double precision",
        "interval",
        "character(4)",
        "json",
        "jsonb",
        "integer[]",
        "mood",
        "public.text",
        "money",
        "time with time zone"
      })
  void typesWhoseEqualityIsLooser_orSomebodyElses_areNotPlain(String type) {
    assertThat(PlainEquality.of(type)).isEmpty();
  }

  /** The owner's path may find another operator of that name first. */
  @Test
  void namesItsOperator() {
    assertThat(PlainEquality.TEXT.alike("x", "y"))
        .isEqualTo(
            "COALESCE(x COLLATE pg_catalog.\"C\" OPERATOR(pg_catalog.=) y, x IS NULL AND y IS NULL)");
  }
}
