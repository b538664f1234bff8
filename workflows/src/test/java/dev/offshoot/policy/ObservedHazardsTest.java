package dev.offshoot.policy;

import static dev.offshoot.domain.Hazard.LOCKS_LARGE_TABLE;
import static dev.offshoot.domain.Hazard.MOVES_SEQUENCE;
import static dev.offshoot.domain.Hazard.UPDATES_MANY_ROWS;
import static dev.offshoot.domain.Hazard.WRITES_SENSITIVE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Hazards of sequences, locks and sensitive names, with the limits of the parent. */
class ObservedHazardsTest {
  private static final long GIGABYTE = 1L << 30;

  @Test
  void sequence_thatInsertedRowsExplain_isNone() {
    assertThat(Judged.names(new Changes().table("t", 5, 0, 0, 9).sequence("s", 10, 15))).isEmpty();
    assertThat(Judged.names(new Changes().table("t", 1, 0, 0, 9).sequence("s", 0, 10_000)))
        .isEmpty();
  }

  @Test
  void sequence_thatMovesBackOrFarOrByItself_isNamed() {
    assertThat(
            Judged.evidence(
                new Changes()
                    .table("t", 1, 0, 0, 9)
                    .sequence("back", 10, 9)
                    .sequence("far", 1, 10_002)
                    .sequence("near", 1, 2),
                MOVES_SEQUENCE))
        .isEqualTo("back: 10 to 9, backward; far: 1 to 10,002");
    assertThat(Judged.evidence(new Changes().sequence("s", 1, 2), MOVES_SEQUENCE))
        .isEqualTo("s: 1 to 2");
  }

  @Test
  void lockOnALargeTable_isNamedWithItsSize_onASmallOneItIsNot() {
    assertThat(
            Judged.evidence(
                new Changes()
                    .locked("orders", "ACCESS EXCLUSIVE", GIGABYTE)
                    .locked("items", "SHARE", GIGABYTE - 1),
                LOCKS_LARGE_TABLE))
        .isEqualTo("orders (1.0 GB) under ACCESS EXCLUSIVE");
    assertThat(
            Judged.evidence(
                new Changes().locked("t", "SHARE", 3 << 20),
                LOCKS_LARGE_TABLE,
                with(new HazardLimits(100, 0.5, 1 << 20, 9), List.of())))
        .isEqualTo("t (3.0 MB) under SHARE");
  }

  @Test
  void limits_areTheParents() {
    HazardSettings strict = with(new HazardLimits(2, 0.1, GIGABYTE, 3), List.of());

    assertThat(Judged.names(new Changes().table("t", 0, 2, 0, 20), strict))
        .containsExactly(UPDATES_MANY_ROWS);
    assertThat(Judged.names(new Changes().table("t", 0, 1, 0, 1), strict)).isEmpty();
    assertThat(Judged.names(new Changes().table("t", 0, 2, 0, 21), strict)).isEmpty();
    assertThat(Judged.names(new Changes().table("t", 1, 0, 0, 9).sequence("s", 1, 5), strict))
        .containsExactly(MOVES_SEQUENCE);
  }

  @Test
  void sensitiveTable_isNamedWithWhatWasWritten() {
    HazardSettings settings = sensitive("public.customers");

    assertThat(
            Judged.evidence(
                new Changes().table("customers", 3, 1_200, 0, 9_000), WRITES_SENSITIVE, settings))
        .isEqualTo("customers: 3 inserted, 1,200 updated rows");
    assertThat(Judged.names(new Changes().table("orders", 3, 0, 0, 9), settings)).isEmpty();
  }

  @Test
  void sensitiveColumn_isNamedOnlyIfItsValuesChanged() {
    HazardSettings settings = sensitive("public.customers.email");
    List<String> columns = List.of("id", "email", "name");

    assertThat(
            Judged.evidence(
                new Changes().updated("customers", columns, List.of(0L, 4L, 9L), 9),
                WRITES_SENSITIVE,
                settings))
        .isEqualTo("customers.email: 4 updated rows");
    assertThat(
            Judged.names(
                new Changes().updated("customers", columns, List.of(0L, 0L, 9L), 9), settings))
        .isEmpty();
    assertThat(
            Judged.evidence(
                new Changes().updated("customers", columns, List.of(), 9),
                WRITES_SENSITIVE,
                settings))
        .as("which columns changed was not told")
        .isEqualTo("customers.email: 9 updated rows");
    assertThat(
            Judged.evidence(
                new Changes().updated("customers", List.of(), List.of(), 7),
                WRITES_SENSITIVE,
                settings))
        .isEqualTo("customers.email: 7 updated rows");
    assertThat(
            Judged.evidence(
                new Changes().table("customers", 1, 0, 2, 9), WRITES_SENSITIVE, settings))
        .isEqualTo("customers.email: 1 inserted, 2 deleted rows");
    assertThat(
            Judged.names(
                new Changes().updated("customers", List.of("id", "name"), List.of(0L, 9L), 9),
                settings))
        .isEmpty();
  }

