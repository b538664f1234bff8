package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaChange.Kind;
import dev.offshoot.neon.SchemaPatch;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two comparisons of the same schemas. */
class NeonComparisonTest {
  private static final SchemaChange COLUMN =
      new SchemaChange(Kind.CREATED, "column", "public.products.size", null, "text");
  private static final SchemaChange TABLE =
      new SchemaChange(Kind.CREATED, "table", "public.\"Reviews\"", null, "");
  private static final SchemaChange GRANT =
      new SchemaChange(Kind.CREATED, "privileges", "table public.products", null, "PUBLIC: SELECT");

  private static final String ADDED =
      """
      --- a/shop
      +++ b/shop
      @@ -40,7 +40,8 @@
       --
      --- Name: products; Type: TABLE; Schema: public; Owner: shop_owner
      +-- Name: products; Type: TABLE; Schema: public; Owner: offshoot_tidy-7
       --
      \s
       CREATE TABLE public.products (
           id integer NOT NULL,
      -    name text NOT NULL
      +    name text NOT NULL,
      +    size text
       );
      -ALTER TABLE public.products OWNER TO shop_owner;
      +ALTER TABLE public.products OWNER TO "offshoot_tidy-7";
      """;

  @Test
  void whatBothSee_isNoDisagreement() {
    assertThat(disagreements(ADDED, COLUMN)).isEmpty();
    assertThat(disagreements("")).isEmpty();
    assertThat(disagreements("", GRANT)).as("a dump without privileges").isEmpty();
  }

  @Test
  void whatWeHavePutThereOurselves_isLeftOut() {
    assertThat(
            SchemaPatch.of(
                    """
                    --- a/shop
                    +++ b/shop
                    @@ -1,3 +1,20 @@
                     SET row_security = off;
                    \s
                    +\\restrict abc
                    +--
                    +-- Name: offshoot_capture; Type: SCHEMA; Schema: -; Owner: shop_owner
                    +--
                    +
                    +CREATE SCHEMA offshoot_capture;
                    +--
                    +-- Name: keys; Type: TABLE; Schema: offshoot_capture; Owner: shop_owner
                    +--
                    +
                    +CREATE TABLE offshoot_capture.keys (
                    +    place bigint
                    +);
                    @@ -90,2 +120,8 @@
                    +-- Name: products offshoot_1; Type: TRIGGER; Schema: public; Owner: shop_owner
                    +CREATE TRIGGER offshoot_1 AFTER INSERT ON public.products
                    @@ -190,2 +220,8 @@
                    +-- Name: TABLE products; Type: ACL; Schema: public; Owner: shop_owner
                    +GRANT ALL ON TABLE public.products TO other;
                    """)
                .isEmpty())
        .isTrue();
  }

  @Test
  void whatOnlyOneSees_isToldByName() {
    assertThat(disagreements("", COLUMN, TABLE))
        .containsExactly(
            "Neon's comparison shows no schema change, ours shows column public.products.size");
    assertThat(disagreements(ADDED))
        .containsExactly(
            "Neon's comparison shows a schema change and ours none: name text NOT NULL");
    assertThat(disagreements(ADDED, COLUMN, TABLE))
        .containsExactly("Neon's comparison does not show table public.\"Reviews\"");
    assertThat(disagreements(ADDED, TABLE))
        .containsExactly(
            "Neon's comparison shows a change of products, ours does not",
            "Neon's comparison does not show table public.\"Reviews\"");
  }

  @Test
  void lineWhoseHeadingIsNotInTheDiff_isNobodys() {
    assertThat(SchemaPatch.of("@@ -1 +1 @@\n-    a text\n+    a integer\n").objects()).isEmpty();
    assertThat(disagreements("@@ -1 +1 @@\n-    a text\n+    a integer\n", COLUMN)).isEmpty();
  }

  private static List<String> disagreements(String diff, SchemaChange... ours) {
    return NeonComparison.disagreements(List.of(ours), SchemaPatch.of(diff));
  }
}
