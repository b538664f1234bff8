package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaChange.Kind;
import dev.offshoot.domain.SqlToken;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells a rename from a drop and a creation. An object counts as renamed only if the schema script
 * has a {@code RENAME … TO} (or {@code SET SCHEMA}) with its names, drops neither of them, and
 * everything about it is the same under the new name; in doubt it is a drop, which loses data.
 *
 * @param told the renames in words
 * @param unexplained changes that no rename explains, in their order
 */
public record Renames(List<String> told, List<SchemaChange> unexplained) {

  /** The renames among {@code changes}. */
  public static Renames in(ChangeSummary changes) {
    List<SchemaChange> rest = new ArrayList<>(changes.schemaChanges());
    List<String> told = new ArrayList<>();
    Optional<List<List<SqlToken>>> script = readable(changes.schemaScript());
    if (script.isPresent()) {
      // Tables first: their columns and constraints come along under the new name.
      for (boolean parts : new boolean[] {false, true}) {
        for (SchemaChange gone : List.copyOf(rest)) {
          if (gone.kind() == Kind.DROPPED && isPart(gone) == parts && rest.contains(gone)) {
            explain(gone, script.get(), rest).ifPresent(told::add);
          }
        }
      }
    }
    return new Renames(List.copyOf(told), List.copyOf(rest));
  }

  /**
   * The script's tokens; absent if it has a statement that runs code, whose effects no text shows,
   * or that cannot be read.
   */
  private static Optional<List<List<SqlToken>>> readable(List<String> script) {
    List<List<SqlToken>> statements = new ArrayList<>();
    for (String statement : script) {
      List<SqlToken> tokens = Definitions.read(statement).orElse(List.of());
      if (tokens.isEmpty() || !CodeHazards.defines(tokens)) {
        return Optional.empty();
      }
      statements.add(tokens);
    }
    return Optional.of(statements);
  }

  private static boolean isPart(SchemaChange change) {
    return !Set.of("schema", "table", "view", "materialized view").contains(change.objectType());
  }

  private static Optional<String> explain(
      SchemaChange gone, List<List<SqlToken>> script, List<SchemaChange> rest) {
    for (SchemaChange come : List.copyOf(rest)) {
      if (come.kind() != Kind.CREATED || !come.objectType().equals(gone.objectType())) {
        continue;
      }
      Optional<NameChange> name = NameChange.between(gone.identity(), come.identity());
      if (name.isEmpty()
          || script.stream().noneMatch(name.get()::isSaidIn)
          || script.stream().anyMatch(name.get()::isUndoneIn)) {
        continue;
      }
      Set<SchemaChange> explained = explained(name.get(), rest);
      if (explained.contains(gone)
          && explained.contains(come)
          && partsOf(gone, rest).allMatch(explained::contains)
          && partsOf(come, rest).allMatch(explained::contains)) {
        rest.removeAll(explained);
        return Optional.of(
            "%s %s is now %s".formatted(gone.objectType(), gone.identity(), come.identity()));
      }
    }
    return Optional.empty();
  }

  /** Columns of a table: all of them must be there again. */
  private static Stream<SchemaChange> partsOf(SchemaChange whole, List<SchemaChange> rest) {
    return rest.stream()
        .filter(change -> change.kind() == whole.kind())
        .filter(change -> change.objectType().equals("column"))
        .filter(change -> change.identity().startsWith(whole.identity() + "."));
  }

  /** Changes that are nothing but the old name's turning into the new one. */
  private static Set<SchemaChange> explained(NameChange name, List<SchemaChange> rest) {
    Set<SchemaChange> explained = new HashSet<>();
    for (SchemaChange change : rest) {
      if (change.kind() == Kind.ALTERED
          && name.turns(Definitions.text(change.before()), Definitions.text(change.after()))) {
        explained.add(change);
      } else if (change.kind() == Kind.DROPPED) {
        counterpart(change, name, rest)
            .ifPresent(
                come -> {
                  explained.add(change);
                  explained.add(come);
                });
      }
    }
    return explained;
  }

  private static Optional<SchemaChange> counterpart(
      SchemaChange gone, NameChange name, List<SchemaChange> rest) {
    return rest.stream()
        .filter(change -> change.kind() == Kind.CREATED)
        .filter(change -> change.objectType().equals(gone.objectType()))
        .filter(change -> name.turns(gone.identity(), change.identity()))
        .filter(
            change -> name.turns(Definitions.text(gone.before()), Definitions.text(change.after())))
        .findFirst();
  }
}
