package dev.offshoot.policy;

import static dev.offshoot.domain.Hazard.CHANGES_DEFINITION;
import static dev.offshoot.domain.Hazard.CHANGES_TYPE;
import static dev.offshoot.domain.Hazard.CREATES_CODE;
import static dev.offshoot.domain.Hazard.DROPS_COLUMN;
import static dev.offshoot.domain.Hazard.DROPS_OBJECT;
import static dev.offshoot.domain.Hazard.DROPS_TABLE;
import static dev.offshoot.domain.Hazard.RENAMES_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A rename is what object ids show, whatever statement did it. */
class RenameHazardsTest {

  @Test
  void renamedTable_isNoDrop_andNeitherAreItsParts() {
    Changes changes =
        new Changes()
            .script("DO 'BEGIN EXECUTE $$ALTER TABLE orders RENAME TO purchases$$; END'")
            .renamed("table", "public.orders", "public.purchases")
            .dropped("table", "public.orders", "")
            .dropped("column", "public.orders.id", "bigint NOT NULL")
            .dropped("constraint", "orders_pkey ON public.orders", "PRIMARY KEY (id)")
            .dropped(
                "index",
                "public.orders_at",
                "CREATE INDEX orders_at ON public.orders USING btree (at)")
            .created("table", "public.purchases", "")
            .created(
                "column", "public.purchases.id", "bigint CONSTRAINT orders_id_not_null NOT NULL")
            .created("constraint", "orders_pkey ON public.purchases", "PRIMARY KEY (id)")
            .altered(
                "index",
                "public.orders_at2",
                "CREATE INDEX orders_at2 ON public.orders USING btree (at)",
                "CREATE INDEX orders_at2 ON public.purchases USING btree (at)")
            .altered(
                "constraint",
                "fk ON public.items",
                "FOREIGN KEY (o) REFERENCES public.orders(id)",
                "FOREIGN KEY (o) REFERENCES public.purchases(id)");

    assertThat(Judged.names(changes)).containsExactly(DROPS_OBJECT, RENAMES_OBJECT, CREATES_CODE);
    assertThat(Judged.evidence(changes, RENAMES_OBJECT))
        .isEqualTo("table public.orders is now public.purchases");
    assertThat(Judged.evidence(changes, DROPS_OBJECT)).isEqualTo("dropped index public.orders_at");
  }

  @Test
  void renamedColumn_isNoDrop_evenWhereAnIndexNamesIt() {
    Changes changes =
        new Changes()
            .renamed("column", "public.orders.note", "public.orders.\"Remark\"")
            .dropped("column", "public.orders.note", "text")
            .created("column", "public.orders.\"Remark\"", "text")
            .altered(
                "index",
                "public.i",
                "CREATE INDEX i ON public.orders USING btree (note)",
                "CREATE INDEX i ON public.orders USING btree (\"Remark\")");

    assertThat(Judged.names(changes)).containsExactly(RENAMES_OBJECT);
  }

  @Test
  void renamedTable_withARenamedAndARetypedAndADroppedColumn_tellsEach() {
    Changes changes =
        new Changes()
            .renamed("column", "public.orders.note", "app.purchases.remark")
            .renamed("table", "public.orders", "app.purchases")
            .dropped("table", "public.orders", "")
            .created("table", "app.purchases", "")
            .dropped("column", "public.orders.note", "text")
            .created("column", "app.purchases.remark", "text")
            .dropped("column", "public.orders.n", "integer")
            .created("column", "app.purchases.n", "bigint")
            .dropped("column", "public.orders.gone", "date");

    assertThat(Judged.names(changes)).containsExactly(DROPS_COLUMN, CHANGES_TYPE, RENAMES_OBJECT);
    assertThat(Judged.evidence(changes, DROPS_COLUMN)).isEqualTo("public.orders.gone");
    assertThat(Judged.evidence(changes, CHANGES_TYPE))
        .isEqualTo("app.purchases.n: integer to bigint");
  }

  @Test
  void renamedSchema_takesItsTablesAlong() {
    Changes changes =
        new Changes()
            .renamed("schema", "sales", "trade")
            .dropped("schema", "sales", "")
            .created("schema", "trade", "")
            .dropped("table", "sales.orders", "")
            .created("table", "trade.orders", "")
            .dropped("column", "sales.orders.id", "bigint")
            .created("column", "trade.orders.id", "bigint");

    assertThat(Judged.names(changes)).containsExactly(RENAMES_OBJECT);
  }

  @Test
  void swappedNames_areTwoRenames_thoughNoDefinitionDiffers() {
    Changes changes =
        new Changes()
            .renamed("table", "public.a", "public.b")
            .renamed("table", "public.b", "public.a");

    assertThat(Judged.names(changes)).containsExactly(RENAMES_OBJECT);
    assertThat(Judged.evidence(changes, RENAMES_OBJECT))
        .isEqualTo("table public.a is now public.b; table public.b is now public.a");
  }

