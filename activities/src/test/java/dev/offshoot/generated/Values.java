package dev.offshoot.generated;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Tuple;

/**
 * Literals for columns of each type: mostly few and small, so that they meet, and the ones that
 * have hurt somebody before.
 */
final class Values {
  private static final Map<String, RandomGenerator<String>> LITERALS = new LinkedHashMap<>();

  private static final List<String> NASTY_TEXTS =
      List.of(
          "''",
          "' '",
          "'NULL'",
          "'null'",
          "E'\\\\N'",
          "E'a\\tb\\nc\\\\d'",
          "'it''s \"q\" ${x} {y} %s ?'",
          "'ünï→😀'",
          "E'e\\u0301'",
          "'é'",
          "'a'",
          "'A'",
          "'a '",
          "'{1,2}'",
          "'(,)'",
          "repeat('wide ', 700)");

  static {
    put("int", Arbitraries.integers().between(-3, 20).map(String::valueOf), "0", "2147483000");
    put("smallint", Arbitraries.integers().between(0, 9).map(String::valueOf), "-32768");
    put("bigint", Arbitraries.integers().between(0, 9).map(String::valueOf), "9007199254740993");
    put(
        "numeric",
        Arbitraries.of("1", "1.0", "1.00", "-0.5", "2"),
        "'NaN'",
        "'Infinity'",
        "1e-20",
        "12345678901234567890.123456789");
    put("numeric(8,2)", Arbitraries.of("1", "2.5", "-3.25", "0"), "'NaN'", "99999.99");
    put("double precision", Arbitraries.of("1", "0.1", "1e10"), "'-0'", "'NaN'", "'-Infinity'");
    put("real", Arbitraries.of("1", "0.1"), "'-0'", "3.4e38");
    put("text", Arbitraries.of("'x'", "'y'", "'z'"), NASTY_TEXTS.toArray(String[]::new));
    put("varchar(12)", Arbitraries.of("'v'", "'w'"), "''", "'a  '", "'\"'");
    put("char(4)", Arbitraries.of("'c'", "'d   '"), "''", "'äö'");
    put("boolean", Arbitraries.of("true", "false"));
    put("date", Arbitraries.of("'2024-02-29'", "'2026-01-01'"), "'infinity'", "'0044-03-15 BC'");
    put(
        "timestamp",
        Arbitraries.of("'2026-01-01 12:00'"),
        "'-infinity'",
        "'2026-03-29 02:30:00.000001'");
    put(
        "timestamptz",
        Arbitraries.of("'2026-01-01 12:00+02'"),
        "'infinity'",
        "'1900-01-01 00:00:00+00:19:32'");
    put("time", Arbitraries.of("'12:00'"), "'24:00'");
    put("interval", Arbitraries.of("'1 mon'", "'30 days'", "'720 hours'"), "'-1 year 2 days'");
    put(
        "uuid",
        Arbitraries.integers()
            .between(1, 5)
            .map("'00000000-0000-0000-0000-00000000000%d'"::formatted));
    put(
        "json",
        Arbitraries.of("'{\"a\":1}'", "'{\"a\": 1}'"),
        "'{\"a\":1,\"a\":2}'",
        "'null'",
        "' [ ] '");
    put("jsonb", Arbitraries.of("'{\"a\":1}'", "'[1.0, 1.00]'"), "'null'", "'\"\\u00e9\"'");
    put("bytea", Arbitraries.of("'\\x00'", "'\\x5c27'"), "''", "'\\xdeadbeef'");
    put("int[]", Arbitraries.of("'{}'", "'{1,2}'"), "'{NULL}'", "'[0:1]={5,6}'", "'{{1},{2}}'");
    put("text[]", Arbitraries.of("'{a,b}'"), "'{\"\",NULL,\"NULL\",\"a,b\"}'", "'{\"\\\\\\\\\"}'");
    put("int4range", Arbitraries.of("'[1,5)'", "'(0,4]'"), "'empty'", "'(,)'");
    put("tstzrange", Arbitraries.of("'[2026-01-01 00:00+00,)'"), "'empty'");
    put("inet", Arbitraries.of("'10.0.0.1'", "'10.0.0.0/8'"), "'::1'");
    put("bit(3)", Arbitraries.of("B'101'", "B'000'"));
    put("point", Arbitraries.of("'(1,2)'"), "'(NaN,-0)'");
    put("tsvector", Arbitraries.of("'a:1 b:2'"), "''");
    put("mood", Arbitraries.of("'sad'", "'ok'", "'it''s'"));
    put("score", Arbitraries.integers().between(0, 9).map(String::valueOf));
    put(
        "address",
        Arbitraries.of("ROW('street', 1)::address"),
        "ROW(NULL, NULL)::address",
        "ROW('a,\"b', 2)::address");
  }

  /** Types whose values can name a row, with plenty of values. */
  static final List<String> KEY_TYPES =
      List.of(
          "int", "int", "int", "bigint", "text", "uuid", "numeric", "date", "varchar(12)", "mood");

  static final List<String> TYPES = List.copyOf(LITERALS.keySet());

  private Values() {}

  private static void put(String type, Arbitrary<String> usual, String... odd) {
    Arbitrary<String> arbitrary =
        odd.length == 0
            ? usual
            : Arbitraries.frequencyOf(Tuple.of(4, usual), Tuple.of(1, Arbitraries.of(odd)));
    LITERALS.put(type, Dice.generator(arbitrary));
  }

  /** A literal that a column of that type takes. */
  static String literal(Dice dice, String type) {
    RandomGenerator<String> generator = LITERALS.get(type);
    return generator == null ? "NULL" : dice.any(generator);
  }

  static String literalOrNull(Dice dice, String type) {
    return dice.percent(15) ? "NULL" : literal(dice, type);
  }

  /** The {@code number}th value of a key of that type. */
  static String key(Dice dice, String type, int number) {
    return switch (type) {
      case "text", "varchar(12)" -> dice.percent(10) ? literal(dice, type) : "'k" + number + "'";
      case "uuid" -> "'00000000-0000-0000-0000-0000000000%02d'".formatted(number);
      case "numeric" -> dice.percent(20) ? number + ".0" : String.valueOf(number);
      case "date" -> "'2026-01-%02d'".formatted(1 + number % 28);
      case "mood" -> literal(dice, type);
      default -> String.valueOf(number);
    };
  }
}
