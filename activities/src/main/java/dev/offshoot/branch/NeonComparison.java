package dev.offshoot.branch;

import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.ShownText;
import dev.offshoot.neon.SchemaPatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds the schema changes that we see against what Neon's own comparison sees. Neither is taken
 * for the truth: where they disagree, a person is told.
 */
final class NeonComparison {
  private static final int MOST_TOLD = 5;
  private static final int MOST_SHOWN = 120;

  /** What a dump does not show, or shows by the order of lines alone. */
  private static final Set<String> NOT_IN_A_DUMP =
      Set.of("privileges", "default privileges", "column order");

  /** Things with a name of their own that a dump writes under a heading. */
  private static final Set<String> NAMED =
      Set.of("table", "view", "materialized view", "index", "sequence", "type", "domain", "schema");

  /** Words of identities that tell nothing: "name ON public.t", "table public.t". */
  private static final Set<String> SAID_OF_ALL = Set.of("ON", "public", "table", "column");

  private NeonComparison() {}

  /** Where the two disagree, in words safe to show; none if they do not. */
  static List<String> disagreements(List<SchemaChange> ours, SchemaPatch theirs) {
    List<SchemaChange> shown =
        ours.stream().filter(change -> !NOT_IN_A_DUMP.contains(change.objectType())).toList();
    if (theirs.isEmpty()) {
      return shown.isEmpty()
          ? List.of()
          : List.of(
              "Neon's comparison shows no schema change, ours shows %s"
                  .formatted(told(shown.get(0))));
    }
    if (shown.isEmpty()) {
      return List.of(
          "Neon's comparison shows a schema change and ours none: "
              + ShownText.oneLine(theirs.lines().get(0), MOST_SHOWN));
    }
    List<String> disagreements = new ArrayList<>();
    Set<String> names = shown.stream().flatMap(NeonComparison::names).collect(Collectors.toSet());
    for (String object : theirs.objects()) {
      if (words(object).noneMatch(names::contains)) {
        disagreements.add(
            "Neon's comparison shows a change of %s, ours does not"
                .formatted(ShownText.oneLine(object, MOST_SHOWN)));
      }
    }
    for (SchemaChange change : shown) {
      boolean standsAlone =
          NAMED.contains(change.objectType()) && change.kind() != SchemaChange.Kind.ALTERED;
      if (standsAlone && names(change).noneMatch(theirs::mentions)) {
        disagreements.add("Neon's comparison does not show " + told(change));
      }
    }
    return disagreements.stream().limit(MOST_TOLD).toList();
  }

  /** The names that may stand in a heading: the object's own and its table's. */
  private static Stream<String> names(SchemaChange change) {
    return words(change.identity()).filter(word -> !SAID_OF_ALL.contains(word));
  }

  /** Both sides are cut alike, so that an odd name is cut in the same pieces here and there. */
  private static Stream<String> words(String text) {
    return Stream.of(text.split("[ .,()\"]+")).filter(word -> !word.isEmpty());
  }

  private static String told(SchemaChange change) {
    return "%s %s".formatted(change.objectType(), ShownText.oneLine(change.identity(), MOST_SHOWN));
  }
}
