package dev.offshoot.merge;

import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.merge.ParentTable.Column;
import dev.offshoot.merge.ParentTable.KeyColumn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One table of the change set and the parent's table that it goes to.
 *
 * @param number its place in the change set; names its temporary tables
 * @param shape the table as it was reviewed
 * @param target the table as the parent has it
 * @param columns the reviewed columns
 * @param unreviewed columns that the parent has gained since the branch point
 * @param key what names a row; empty for a table whose rows are a multiset
 */
record TableMerge(
    int number,
    ChangedTable shape,
    ParentTable target,
    List<ReviewedColumn> columns,
    List<Column> unreviewed,
    List<KeyColumn> key)
    implements TableFit {

  /**
   * Brings both together if they fit. From then on nobody changes the parent's table but its rows:
   * the lock is the one that every writer of rows takes.
   */
  static TableFit fit(ParentSession session, TablesBefore before, int number, ChangedTable shape)
      throws SQLException {
    Optional<ParentTable> found = ParentTable.find(session, shape.table());
    if (found.isPresent()) {
      session.lock("LOCK TABLE %s IN ROW EXCLUSIVE MODE".formatted(found.get().rows()));
      found = ParentTable.find(session, shape.table());
    }
    if (found.isEmpty()) {
      return new TableFit.Misfit("the parent has no such table any more");
    }
    ParentTable target = found.get();
    List<ReviewedColumn> columns = new ArrayList<>();
    for (int i = 0; i < shape.columns().size(); i++) {
      String name = shape.columns().get(i).name();
      String type = shape.columns().get(i).type();
      Optional<Column> column = target.column(name).filter(there -> there.type().equals(type));
      if (column.isEmpty()) {
        return new TableFit.Misfit(
            "the parent's table has no writable column %s of type %s any more"
                .formatted(name, type));
      }
      boolean isNew = before.isNewColumn(target.oid(), column.get().number());
      boolean delta = shape.columns().get(i).delta() && !isNew;
      columns.add(new ReviewedColumn(i + 1, column.get(), delta, isNew));
    }
    List<Column> keyColumns =
        shape.keyColumns().stream().map(place -> columns.get(place).column()).toList();
    List<KeyColumn> key = keyColumns.isEmpty() ? List.of() : target.key(session, keyColumns);
    if (key.size() != keyColumns.size()) {
      return new TableFit.Misfit(
          "the parent has no unique index over %s any more, so these name no row"
              .formatted(keyColumns.stream().map(Column::name).toList()));
    }
    Set<Integer> reviewed =
        columns.stream().map(column -> column.column().number()).collect(Collectors.toSet());
    List<Column> unreviewed = new ArrayList<>();
    for (Column column : target.columns()) {
      if (!reviewed.contains(column.number())) {
        unreviewed.add(target.withUsual(session, column));
      }
    }
    return new TableMerge(number, shape, target, columns, unreviewed, key);
  }

  TableName name() {
    return shape.table();
  }

  boolean hasKey() {
    return !key.isEmpty();
  }

  /** Temporary table of staged changes, {@code s}. */
  String changes() {
    return "pg_temp.offshoot_change_" + number;
  }

  /** Temporary table of the parent's rows as they were locked, {@code p}. */
  String standing() {
    return "pg_temp.offshoot_standing_" + number;
  }

  /** Temporary table of what is to happen with each change, {@code o}. */
  String outcomes() {
    return "pg_temp.offshoot_outcome_" + number;
  }

  /** Temporary table of updates that need a value which another updated row still holds. */
  String takers() {
    return "pg_temp.offshoot_taker_" + number;
  }

  /** Reviewed columns that the parent's users can have written since the branch point. */
  List<ReviewedColumn> guarded() {
    return columns.stream().filter(column -> !column.isNew()).toList();
  }

  /** Counters, whose values on the parent do not stand in the way of an update. */
  List<ReviewedColumn> counters() {
    return columns.stream().filter(ReviewedColumn::delta).toList();
  }

  /** The condition that staged change {@code s} and table row {@code t} have one key. */
  String keysMeet() {
    return key.stream()
        .map(
            part ->
                "t.%s %s s.k%d"
                    .formatted(part.column().quoted(), part.equals(), part.column().number()))
        .collect(Collectors.joining(" AND "));
  }

  /** Whether update {@code s} changes one of those columns; holds under any search path. */
  String changesAny(List<String> names) {
    return columns.stream()
        .filter(column -> names.contains(column.column().name()))
        .map(ReviewedColumn::changed)
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(" OR "), any -> any.isEmpty() ? "false" : "(" + any + ")"));
  }

  /** The parent's columns of those names; empty if not all of them can be written. */
  Optional<List<Column>> writable(List<String> names) {
    List<Column> found = names.stream().flatMap(name -> target.column(name).stream()).toList();
    return found.size() == names.size() ? Optional.of(found) : Optional.empty();
  }

  /** The reviewed columns of those names; empty if not all of them were reviewed. */
  Optional<List<ReviewedColumn>> reviewed(List<String> names) {
    List<ReviewedColumn> found =
        names.stream()
            .flatMap(name -> columns.stream().filter(c -> c.column().name().equals(name)))
            .toList();
    return found.size() == names.size() ? Optional.of(found) : Optional.empty();
  }

  /** Any form of the reviewed columns, as a list. */
  static List<String> each(List<ReviewedColumn> columns, Function<ReviewedColumn, String> form) {
    return columns.stream().map(form).toList();
  }
}