  @Test
  void renamedFunctionAndTrigger_areNoCode_unlessTheirBodyDiffers() {
    Changes renamed =
        new Changes()
            .renamed("function", "public.f(integer)", "public.g(integer)")
            .dropped(
                "function",
                "public.f(integer)",
                "CREATE OR REPLACE FUNCTION public.f(a integer)\n RETURNS integer\nAS $function$SELECT a$function$")
            .created(
                "function",
                "public.g(integer)",
                "CREATE OR REPLACE FUNCTION public.g(a integer)\n RETURNS integer\nAS $function$SELECT a$function$");
    Changes rewritten =
        new Changes()
            .renamed("function", "public.f(integer)", "public.g(integer)")
            .dropped("function", "public.f(integer)", "CREATE FUNCTION public.f(a integer) 'a'")
            .created("function", "public.g(integer)", "CREATE FUNCTION public.g(a integer) 'b'");

    assertThat(Judged.names(renamed)).containsExactly(RENAMES_OBJECT);
    assertThat(Judged.names(rewritten)).containsExactly(RENAMES_OBJECT, CREATES_CODE);
  }

  @Test
  void changedDefinition_thatAlsoFollowsARename_isTold() {
    Changes changes =
        new Changes()
            .renamed("column", "public.t.a", "public.t.b")
            .altered("constraint", "c ON public.t", "CHECK ((a > 0))", "CHECK ((b > 1))")
            .altered("constraint", "d ON public.t", "CHECK ((a > 0))", "CHECK ((b > 0))");

    assertThat(Judged.names(changes)).containsExactly(RENAMES_OBJECT, CHANGES_DEFINITION);
    assertThat(Judged.evidence(changes, CHANGES_DEFINITION))
        .isEqualTo("changed constraint c ON public.t");
  }

  @Test
  void renameOfAPart_isTakenForNoOther() {
    Changes changes =
        new Changes()
            .renamed("index", "public.i", "public.j")
            .renamed("table", "public.orders", "public.purchases")
            .dropped("table", "public.orders", "")
            .created("table", "public.purchases", "")
            .dropped("table", "public.carts", "")
            .created("view", "public.carts", "AS SELECT 1")
            .dropped("constraint", "c ON public.orders", "CHECK (a)")
            .created("constraint", "d ON public.purchases", "CHECK (a)")
            .dropped("index", "public.i", "CREATE INDEX i ON public.orders USING btree (a)")
            .created("index", "public.j", "CREATE INDEX j ON public.purchases USING btree (a)")
            .created("column", "public.purchases.id", "bigint");

    assertThat(Judged.names(changes)).containsExactly(DROPS_TABLE, DROPS_OBJECT, RENAMES_OBJECT);
    assertThat(Judged.evidence(changes, DROPS_OBJECT))
        .isEqualTo("dropped constraint c ON public.orders");
    assertThat(Judged.evidence(changes, RENAMES_OBJECT))
        .isEqualTo("table public.orders is now public.purchases; index public.i is now public.j");
  }

  @Test
  void renamedView_isNoDrop_andARenamedSchemaWithARenamedTableTellsBoth() {
    Changes changes =
        new Changes()
            .renamed("view", "public.v", "public.w")
            .renamed("schema", "sales", "trade")
            .renamed("table", "sales.orders", "trade.purchases")
            .dropped("view", "public.v", "AS SELECT 1")
            .created("view", "public.w", "AS SELECT 1")
            .dropped("schema", "sales", "")
            .created("schema", "trade", "")
            .dropped("table", "sales.orders", "")
            .created("table", "trade.purchases", "")
            .dropped("column", "sales.orders.id", "bigint")
            .created("column", "trade.purchases.id", "bigint");

    assertThat(Judged.names(changes)).containsExactly(RENAMES_OBJECT);
  }

  @Test
  void droppedColumn_thatOnlyLooksRenamed_isADrop() {
    Changes changes =
        new Changes()
            .script("ALTER TABLE orders RENAME note TO remark")
            .dropped("column", "public.orders.note", "text")
            .created("column", "public.orders.remark", "text");

    assertThat(Judged.names(changes)).containsExactly(DROPS_COLUMN);
  }

  @Test
  void replacedTableAndColumn_areDropped_thoughTheirDefinitionsStand() {
    Changes changes =
        new Changes()
            .replaced("table", "public.orders")
            .replaced("column", "public.t.a")
            .replaced("sequence", "public.s");

    assertThat(Judged.names(changes)).containsExactly(DROPS_TABLE, DROPS_COLUMN, DROPS_OBJECT);
    assertThat(Judged.evidence(changes, DROPS_TABLE))
        .isEqualTo("public.orders (another one bears its name)");
    assertThat(Judged.evidence(changes, DROPS_OBJECT))
        .isEqualTo("sequence public.s (another one bears its name)");
  }
}
