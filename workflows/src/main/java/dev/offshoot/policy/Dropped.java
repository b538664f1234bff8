package dev.offshoot.policy;

import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SqlToken;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is dropped; its parts go along and are no news of their own.
 *
 * @param relations identities of dropped tables and views
 * @param objects type and identity of everything that is dropped, {@code index public.i}
 */
record Dropped(Set<String> relations, Set<String> objects) {
  private static final Set<String> RELATIONS =
      Set.of("table", "foreign table", "view", "materialized view");

  static Dropped in(List<SchemaChange> changes) {
    List<SchemaChange> dropped =
        changes.stream().filter(change -> change.kind() == SchemaChange.Kind.DROPPED).toList();
    return new Dropped(
        dropped.stream()
            .filter(change -> RELATIONS.contains(change.objectType()))
            .map(SchemaChange::identity)
            .collect(Collectors.toSet()),
        dropped.stream()
            .map(change -> change.objectType() + " " + change.identity())
            .collect(Collectors.toSet()));
  }

  /** Whether {@code change} only says that a part of something dropped is gone with it. */
  boolean alongWithTheRest(SchemaChange change) {
    return change.kind() == SchemaChange.Kind.DROPPED
        && !RELATIONS.contains(change.objectType())
        && (objects.contains(change.identity())
            || relations.stream().anyMatch(relation -> isPart(change, relation)));
  }

  private static boolean isPart(SchemaChange change, String relation) {
    String identity = change.identity();
    return switch (change.objectType()) {
      case "column" -> identity.startsWith(relation + ".");
      case "constraint", "trigger", "rule", "policy" -> identity.endsWith(" ON " + relation);
      case "index" -> says(change, "ON " + relation) || says(change, "ON ONLY " + relation);
      case "sequence" -> says(change, "BY " + relation) || says(change, "OF " + relation);
      case "column order", "foreign table options" -> identity.equals(relation);
      case "comment", "privileges" ->
          identity.endsWith(" " + relation) || identity.contains(" " + relation + ".");
      default -> false;
    };
  }

  /** Whether the definition has these tokens in a row; no name in quotes can pretend so. */
  private static boolean says(SchemaChange change, String words) {
    List<String> said = texts(Definitions.text(change.before()));
    List<String> wanted = texts(words);
    for (int i = 0; i + wanted.size() <= said.size(); i++) {
      if (said.subList(i, i + wanted.size()).equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private static List<String> texts(String sql) {
    return Definitions.read(sql).orElse(List.of()).stream().map(SqlToken::text).toList();
  }
}
