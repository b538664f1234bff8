package dev.offshoot.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.IdentityChange;
import dev.offshoot.domain.Observations;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaChange.Kind;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaOutlineTest {
  @Test
  void whatBelongsToATable_standsUnderIt_columnsInTheirOrder() {
    assertThat(
            lines(
                List.of("CREATE TABLE side.\"T. on\" (z int, a text)"),
                List.of(new ColumnShape("z", "integer"), new ColumnShape("a", "text")),
                new SchemaChange(Kind.CREATED, "column", "side.\"T. on\".a", null, "text"),
                new SchemaChange(Kind.CREATED, "column", "side.\"T. on\".z", null, "integer"),
                new SchemaChange(
                    Kind.CREATED, "constraint", "k ON side.\"T. on\"", null, "PRIMARY KEY (z)"),
                new SchemaChange(
                    Kind.CREATED,
                    "index",
                    "side.i",
                    null,
                    "CREATE INDEX i ON side.\"T. on\" USING btree (a)"),
                new SchemaChange(
                    Kind.ALTERED, "comment", "table column side.\"T. on\".a", "old", "new"),
                new SchemaChange(Kind.CREATED, "table", "side.\"T. on\"", null, "")))
        .containsExactly(
            "+ table side.\"T. on\"",
            "  + z  integer",
            "  + a  text",
            "  + constraint k  PRIMARY KEY (z)",
            "  + index side.i  CREATE INDEX i ON side.\"T. on\" USING btree (a)",
            "  ~ comment of a  old → new");
  }

  @Test
  void columnsOfAnOldTable_areGrouped_andDroppedOnesSayWhatTheyWere() {
    assertThat(
            lines(
                List.of("DO $$ $$"),
                List.of(),
                new SchemaChange(Kind.DROPPED, "column", "public.t.gone", "text NOT NULL", null),
                new SchemaChange(Kind.ALTERED, "column", "public.t.wide", "integer", "bigint"),
                new SchemaChange(
                    Kind.DROPPED, "trigger", "tr ON public.t", "CREATE TRIGGER tr …", null)))
        .containsExactly(
            "~ table public.t",
            "  - gone  text NOT NULL",
            "  ~ wide  integer → bigint",
            "  - trigger tr  CREATE TRIGGER tr …");
  }

  @Test
  void longDefinitions_areComparedLineByLine() {
    String before = "CREATE FUNCTION f()\nBEGIN\n  a;\n  b;\n  c;\n  d;\n  e;\nEND";
    String after = "CREATE FUNCTION f()\nBEGIN\n  a;\n  b;\n  c;\n  d;\n  E;\nEND";

    assertThat(
            lines(
                List.of("CREATE OR REPLACE FUNCTION f() …"),
                List.of(),
                new SchemaChange(Kind.ALTERED, "function", "public.f()", before, after)))
        .containsExactly(
            "~ function public.f()",
            "    …",
            "      c;",
            "      d;",
            "  -   e;",
            "  +   E;",
            "    END");
  }

  @Test
  void aRename_isOneLine() {
    IdentityChange renamed =
        new IdentityChange(IdentityChange.Kind.RENAMED, "column", "public.t.old", "public.t.fresh");

    assertThat(
            lines(
                List.of("ALTER TABLE t RENAME COLUMN old TO fresh"),
                List.of(),
                new Observations(List.of(renamed), 1, List.of(), List.of()),
                new SchemaChange(Kind.CREATED, "column", "public.t.fresh", null, "text"),
                new SchemaChange(Kind.DROPPED, "column", "public.t.old", "text", null)))
        .containsExactly("~ column public.t.old is now public.t.fresh");
  }

  @Test
  void hostileDefinitions_stayOnTheirLine() {
    assertThat(
            lines(
                List.of("DO $$ $$"),
                List.of(),
                new SchemaChange(
                    Kind.CREATED, "function", "public.\"f\n+ x\"()", null, "a\u2028b\u001b[2J")))
        .containsExactly("+ function public.\"f\\n+ x\"()  a\\u2028b\\u001b[2J");
  }

  private static List<String> lines(
      List<String> script, List<ColumnShape> columns, SchemaChange... changes) {
    return lines(script, columns, Observations.NONE, changes);
  }

  private static List<String> lines(
      List<String> script,
      List<ColumnShape> columns,
      Observations observed,
      SchemaChange... changes) {
    TableChanges table =
        new TableChanges(new TableName("side", "T. on"), columns, List.of(), 0, 0, 0, 0, List.of());
    return SchemaOutline.of(
            new ChangeSummary(
                "d",
                List.of(changes),
                changes.length,
                script,
                List.of(table),
                List.of(),
                List.of(),
                1,
                null,
                observed))
        .stream()
        .map(line -> "  ".repeat(line.depth()) + line.sign() + " " + line.text())
        .toList();
  }
}
