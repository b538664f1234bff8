package dev.offshoot.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MaskedColumnsTest {
  private static final List<String> COLUMNS = List.of("id", "email", "name");

  @Test
  void namedColumn_isMasked_andNoOther() {
    assertThat(masked(new Changes().updated("customers", COLUMNS, List.of(0L, 1L, 0L), 1), "email"))
        .containsExactly("public.customers.email");
    assertThat(masked(new Changes().updated("orders", COLUMNS, List.of(0L, 1L, 0L), 1), "email"))
        .isEmpty();
  }

  @Test
  void namedTable_isMaskedWhole() {
    assertThat(
            MaskedColumns.of(
                new Changes().updated("customers", COLUMNS, List.of(0L, 1L, 0L), 1).summary(),
                names("public.customers")))
        .containsExactlyInAnyOrder(
            "public.customers.id", "public.customers.email", "public.customers.name");
  }

  @Test
  void renamedColumnOfARenamedTable_isMaskedUnderItsNewName() {
    Changes changes =
        new Changes()
            .renamed("table", "public.customers", "public.people")
            .renamed("column", "public.customers.email", "public.people.harmless")
            .updated("people", List.of("id", "harmless"), List.of(0L, 1L), 1);

    assertThat(masked(changes, "email")).containsExactly("public.people.harmless");
  }

  /** It may hold a copy. */
  @Test
  void columnThatTheExperimentAdds_isMaskedBesideAMaskedOne() {
    Changes changes =
        new Changes()
            .created("column", "public.customers.copy", "text")
            .created("column", "public.orders.copy", "text")
            .updated("customers", List.of("id", "email", "copy"), List.of(0L, 0L, 1L), 1)
            .updated("orders", List.of("id", "copy"), List.of(0L, 1L), 1);

    assertThat(masked(changes, "email"))
        .containsExactlyInAnyOrder("public.customers.email", "public.customers.copy");
  }

  private static Set<String> masked(Changes changes, String column) {
    return MaskedColumns.of(changes.summary(), names("public.customers." + column));
  }

  private static List<SensitiveName> names(String... names) {
    return Stream.of(names).map(name -> SensitiveName.parse(name).orElseThrow()).toList();
  }
}
