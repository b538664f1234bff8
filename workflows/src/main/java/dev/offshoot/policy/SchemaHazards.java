package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaChange.Kind;
import dev.offshoot.domain.SqlToken;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Hazards of what happened to definitions, by the catalog fingerprint's types of objects. */
final class SchemaHazards {
  /** Their definitions are code that the server runs on some occasion. */
  private static final Set<String> CODE =
      Set.of(
          "access method",
          "aggregate",
          "cast",
          "conversion",
          "event trigger",
          "extension",
          "foreign data wrapper",
          "function",
          "language",
          "operator",
          "operator class",
          "operator family",
          "procedure",
          "rule",
          "text search parser",
          "text search template",
          "transform",
          "trigger");

  private static final Set<String> PRIVILEGES =
      Set.of("policy", "privileges", "default privileges");

  /** Harmless to add, as long as no expression in them calls somebody's function. */
  private static final Set<String> PLAIN =
      Set.of(
          "attribute",
          "collation",
          "column",
          "column order",
          "comment",
          "constraint",
          "domain",
          "index",
          "materialized view",
          "schema",
          "sequence",
          "statistics",
          "table",
          "text search configuration",
          "text search dictionary",
          "type",
          "view");

  private SchemaHazards() {}

  static void find(ChangeSummary changes, Findings findings) {
    Renames renames = Renames.in(changes);
    renames.told().forEach(rename -> findings.add(Hazard.RENAMES_OBJECT, rename));
    List<SchemaChange> rest = renames.unexplained();
    Dropped dropped = Dropped.in(rest);
    for (SchemaChange change : rest) {
      if (!dropped.alongWithTheRest(change) && !tellsNotNull(change, rest)) {
        classify(change, findings);
      }
    }
    int untold = changes.schemaChangeCount() - changes.schemaChanges().size();
    if (untold > 0) {
      findings.add(Hazard.UNCLASSIFIED, "%d more schema changes than are listed".formatted(untold));
    }
  }

  private static void classify(SchemaChange change, Findings findings) {
    String type = change.objectType();
    if (PRIVILEGES.contains(type)) {
      findings.add(Hazard.CHANGES_PRIVILEGES, named(change));
    } else if (change.kind() == Kind.DROPPED) {
      dropped(change, findings);
    } else if (CODE.contains(type) || isBaseType(change)) {
      findings.add(Hazard.CREATES_CODE, named(change));
    } else if (!PLAIN.contains(type)) {
      findings.add(Hazard.UNCLASSIFIED, named(change));
    } else {
      calls(change, findings);
      if (change.kind() == Kind.ALTERED) {
        altered(change, findings);
      }
    }
  }

  private static void dropped(SchemaChange change, Findings findings) {
    switch (change.objectType()) {
      case "table", "foreign table" -> {
        findings.add(Hazard.DROPS_TABLE, change.identity());
        findings.add(Hazard.NOT_REVERTIBLE, "rows of " + change.identity() + " go with it");
      }
      case "column" -> {
        findings.add(Hazard.DROPS_COLUMN, change.identity());
        findings.add(Hazard.NOT_REVERTIBLE, "values of " + change.identity() + " go with it");
      }
      case "comment", "column order" -> findings.add(Hazard.CHANGES_DEFINITION, named(change));
      default -> findings.add(Hazard.DROPS_OBJECT, named(change));
    }
  }

  private static void altered(SchemaChange change, Findings findings) {
    if (change.objectType().equals("table")) {
      alteredTable(change, findings);
      return;
    }
    if (Definitions.hasColumnType(change.objectType())) {
      String before = Definitions.columnType(change.before());
      String after = Definitions.columnType(change.after());
      if (!before.equals(after)) {
        findings.add(
            Hazard.CHANGES_TYPE, "%s: %s to %s".formatted(change.identity(), before, after));
        findings.add(Hazard.NOT_REVERTIBLE, "values of " + change.identity() + " are converted");
        if (Definitions.afterColumnType(change.before())
            .equals(Definitions.afterColumnType(change.after()))) {
          return;
        }
      }
    }
    findings.add(Hazard.CHANGES_DEFINITION, named(change));
  }

  /** Row security guards rows; whatever else is said of a table is a definition. */
  private static void alteredTable(SchemaChange change, Findings findings) {
    String before = Definitions.text(change.before());
    String after = Definitions.text(change.after());
    if (!Definitions.rowSecurity(before).equals(Definitions.rowSecurity(after))) {
      findings.add(Hazard.CHANGES_PRIVILEGES, "row security of " + change.identity());
    }
    if (!Definitions.withoutRowSecurity(before).equals(Definitions.withoutRowSecurity(after))) {
      findings.add(Hazard.CHANGES_DEFINITION, named(change));
    }
  }

  /** Somebody's function that a definition calls now and did not call before. */
  private static void calls(SchemaChange change, Findings findings) {
    Optional<List<SqlToken>> tokens = Definitions.expression(change.objectType(), change.after());
    if (tokens.isEmpty()) {
      findings.add(Hazard.UNCLASSIFIED, named(change) + " has a definition that cannot be read");
      return;
    }
    Set<String> called = FunctionCalls.userDefined(tokens.get());
    Definitions.expression(change.objectType(), change.before())
        .map(FunctionCalls::userDefined)
        .ifPresent(called::removeAll);
    if (!called.isEmpty()) {
      findings.add(
          Hazard.CREATES_CODE, "%s calls %s".formatted(named(change), String.join(", ", called)));
    }
  }

  private static boolean isBaseType(SchemaChange change) {
    return change.objectType().equals("type")
        && Definitions.text(change.after()).startsWith("BASE");
  }

  /** From Postgres 18 on NOT NULL is a constraint too; the column's own change tells it. */
  private static boolean tellsNotNull(SchemaChange change, List<SchemaChange> all) {
    String definition = Definitions.text(change.before()) + Definitions.text(change.after());
    int on = change.identity().indexOf(" ON ");
    if (!change.objectType().equals("constraint")
        || !definition.startsWith("NOT NULL ")
        || on < 0) {
      return false;
    }
    String column =
        change.identity().substring(on + " ON ".length())
            + "."
            + Definitions.firstName(definition.substring("NOT NULL ".length()));
    return all.stream()
        .anyMatch(other -> other.objectType().equals("column") && other.identity().equals(column));
  }

  private static String named(SchemaChange change) {
    String done =
        switch (change.kind()) {
          case CREATED -> "new";
          case ALTERED -> "changed";
          case DROPPED -> "dropped";
        };
    return "%s %s %s".formatted(done, change.objectType(), change.identity());
  }
}
