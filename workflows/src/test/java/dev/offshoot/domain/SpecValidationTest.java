package dev.offshoot.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SpecValidationTest {
  private static final String TOO_MUCH = "SELECT '" + "é".repeat(256 * 1024) + "'";

  @Test
  void validSpecification_hasNoProblems_andGivesItsStatements() {
    ExperimentSpec spec = valid().script("SELECT 1;\nSELECT 2").build();

    assertThat(SpecValidation.problems(spec)).isEmpty();
    assertThat(SpecValidation.statementsOf(spec))
        .containsExactly(new SqlStatement(0, "SELECT 1", 1), new SqlStatement(1, "SELECT 2", 2));
  }

  static Stream<Arguments> problems() {
    return Stream.of(
        run("goal", "is missing", b -> b.goal("  ")),
        run("goal", "2001 characters", b -> b.goal("x".repeat(2001))),
        run("goal", "NUL character", b -> b.goal("a\0b")),
        run("parent", "is missing", b -> b.parent("")),
        run("requestedBy", "half a surrogate pair", b -> b.requestedBy("\uD800")),
        problem("statements", "is empty", b -> b),
        problem("statements", "is empty", b -> b.script(" \n ")),
        problem("script", "is empty", b -> b.script("-- nothing\n;;")),
        problem("statements", "and script", b -> b.script("SELECT 1").statement("SELECT 1")),
        problem("statements[1]", "holds 0", b -> b.statement("SELECT 1").statement("--")),
        problem("statements[0]", "holds 2", b -> b.statement("SELECT 1; SELECT 2")),
        problem("statements[0]", "string that begins", b -> b.statement("SELECT 'a")),
        problem("statements[0]", "NUL character", b -> b.statement("SELECT '\0'")),
        problem("statements", "524", b -> b.statement(TOO_MUCH)),
        problem("script", "1001 statements", b -> b.script("SELECT 1;".repeat(1001))),
        problem("statements[0]", "COMMIT is not", b -> b.statement("/* x */ commit")),
        problem("statements[0]", "PREPARE", b -> b.statement("PREPARE TRANSACTION 'x'")),
        problem("script", "statement 2 (line 3): ROLLBACK", b -> b.script("SELECT 1;\n\nROLLBACK")),
        check("checks[0]", "is not a query", "DELETE FROM t"),
        check("checks[0]", "holds 2 statements", "SELECT true; SELECT true"),
        check("checks[0]", "holds 0 statements", ""),
        check("checks[0]", "is not closed", "SELECT \"a"),
        run("ttl", "longer than zero", b -> b.ttl(Duration.ZERO)),
        run("ttl", "longer than zero", b -> b.ttl(Duration.ofSeconds(-1))),
        run("ttl", "more than the longest lease of 30d", b -> b.ttl(Duration.ofDays(31))),
        run("limits.maxChangedRows", "1 or more", b -> b.limits(limits(0L, null, null, null))),
        run("limits.resultRows", "0 to 100", b -> b.limits(limits(null, null, null, 101))),
        run("limits.maxRuntime", "at most 30d", b -> b.limits(limits(null, null, 31L, null))),
        run("limits.statementTimeout", "longer than", b -> b.limits(limits(null, 0L, null, null))));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void problem_namesFieldAndRemedy(
      String field, String part, UnaryOperator<ExperimentSpecBuilder> change) {
    List<SpecProblem> problems = SpecValidation.problems(change.apply(valid()).build());

    assertThat(problems)
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.field()).isEqualTo(field);
              assertThat(problem.message()).contains(part);
            });
  }

  @Test
  void everyProblem_isNamedAtOnce() {
    ExperimentSpec spec = ExperimentSpec.builder().ttl(Duration.ZERO).check("x").build();

    assertThatThrownBy(() -> SpecValidation.requireValid(spec))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SPEC))
        .message()
        .matches(
            "(?s)goal: .*\nparent: .*\nrequestedBy: .*\nstatements: .*\nchecks\\[0\\]: .*\nttl: .*");
  }

  @Test
  void preparedStatements_areNoTransactionControl() {
    ExperimentSpec spec =
        valid().script("PREPARE p AS SELECT 1; EXECUTE p; SAVEPOINT s; RELEASE s").build();

    assertThat(SpecValidation.problems(spec)).isEmpty();
  }

  @Test
  void counters_areNamedAsInSql() {
    assertThat(ColumnName.parse("Shop.products.\"Odd.\"\"one\""))
        .contains(new ColumnName(new TableName("shop", "products"), "Odd.\"one"));
    for (String wrong :
        List.of("a.b", "a.b.c.d", "a..c", "a.b.", "a.b.c ", "a.b.\"c", "1.b.c", "")) {
      assertThat(SpecValidation.problems(valid().statement("SELECT 1").deltaColumn(wrong).build()))
          .as(wrong)
          .singleElement()
          .satisfies(problem -> assertThat(problem.field()).isEqualTo("deltaColumns[0]"));
    }
    assertThat(
            SpecValidation.problems(
                valid()
                    .statement("SELECT 1")
                    .deltaColumn("shop.products.stock")
                    .deltaColumn("shop.PRODUCTS.\"stock\"")
                    .build()))
        .extracting(SpecProblem::field)
        .containsExactly("deltaColumns[1]");
  }

  private static ExperimentSpecBuilder valid() {
    return ExperimentSpec.builder().goal("tidy up").parent("shop").requestedBy("agent-7");
  }

  private static Arguments problem(
      String field, String part, UnaryOperator<ExperimentSpecBuilder> change) {
    return Arguments.of(field, part, change);
  }

  private static Arguments check(String field, String part, String query) {
    return run(field, part, b -> b.check(query));
  }

  private static Arguments run(
      String field, String part, UnaryOperator<ExperimentSpecBuilder> change) {
    return Arguments.of(
        field,
        part,
        (UnaryOperator<ExperimentSpecBuilder>) b -> change.apply(b.statement("SELECT 1")));
  }

  private static Limits limits(Long rows, Long statementSeconds, Long runtimeDays, Integer kept) {
    return new Limits(
        rows,
        statementSeconds == null ? null : Duration.ofSeconds(statementSeconds),
        runtimeDays == null ? null : Duration.ofDays(runtimeDays),
        kept);
  }
}