  @Test
  void sensitiveName_isFollowedThroughRenames() {
    Changes changes =
        new Changes()
            .renamed("schema", "public", "main")
            .renamed("table", "public.customers", "public.people")
            .renamed("column", "public.customers.email", "public.people.mail")
            .updated("people", List.of("id", "mail"), List.of(0L, 2L), 2);

    assertThat(
            Judged.evidence(
                changes,
                WRITES_SENSITIVE,
                sensitive("public.customers.email", "public.customers.id")))
        .isEqualTo(
            "customers.email: it is now people.mail; customers.email: 2 updated rows;"
                + " customers.id: it is now people.id");
    Changes moved =
        new Changes()
            .renamed("schema", "crm", "public")
            .renamed("table", "public.others", "public.x")
            .table("customers", 1, 0, 0, 1);
    assertThat(Judged.evidence(moved, WRITES_SENSITIVE, sensitive("crm.customers")))
        .isEqualTo("crm.customers: it is now customers; crm.customers: 1 inserted rows");
  }

  @Test
  void sensitiveName_thatAnotherTableTakes_isWritten_thoughNoDefinitionDiffers() {
    Changes swapped =
        new Changes()
            .renamed("table", "public.settings", "public.settings_old")
            .renamed("table", "public.other", "public.settings");

    assertThat(Judged.evidence(swapped, WRITES_SENSITIVE, sensitive("public.settings")))
        .isEqualTo("settings: it is now settings_old");
  }

  @Test
  void sensitiveValues_thatAreDroppedConvertedOrReplaced_areWritten() {
    HazardSettings settings = sensitive("public.customers.email");

    for (Changes changes :
        List.of(
            new Changes().dropped("table", "public.customers", ""),
            new Changes().dropped("column", "public.customers.email", "text"),
            new Changes().altered("column", "public.customers.email", "text", "character(3)"),
            new Changes().replaced("table", "public.customers"),
            new Changes().replaced("column", "public.customers.email"))) {
      assertThat(Judged.names(changes, settings)).contains(WRITES_SENSITIVE);
    }
    for (Changes changes :
        List.of(
            new Changes().dropped("column", "public.customers.name", "text"),
            new Changes().altered("column", "public.customers.email", "text", "text DEFAULT ''"),
            new Changes().created("column", "public.customers.email", "text"),
            new Changes().altered("table", "public.customers", "", "UNLOGGED"),
            new Changes().dropped("index", "public.customers", ""),
            new Changes().replaced("column", "public.customers.name"))) {
      assertThat(Judged.names(changes, settings)).doesNotContain(WRITES_SENSITIVE);
    }
    assertThat(
            Judged.names(
                new Changes().dropped("column", "public.customers.name", "text"),
                sensitive("public.customers")))
        .contains(WRITES_SENSITIVE);
  }

  @Test
  void sensitiveName_isWrittenAsInSql() {
    assertThat(SensitiveName.parse("Public.\"Odd.\"\"Name\".ID"))
        .hasValueSatisfying(
            name -> {
              assertThat(name.table().schema()).isEqualTo("public");
              assertThat(name.table().name()).isEqualTo("Odd.\"Name");
              assertThat(name.column()).isEqualTo("id");
              assertThat(name).hasToString("Odd.\"Name.id");
            });
    assertThat(
            Stream.of("customers", "a.b.c.d", "a.", "a b", "a.'b'", "\"a", "", "a..b", ".a.b")
                .map(SensitiveName::parse))
        .allMatch(java.util.Optional::isEmpty);
  }

  private static HazardSettings sensitive(String... names) {
    return with(
        HazardLimits.DEFAULT,
        Stream.of(names).map(name -> SensitiveName.parse(name).orElseThrow()).toList());
  }

  private static HazardSettings with(HazardLimits limits, List<SensitiveName> sensitive) {
    return new HazardSettings(Map.of(), 1_000_000, limits, sensitive);
  }
}
