package dev.offshoot.diff;

import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.ConstantDefault;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Column;
import dev.offshoot.sql.TableCatalog.Table;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the script makes of the columns that it converts and the tables that it rewrites, asked in
 * the rehearsal. No row tells it, as base and branch are the same then; on the parent the same must
 * come of it, since code in a statement may look at something else than the row.
 */
public final class Conversions {
  private final Connection base;
  private final TableCatalog before;
  private final TableCatalog now;
  private final Progress progress;

  /**
   * @param base a session in a transaction, set for reading, in which the statements were replayed
   * @param before the base's tables before that
   */
  public Conversions(Connection base, TableCatalog before, Progress progress) throws SQLException {
    this.base = base;
    this.before = before;
    this.now = TableCatalog.read(base);
    this.progress = progress;
  }

  /**
   * The same with what has become of it.
   *
   * @param contents what was found before the statements were replayed
   * @throws OffshootException {@code NOT_CARRIED} if row security hides some of it now
   */
  public List<DroppedContents> becomeOf(List<DroppedContents> contents) throws SQLException {
    List<DroppedContents> all = new ArrayList<>();
    for (DroppedContents each : contents) {
      all.add(each.converted() ? becomeOf(each) : each);
    }
    return List.copyOf(all);
  }

  private DroppedContents becomeOf(DroppedContents contents) throws SQLException {
    Table was = before.table(contents.table()).orElseThrow();
    Table is = now.table(was.oid()).orElseThrow(() -> otherwise(was.name()));
    Map<String, Column> standing = new LinkedHashMap<>();
    for (String name : contents.compared()) {
      int number =
          was.columns().stream()
              .filter(column -> column.name().equals(name))
              .mapToInt(Column::number)
              .findFirst()
              .orElseThrow();
      is.column(number).ifPresent(column -> standing.put(name, column));
    }
    if (contents.column() != null && !standing.containsKey(contents.column())) {
      throw otherwise(was.name());
    }
    progress.report("reading what has become of " + was.name());
    String selected =
        standing.entrySet().stream()
            .map(
                each ->
                    "c.%s AS %s"
                        .formatted(
                            Identifiers.quote(each.getValue().name()),
                            Identifiers.quote(each.getKey())))
            .collect(Collectors.joining(", "));
    String rows = "(SELECT %s FROM %s AS c)".formatted(selected, DropSearch.rows(is));
    DroppedContents afterwards =
        contents.afterwards(List.copyOf(standing.keySet()), usual(is, contents, standing));
    return contents.becoming(DropSearch.ask(base, afterwards, rows, progress));
  }

  private @Nullable String usual(Table is, DroppedContents contents, Map<String, Column> standing)
      throws SQLException {
    @Nullable Column column = contents.column() == null ? null : standing.get(contents.column());
    return column == null
        ? null
        : ConstantDefault.of(base, is.oid(), column.number(), column.type()).orElse(null);
  }

  /** Whether the statements have rewritten that table or a partition of it. */
  boolean isRewritten(TableName name) {
    long oid = before.table(name).orElseThrow().oid();
    return before.tables().values().stream()
        .filter(table -> table.oid() == oid || Long.valueOf(oid).equals(table.partitionRoot()))
        .anyMatch(this::isRewritten);
  }

  private boolean isRewritten(Table was) {
    @Nullable Table is = now.tables().get(was.oid());
    return is != null && is.fileNode() != was.fileNode();
  }

  /**
   * The branch has rewritten all that the base has, unless statements do on the one what they do
   * not do on the other.
   *
   * @param contents what was found before the statements were replayed
   * @throws OffshootException {@code NOT_CARRIED} naming a table for which that is not so
   */
  void requireForeseen(List<DroppedContents> contents, TableCatalog branch) {
    Set<Long> foreseen = new HashSet<>();
    for (DroppedContents each : contents) {
      if (each.rewritten()) {
        foreseen.add(before.table(each.table()).orElseThrow().oid());
      }
    }
    for (Table was : before.tables().values()) {
      boolean isForeseen =
          foreseen.contains(was.oid())
              || (was.partitionRoot() != null && foreseen.contains(was.partitionRoot()));
      if (!isForeseen && branch.table(was.oid()).isPresent() && isRewritten(was)) {
        throw otherwise(was.name());
      }
    }
  }

  private static OffshootException otherwise(TableName table) {
    return NotCarried.because(
        "replaying the schema statements rewrites table %s otherwise than on the branch; write statements whose effect does not depend on the session or the role that runs them"
            .formatted(NotCarried.show(table)));
  }
}
