package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.TableChanges;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Columns of a change set of which a model is shown no value. In a table with such a column those
 * that the experiment added are masked too, since it may have copied there what they hold; what it
 * copied into other tables nobody can tell.
 */
public final class MaskedColumns {
  private MaskedColumns() {}

  /**
   * Their names in the branch, as {@code schema.table.column}.
   *
   * @param masked what the parent's configuration names
   */
  public static Set<String> of(ChangeSummary changes, List<SensitiveName> masked) {
    Set<List<String>> added =
        changes.schemaChanges().stream()
            .filter(change -> change.kind() == SchemaChange.Kind.CREATED)
            .filter(change -> change.objectType().equals("column"))
            .map(change -> SensitiveName.names(change.identity()))
            .collect(Collectors.toSet());
    List<SensitiveName> named = masked.stream().map(name -> name.inBranch(changes)).toList();
    Set<String> columns = new LinkedHashSet<>();
    for (TableChanges table : changes.tables()) {
      for (ColumnShape column : table.columns()) {
        boolean isAdded =
            added.contains(List.of(table.table().schema(), table.table().name(), column.name()));
        if (named.stream()
            .anyMatch(
                name ->
                    name.covers(table.table(), column.name())
                        || (isAdded && name.table().equals(table.table())))) {
          columns.add(
              "%s.%s.%s".formatted(table.table().schema(), table.table().name(), column.name()));
        }
      }
    }
    return Set.copyOf(columns);
  }
}
