package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.IdentityChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaChange.Kind;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes to what a parent calls sensitive, whatever an experiment renamed it to: changed rows,
 * values that are dropped or converted, and a name that no longer means it.
 */
final class SensitiveHazards {
  private SensitiveHazards() {}

  static void find(ChangeSummary changes, List<SensitiveName> sensitive, Findings findings) {
    for (SensitiveName configured : sensitive) {
      SensitiveName name = configured.inBranch(changes);
      if (!name.equals(configured)) {
        // Whoever reads the old name finds nothing, or what somebody else has put there.
        findings.add(Hazard.WRITES_SENSITIVE, "%s: it is now %s".formatted(configured, name));
      }
      for (TableChanges table : changes.tables()) {
        if (table.table().equals(name.table())) {
          rows(configured, name, table, findings);
        }
      }
      for (SchemaChange change : changes.schemaChanges()) {
        // Of a dropped thing the change tells the old name.
        if (losesValues(change) && covers(configured, name, change.identity())) {
          findings.add(Hazard.WRITES_SENSITIVE, configured + ": " + SchemaHazards.named(change));
        }
      }
      for (IdentityChange identity : changes.observed().identities()) {
        if (identity.kind() == IdentityChange.Kind.REPLACED
            && covers(configured, name, identity.before())) {
          findings.add(
              Hazard.WRITES_SENSITIVE,
              "%s: %s %s is another one"
                  .formatted(configured, identity.objectType(), identity.before()));
        }
      }
    }
  }

  private static void rows(
      SensitiveName configured, SensitiveName name, TableChanges table, Findings findings) {
    long updated = name.column() == null ? table.updated() : updates(name.column(), table);
    List<String> told = new ArrayList<>();
    told(table.inserted(), "inserted", told);
    told(updated, "updated", told);
    told(table.deleted(), "deleted", told);
    if (!told.isEmpty()) {
      findings.add(
          Hazard.WRITES_SENSITIVE, "%s: %s rows".formatted(configured, String.join(", ", told)));
    }
  }

  private static void told(long rows, String what, List<String> told) {
    if (rows > 0) {
      told.add(String.format(Locale.ROOT, "%,d %s", rows, what));
    }
  }

  /** All updated rows of the table unless it is told which changed the column. */
  private static long updates(String column, TableChanges table) {
    List<String> names = table.columns().stream().map(ColumnShape::name).toList();
    if (names.isEmpty() || table.updatesByColumn().size() != names.size()) {
      return table.updated();
    }
    int at = names.indexOf(column);
    return at < 0 ? 0 : table.updatesByColumn().get(at);
  }

  private static boolean losesValues(SchemaChange change) {
    return switch (change.objectType()) {
      case "table" -> change.kind() == Kind.DROPPED;
      case "column" ->
          change.kind() == Kind.DROPPED
              || (change.kind() == Kind.ALTERED
                  && !typeAndExpression(change.before()).equals(typeAndExpression(change.after())));
      default -> false;
    };
  }

  private static List<String> typeAndExpression(@Nullable String definition) {
    return Clauses.of("column", Definitions.text(definition))
        .map(clauses -> List.of(clauses.head(), clauses.text("GENERATED")))
        .orElse(List.of(Definitions.text(definition)));
  }

  private static boolean covers(SensitiveName configured, SensitiveName now, String identity) {
    List<String> names = SensitiveName.names(identity);
    if (names.size() < 2) {
      return false;
    }
    TableName table = new TableName(names.get(0), names.get(1));
    return names.size() == 2
        ? table.equals(configured.table()) || table.equals(now.table())
        : configured.covers(table, names.get(2)) || now.covers(table, names.get(2));
  }
}
