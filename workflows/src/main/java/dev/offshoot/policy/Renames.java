package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.IdentityChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaChange.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells renames, which the object ids show, from drops and creations, and takes out of the schema
 * changes what follows from them: the object under its new name, its parts, and every definition
 * that names it.
 *
 * @param told the renames in words
 * @param unexplained changes that no rename explains; what was changed and renamed is a change
 *     under the new name
 */
public record Renames(List<String> told, List<SchemaChange> unexplained) {
  private static final Set<String> RELATIONS =
      Set.of("table", "foreign table", "view", "materialized view");

  /** The renames among {@code changes}. */
  public static Renames in(ChangeSummary changes) {
    List<IdentityChange> renamed =
        changes.observed().identities().stream()
            .filter(identity -> identity.kind() == IdentityChange.Kind.RENAMED)
            .sorted(Comparator.comparingInt(identity -> rank(identity.objectType())))
            .toList();
    List<String> told = new ArrayList<>();
    List<NameChange> wholes = new ArrayList<>();
    List<SchemaChange> rest = new ArrayList<>(changes.schemaChanges());
    for (IdentityChange rename : renamed) {
      told.add("%s %s is now %s".formatted(rename.objectType(), rename.before(), rename.after()));
      Optional<NameChange> name =
          NameChange.between(alongWith(wholes, rename.before()), rename.after());
      name.ifPresent(change -> explain(change, wholes, rest));
      if (rank(rename.objectType()) < 2) {
        name.ifPresent(wholes::add);
      }
    }
    return new Renames(List.copyOf(told), List.copyOf(rest));
  }

  /** Schemas first, then tables and views: their parts come along under the new name. */
  private static int rank(String objectType) {
    return objectType.equals("schema") ? 0 : RELATIONS.contains(objectType) ? 1 : 2;
  }

  /** An old identity or definition as the renaming of what it belongs to has left it. */
  private static String alongWith(List<NameChange> wholes, String text) {
    for (NameChange whole : wholes) {
      String applied = whole.applied(text);
      if (!applied.equals(text)) {
        return applied;
      }
    }
    return text;
  }

  private static void explain(NameChange name, List<NameChange> wholes, List<SchemaChange> rest) {
    for (SchemaChange change : List.copyOf(rest)) {
      if (change.kind() == Kind.ALTERED) {
        if (name.turns(Definitions.text(change.before()), Definitions.text(change.after()))) {
          rest.remove(change);
        }
      } else if (change.kind() == Kind.DROPPED) {
        underNewName(change, name.applied(alongWith(wholes, change.identity())), rest)
            .ifPresent(
                come -> {
                  int at = rest.indexOf(change);
                  String before = alongWith(wholes, Definitions.text(change.before()));
                  rest.remove(come);
                  rest.remove(change);
                  String after = Definitions.text(come.after());
                  if (!name.turns(before, after) && !sameButNotNullsName(come, before, after)) {
                    rest.add(
                        Math.min(at, rest.size()),
                        new SchemaChange(
                            Kind.ALTERED,
                            come.objectType(),
                            come.identity(),
                            name.applied(before),
                            come.after()));
                  }
                });
      }
    }
  }

  private static Optional<SchemaChange> underNewName(
      SchemaChange gone, String identity, List<SchemaChange> rest) {
    return rest.stream()
        .filter(change -> change.kind() == Kind.CREATED)
        .filter(change -> change.objectType().equals(gone.objectType()))
        .filter(change -> change.identity().equals(identity))
        .filter(change -> !identity.equals(gone.identity()))
        .findFirst();
  }

  /** The name of a NOT NULL is told where it is not the usual, which follows the table's name. */
  private static boolean sameButNotNullsName(SchemaChange column, String before, String after) {
    Optional<Clauses> was = Clauses.of(column.objectType(), before);
    Optional<Clauses> is = Clauses.of(column.objectType(), after);
    return column.objectType().equals("column")
        && was.isPresent()
        && is.isPresent()
        && was.get().without("CONSTRAINT").equals(is.get().without("CONSTRAINT"));
  }
}
