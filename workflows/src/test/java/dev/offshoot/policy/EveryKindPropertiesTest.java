package dev.offshoot.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.Hazard;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** No change of the schema goes unnoticed, whatever it is a change of. */
class EveryKindPropertiesTest {
  /** As the catalog fingerprint names them; its own test compares. */
  private static final List<String> KINDS =
      List.of(
          "access method, aggregate, attribute, cast, collation, column, column order, comment, constraint, conversion, default privileges, domain, event trigger, extension, foreign data wrapper, foreign table, foreign table options, function, index, language, materialized view, operator, operator class, operator family, policy, privileges, procedure, publication, rule, schema, security label, sequence, server, statistics, subscription, table, text search configuration, text search dictionary, text search parser, text search template, transform, trigger, type, user mapping, view"
              .split(", "));

  /** Alone in a summary they can only be told as what they are. */
  @Property(tries = 1000)
  void droppedOrAlteredObject_alwaysRaisesSomething(
      @ForAll("kinds") String kind,
      @ForAll("definitions") String before,
      @ForAll("definitions") String after) {
    assertThat(Judged.names(new Changes().dropped(kind, "public.x", before))).isNotEmpty();
    if (!before.equals(after)) {
      assertThat(Judged.names(new Changes().altered(kind, "public.x", before, after))).isNotEmpty();
    }
  }

  /**
   * Whether a change can be taken back is for the rehearsal of its inverse to say, and only that.
   */
  @Property(tries = 1000)
  void changeThatTheRehearsalTookBack_isRevertible(
      @ForAll("kinds") String kind,
      @ForAll("definitions") String before,
      @ForAll("definitions") String after) {
    assertThat(
            Judged.names(
                new Changes()
                    .dropped(kind, "public.x", before)
                    .altered(kind, "public.y", before, after)
                    .created(kind, "public.z", after)
                    .replaced(kind, "public.w")))
        .doesNotContain(Hazard.NOT_REVERTIBLE);
  }

  @Property(tries = 300)
  void changeOfAKindThatNoRuleKnows_isUnclassified(
      @ForAll("words") String kind, @ForAll("definitions") String definition) {
    if (!KINDS.contains(kind)) {
      assertThat(HazardPolicy.places(kind)).isFalse();
      assertThat(Judged.names(new Changes().created(kind, "public.x", definition)))
          .contains(Hazard.UNCLASSIFIED);
      assertThat(Judged.names(new Changes().dropped(kind, "public.x", definition)))
          .contains(Hazard.UNCLASSIFIED);
      assertThat(Judged.names(new Changes().altered(kind, "public.x", definition, "other")))
          .contains(Hazard.UNCLASSIFIED);
    }
  }

  @Property
  void everyKnownKind_isPlaced(@ForAll("known") String kind) {
    assertThat(HazardPolicy.places(kind)).isTrue();
  }

  @Provide
  Arbitrary<String> known() {
    return Arbitraries.of(KINDS);
  }

  @Provide
  Arbitrary<String> kinds() {
    return Arbitraries.oneOf(known(), words());
  }

  @Provide
  Arbitrary<String> words() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withChars(' ')
        .ofMinLength(1)
        .ofMaxLength(20);
  }

  /** Pieces of which the fingerprint makes definitions, in any order. */
  @Provide
  Arbitrary<String> definitions() {
    return Arbitraries.of(
            "text",
            "integer",
            "NOT NULL",
            "DEFAULT 1",
            "DEFAULT public.f()",
            "UNLOGGED",
            "AS",
            "PARTITION OF public.p",
            "FOR VALUES IN (1)",
            "WITH (fillfactor=70)",
            "TABLESPACE x",
            "ENUM ('a', 'b')",
            "ENUM ('b')",
            "CHECK ((a > 0))",
            "NOT VALID",
            "NOT ENFORCED",
            "DISABLED",
            "ENABLED REPLICA",
            "CREATE TRIGGER t",
            "SELECT 1",
            "STORAGE PLAIN",
            "GENERATED ALWAYS AS ((a)) STORED",
            "ROW LEVEL SECURITY",
            "REPLICA IDENTITY FULL",
            "'open",
            "BASE",
            "COLLATE \"C\"",
            "CLUSTERED",
            "INVALID",
            "CONSTRAINT c",
            "INHERITED",
            "STATISTICS 5",
            "OPTIONS (a) x",
            "\n SET a TO b\n",
            "(",
            ")")
        .list()
        .ofMaxSize(5)
        .map(parts -> String.join(" ", parts));
  }
}
