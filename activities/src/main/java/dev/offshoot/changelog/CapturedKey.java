package dev.offshoot.changelog;

import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Column;
import dev.offshoot.sql.TableCatalog.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The key by which changed rows of a table are noted; a partition's is that of its topmost table.
 *
 * @param table object id
 * @param root object id of the topmost partitioned table, or {@code table} again
 * @param numbers attribute numbers of {@code table}, in the order of the key
 * @param types what these columns hold
 */
record CapturedKey(long table, long root, List<Integer> numbers, List<KeyType> types) {

  /**
   * What can be captured, by object id. It follows from the catalog alone, so that it can be told
   * again from any copy of the database. Not here: tables without a key or with one that cannot be
   * noted, and tables that others inherit from, whose statements tell of the heirs' rows as their
   * own.
   */
  static Map<Long, CapturedKey> of(TableCatalog catalog) {
    Map<Long, CapturedKey> keys = new TreeMap<>();
    for (Table table : catalog.tables().values()) {
      of(table, catalog).ifPresent(key -> keys.put(table.oid(), key));
    }
    return keys;
  }

  private static Optional<CapturedKey> of(Table table, TableCatalog catalog) {
    @Nullable Long partitionRoot = table.partitionRoot();
    Table root = partitionRoot == null ? table : catalog.table(partitionRoot).orElse(table);
    if (root.key().isEmpty() || root.inheritanceChildren()) {
      return Optional.empty();
    }
    List<Integer> numbers = new ArrayList<>();
    List<KeyType> types = new ArrayList<>();
    for (int number : root.key()) {
      Optional<Column> column =
          root.column(number)
              .flatMap(
                  named ->
                      table.columns().stream()
                          .filter(own -> own.name().equals(named.name()))
                          .findFirst());
      Optional<KeyType> type = column.flatMap(own -> KeyType.of(own.baseType()));
      if (column.isEmpty() || type.isEmpty()) {
        return Optional.empty();
      }
      numbers.add(column.get().number());
      types.add(type.get());
    }
    return Optional.of(new CapturedKey(table.oid(), root.oid(), numbers, types));
  }
}
