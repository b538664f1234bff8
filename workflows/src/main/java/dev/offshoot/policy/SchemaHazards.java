package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.IdentityChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaChange.Kind;
import dev.offshoot.domain.SqlToken;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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

  /** Hazards whatever happens to them. */
  private static final Map<String, Hazard> ALWAYS =
      Map.of(
          "policy", Hazard.CHANGES_PRIVILEGES,
          "privileges", Hazard.CHANGES_PRIVILEGES,
          "default privileges", Hazard.CHANGES_PRIVILEGES,
          "security label", Hazard.CHANGES_PRIVILEGES,
          "publication", Hazard.CHANGES_REPLICATION,
          "subscription", Hazard.CHANGES_REPLICATION,
          "server", Hazard.REACHES_OUTSIDE,
          "user mapping", Hazard.REACHES_OUTSIDE,
          "foreign table", Hazard.REACHES_OUTSIDE,
          "foreign table options", Hazard.REACHES_OUTSIDE);

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

  static boolean places(String objectType) {
    return CODE.contains(objectType)
        || PLAIN.contains(objectType)
        || ALWAYS.containsKey(objectType);
  }

  static void find(ChangeSummary changes, Findings findings) {
    Renames renames = Renames.in(changes);
    renames.told().forEach(rename -> findings.add(Hazard.RENAMES_OBJECT, rename));
    replaced(changes.observed().identities(), findings);
    List<SchemaChange> rest = renames.unexplained();
    Dropped dropped = Dropped.in(rest);
    Set<String> newTables =
        rest.stream()
            .filter(change -> change.kind() == Kind.CREATED && change.objectType().equals("table"))
            .map(SchemaChange::identity)
            .collect(Collectors.toSet());
    for (SchemaChange change : rest) {
      if (!dropped.alongWithTheRest(change)) {
        classify(change, newTables, findings);
      }
    }
    changes
        .observed()
        .disagreements()
        .forEach(disagreement -> findings.add(Hazard.UNCLASSIFIED, disagreement));
    untold(changes.schemaChangeCount() - changes.schemaChanges().size(), "schema", findings);
    untold(
        changes.observed().identityCount() - changes.observed().identities().size(),
        "name",
        findings);
  }

  private static void untold(int count, String what, Findings findings) {
    if (count > 0) {
      findings.add(
          Hazard.UNCLASSIFIED, "%d more %s changes than are listed".formatted(count, what));
    }
  }

  /** The name stands, what it named is gone. */
  private static void replaced(List<IdentityChange> identities, Findings findings) {
    for (IdentityChange identity : identities) {
      if (identity.kind() == IdentityChange.Kind.REPLACED) {
        String told = identity.before() + " (another one bears its name)";
        switch (identity.objectType()) {
          case "table" -> findings.add(Hazard.DROPS_TABLE, told);
          case "column" -> findings.add(Hazard.DROPS_COLUMN, told);
          default -> findings.add(Hazard.DROPS_OBJECT, identity.objectType() + " " + told);
        }
      }
    }
  }

  private static void classify(SchemaChange change, Set<String> newTables, Findings findings) {
    String type = change.objectType();
    if (ALWAYS.containsKey(type)) {
      findings.add(ALWAYS.get(type), named(change));
      if (type.equals("policy") && change.kind() != Kind.DROPPED) {
        calls(change, findings);
      }
    } else if (!places(type)) {
      findings.add(Hazard.UNCLASSIFIED, named(change));
    } else if (change.kind() == Kind.DROPPED) {
      dropped(change, findings);
    } else if (CODE.contains(type) || isBaseType(change)) {
      code(change, findings);
    } else {
      calls(change, findings);
      if (change.kind() == Kind.ALTERED) {
        AlteredObjects.find(change, findings);
      } else if (type.equals("table")) {
        created(change, newTables, findings);
      }
    }
  }

  private static void dropped(SchemaChange change, Findings findings) {
    switch (change.objectType()) {
      case "table" -> findings.add(Hazard.DROPS_TABLE, change.identity());
      case "column" -> findings.add(Hazard.DROPS_COLUMN, change.identity());
      case "comment", "column order" -> findings.add(Hazard.CHANGES_DEFINITION, named(change));
      default -> findings.add(Hazard.DROPS_OBJECT, named(change));
    }
  }

  private static void created(SchemaChange table, Set<String> newTables, Findings findings) {
    Clauses.of("table", Definitions.text(table.after()))
        .ifPresent(
            clauses -> {
              if (clauses.has("UNLOGGED")) {
                findings.add(Hazard.MAKES_UNLOGGED, named(table));
              }
              String root = clauses.text("PARTITION OF");
              if (!root.isEmpty() && !newTables.contains(root)) {
                findings.add(
                    Hazard.CHANGES_PARTITIONS,
                    "%s, a partition of %s".formatted(named(table), root));
              }
            });
  }

  /** One that only stops working is no new code; one that only gets settings is that too. */
  private static void code(SchemaChange change, Findings findings) {
    boolean altered = change.kind() == Kind.ALTERED;
    if (altered && AlteredObjects.onlyDisabled(change)) {
      findings.add(Hazard.DISABLES_OBJECT, named(change));
      return;
    }
    findings.add(Hazard.CREATES_CODE, named(change));
    if (altered && AlteredObjects.changesRoutineSettings(change)) {
      findings.add(Hazard.CHANGES_SETTINGS, named(change));
    }
  }

  /** Somebody's function, or one that acts, which a definition calls now and did not before. */
  private static void calls(SchemaChange change, Findings findings) {
    Optional<List<SqlToken>> tokens = Definitions.expression(change.objectType(), change.after());
    if (tokens.isEmpty()) {
      findings.add(Hazard.UNCLASSIFIED, named(change) + " has a definition that cannot be read");
      return;
    }
    Set<String> called = FunctionCalls.beyondComputing(tokens.get());
    Definitions.expression(change.objectType(), change.before())
        .map(FunctionCalls::beyondComputing)
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

  static String named(SchemaChange change) {
    String done =
        switch (change.kind()) {
          case CREATED -> "new";
          case ALTERED -> "changed";
          case DROPPED -> "dropped";
        };
    return "%s %s %s".formatted(done, change.objectType(), change.identity());
  }
}
