package dev.offshoot.cli.mcp;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.text.SqlLiteral;
import java.util.List;
import java.util.Map;

/** A change set by its counts and its schema changes; pure, bounded. */
final class ChangeOutline {
  private static final int MOST_TABLES = 50;
  private static final int MOST_SCHEMA_CHANGES = 50;
  private static final int MOST_OF_A_DEFINITION = 300;

  private ChangeOutline() {}

  /** Nothing but numbers. */
  static Map<String, Object> counts(ChangeSummary changes) {
    return new Answer()
        .with("inserted", changes.inserted())
        .with("updated", changes.updated())
        .with("deleted", changes.deleted())
        .with("tables", changes.tables().size())
        .with("schemaChanges", changes.schemaChangeCount())
        .asMap();
  }

  static Answer of(ChangeSummary changes) {
    List<TableChanges> tables = changes.tables();
    int schemaChanges = Math.min(MOST_SCHEMA_CHANGES, changes.schemaChanges().size());
    int schemaLeftOut = changes.schemaChangeCount() - schemaChanges;
    return new Answer()
        .with(
            "tables",
            tables.stream().limit(MOST_TABLES).map(table -> counts(table).asMap()).toList())
        .with("tablesLeftOut", tables.size() > MOST_TABLES ? tables.size() - MOST_TABLES : null)
        .with(
            "schemaChanges",
            changes.schemaChanges().stream()
                .limit(schemaChanges)
                .map(change -> schema(change).asMap())
                .toList())
        .with("schemaChangesLeftOut", schemaLeftOut > 0 ? schemaLeftOut : null)
        .with(
            "sequences",
            changes.sequences().stream()
                .limit(MOST_TABLES)
                .map(moved -> SqlLiteral.shown(moved.sequence()))
                .toList());
  }

  private static Answer counts(TableChanges table) {
    return new Answer()
        .with("table", SqlLiteral.shown(table.table()))
        .with("inserted", table.inserted())
        .with("updated", table.updated())
        .with("deleted", table.deleted())
        .with("rowsBefore", table.rowsInBase());
  }

  private static Answer schema(SchemaChange change) {
    return new Answer()
        .with("change", change.kind())
        .with("type", change.objectType())
        .with("object", change.identity())
        .with("before", change.before() == null ? null : cut(change.before()))
        .with("after", change.after() == null ? null : cut(change.after()));
  }

  private static String cut(String definition) {
    return ShownText.elided(definition, MOST_OF_A_DEFINITION);
  }
}
