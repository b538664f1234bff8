package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.DroppedRows;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.IdentityChange;
import dev.offshoot.domain.Observations;
import dev.offshoot.domain.Reversal;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableLock;
import dev.offshoot.domain.TableName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts a change summary together, for tests. */
final class Changes {
  private final List<SchemaChange> schema = new ArrayList<>();
  private final List<String> script = new ArrayList<>();
  private final List<TableChanges> tables = new ArrayList<>();
  private final List<TableName> rewritten = new ArrayList<>();
  private final List<IdentityChange> identities = new ArrayList<>();
  private final List<DroppedRows> dropped = new ArrayList<>();
  private final List<TableLock> locks = new ArrayList<>();
  private final List<SequenceAdvance> sequences = new ArrayList<>();
  private final List<String> disagreements = new ArrayList<>();
  private final List<String> waysOut = new ArrayList<>();
  private int unlisted;
  private int unlistedNames;

  static ExperimentReport noReport() {
    return new ExperimentReport(List.of(), List.of(), List.of(), List.of(), 0);
  }

  Changes created(String type, String identity, String after) {
    schema.add(new SchemaChange(SchemaChange.Kind.CREATED, type, identity, null, after));
    return this;
  }

  Changes dropped(String type, String identity, String before) {
    schema.add(new SchemaChange(SchemaChange.Kind.DROPPED, type, identity, before, null));
    return this;
  }

  Changes altered(String type, String identity, String before, String after) {
    schema.add(new SchemaChange(SchemaChange.Kind.ALTERED, type, identity, before, after));
    return this;
  }

  Changes script(String statement) {
    script.add(statement);
    return this;
  }

  Changes table(String name, long inserted, long updated, long deleted, long rowsInBase) {
    tables.add(
        new TableChanges(
            new TableName("public", name),
            List.of(),
            List.of(),
            inserted,
            updated,
            deleted,
            rowsInBase,
            List.of()));
    return this;
  }

  Changes row(String table, String column, String value) {
    tables.add(
        new TableChanges(
            new TableName("public", table),
            List.of(new ColumnShape(column, "text")),
            List.of(),
            1,
            0,
            0,
            10,
            List.of(RowChange.insert(List.of(value)))));
    return this;
  }

  Changes rewritten(String table) {
    rewritten.add(new TableName("public", table));
    return this;
  }

  Changes renamed(String type, String before, String after) {
    identities.add(new IdentityChange(IdentityChange.Kind.RENAMED, type, before, after));
    return this;
  }

  Changes replaced(String type, String identity) {
    identities.add(new IdentityChange(IdentityChange.Kind.REPLACED, type, identity, identity));
    return this;
  }

  Changes locked(String table, String mode, long bytes) {
    locks.add(new TableLock(new TableName("public", table), mode, bytes));
    return this;
  }

  Changes sequence(String name, long before, long after) {
    sequences.add(new SequenceAdvance(new TableName("public", name), before, after));
    return this;
  }

  /** One updated row of a table with these columns, in which these counts of rows changed. */
  Changes updated(String table, List<String> columns, List<Long> updatesByColumn, long updated) {
    tables.add(
        new TableChanges(
            new TableName("public", table),
            columns.stream().map(column -> new ColumnShape(column, "text")).toList(),
            List.of(0),
            0,
            updated,
            0,
            1_000,
            List.of(),
            updatesByColumn));
    return this;
  }

  Changes wentWith(String table, @Nullable String column, long rows) {
    dropped.add(new DroppedRows(new TableName("public", table), column, rows));
    return this;
  }

  Changes unlisted(int count) {
    unlisted = count;
    return this;
  }

  Changes disagreement(String told) {
    disagreements.add(told);
    return this;
  }

  Changes wayOut(String told) {
    waysOut.add(told);
    return this;
  }

  Changes unlistedNames(int count) {
    unlistedNames = count;
    return this;
  }

  ChangeSummary summary() {
    return new ChangeSummary(
        "abc",
        schema,
        schema.size() + unlisted,
        script,
        tables,
        rewritten,
        sequences,
        1,
        Reversal.OF_ROWS,
        new Observations(
            identities, identities.size() + unlistedNames, locks, dropped, disagreements, waysOut));
  }
}
