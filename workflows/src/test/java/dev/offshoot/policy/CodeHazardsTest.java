package dev.offshoot.policy;

import static dev.offshoot.domain.Hazard.CHANGES_DEFINITION;
import static dev.offshoot.domain.Hazard.CHANGES_PRIVILEGES;
import static dev.offshoot.domain.Hazard.CHECK_CALLS_FUNCTION;
import static dev.offshoot.domain.Hazard.CREATES_CODE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code that a merge brings to the parent or runs there. */
class CodeHazardsTest {

  @Test
  void codeThatRunsOnTheParent_isNamed() {
    Changes changes =
        new Changes()
            .created("function", "public.f()", "CREATE OR REPLACE FUNCTION public.f() ...")
            .created("column", "public.t.a", "integer DEFAULT public.f()")
            .created("index", "public.i", "CREATE INDEX i ON public.t USING btree (public.g(a))")
            .created("constraint", "c ON public.t", "CHECK ((a OPERATOR(public.+) 1) > 0)")
            .created("view", "public.v", "AS\n SELECT app.\"Odd\"(a) FROM public.t");

    assertThat(Judged.names(changes)).containsExactly(CREATES_CODE);
    assertThat(Judged.evidence(changes, CREATES_CODE))
        .contains("new function public.f()")
        .contains("new column public.t.a calls public.f")
        .contains("new index public.i calls public.g")
        .contains("operator in schema public")
        .contains("app.Odd");
  }

  @Test
  void functionThatARowSecurityPolicyCalls_isCode_sinceEveryReaderRunsIt() {
    Changes changes =
        new Changes()
            .created("policy", "p ON public.t", "PERMISSIVE FOR ALL TO PUBLIC USING (public.h(a))");

    assertThat(Judged.names(changes)).containsExactly(CREATES_CODE, CHANGES_PRIVILEGES);
    assertThat(Judged.evidence(changes, CREATES_CODE))
        .isEqualTo("new policy p ON public.t calls public.h");
  }

  @Test
  void functionThatADefinitionCalledBefore_isNoNewCode() {
    Changes changes =
        new Changes()
            .altered(
                "column",
                "public.t.a",
                "text DEFAULT public.f()",
                "text DEFAULT public.f() NOT NULL");

    assertThat(Judged.names(changes)).containsExactly(CHANGES_DEFINITION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DO $$ BEGIN EXECUTE 'ALTER TABLE t ADD a int'; END $$",
        "SELECT make_partitions()",
        "CALL migrate()",
        "CREATE TABLE x AS SELECT pg_sleep(1)",
        "CREATE MATERIALIZED VIEW m AS SELECT evil(a) FROM t",
        "CREATE TABLE x AS EXECUTE p",
        "ALTER TABLE t ALTER COLUMN a TYPE int USING evil(a)"
      })
  void schemaStatement_thatComputesWhileItRuns_isCode(String statement) {
    assertThat(Judged.names(new Changes().script(statement))).containsExactly(CREATES_CODE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE x AS SELECT count(*), max(a) FROM t WHERE b IN (1, 2)",
        "CREATE TABLE x (id int DEFAULT nextval('s'), a numeric(3, 1), UNIQUE (id))",
        "ALTER TABLE t ALTER a TYPE numeric(3, 1) USING round(a::numeric(4, 2), 1)",
        "CREATE INDEX i ON t (lower(a))"
      })
  void schemaStatement_thatOnlyDefines_isNone(String statement) {
    assertThat(Judged.names(new Changes().script(statement))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pg_sleep(10) IS NULL",
        "SELECT \"pg_terminate_backend\" (1)",
        "SELECT app.count(*) = 1 FROM t",
        "SELECT true FROM generate_series(1, 3)",
        "SELECT U&\"\\006C\\006F\"(a) FROM t",
        "SELECT a LIKE 'x' ESCAPE evil () FROM t"
      })
  void check_thatCallsAFunction_isNamed(String check) {
    ExperimentSpec spec = spec().check(check).build();

    assertThat(names(spec)).containsExactly(CHECK_CALLS_FUNCTION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) = 0 FROM t WHERE a IN (1, 2) AND NOT EXISTS (SELECT 1 FROM u)",
        "SELECT 'pg_sleep(1)' <> \"pg_sleep(2)\" /* evil() */ FROM t -- evil()",
        "WITH x AS (SELECT coalesce(sum(a), 0)::numeric(9, 2) AS s FROM t) SELECT s > 0 FROM x",
        "SELECT bool_and(a = ANY (ARRAY[1])) FROM t GROUP BY ROLLUP (b)"
      })
  void check_thatOnlyComputes_isNone(String check) {
    assertThat(names(spec().check(check).build())).isEmpty();
  }

  private static ExperimentSpecBuilder spec() {
    return ExperimentSpec.builder()
        .goal("tidy up")
        .parent("shop")
        .requestedBy("agent-7")
        .statement("SELECT 1");
  }

  private static List<Hazard> names(ExperimentSpec spec) {
    return HazardPolicy.hazards(
            spec, Changes.noReport(), new Changes().summary(), HazardSettings.DEFAULT)
        .stream()
        .map(HazardFinding::hazard)
        .toList();
  }

  /** They need no function of anybody's: SQL in a string, or an act of the server's own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "CHECK ((query_to_xml('SELECT public.pay()'::text, true, false, ''::text) IS NOT NULL))",
        "CHECK ((table_to_xml('public.rich'::regclass, true, false, ''::text) IS NOT NULL))",
        "CHECK ((length(cursor_to_xmlschema('c'::refcursor, true, false, ''::text)::text) > 0))",
        "CHECK (pg_terminate_backend(id))",
        "CHECK ((pg_notify('c'::text, note) IS NOT NULL))",
        "CHECK ((pg_catalog.pg_something_new(id) IS NOT NULL))",
        "CHECK ((set_config('a.b'::text, note, false) IS NOT NULL))",
        "CHECK ((lo_creat(id) IS NOT NULL))"
      })
  void definitionThatCallsWhatActs_isCode(String definition) {
    assertThat(Judged.names(new Changes().created("constraint", "public.t.c", definition)))
        .containsExactly(CREATES_CODE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CHECK ((pg_column_size(note) < 1000))",
        "CHECK ((pg_get_userbyid(id) <> 'x'::name))",
        "CHECK ((nextval('public.s'::regclass) > 0))",
        "CHECK ((xml_is_well_formed(note) AND (lower(note) = note)))"
      })
  void definitionThatOnlyComputes_isNone(String definition) {
    assertThat(Judged.names(new Changes().created("constraint", "public.t.c", definition)))
        .isEmpty();
  }
}
