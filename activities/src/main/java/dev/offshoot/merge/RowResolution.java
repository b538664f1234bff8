package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.Resolution.Take;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.Strictness;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one change that collides. Taking the branch's side makes it a change of what the
 * parent has now, so that whatever the parent gains afterwards collides again: nothing is ever
 * overwritten blindly. Taking the parent's side leaves it out, by cell only the cells that collide.
 */
final class RowResolution {
  private final List<ReviewedColumn> columns;
  private final boolean byCell;

  RowResolution(TableMerge table, Strictness strictness) {
    this.columns = table.columns();
    this.byCell = strictness == Strictness.CELL;
  }

  /**
   * The change as resolved; empty if it leaves the change set.
   *
   * @param kind a conflict of which the parent's side can be taken, and so can {@code take}
   * @param parent what the parent has; absent if it has no such row
   * @param copies how many such rows the parent has
   * @param unaddable places of counters to which nothing can be added; what is added to another
   *     counter collides with nothing, so that it stays as it is
   */
  Optional<RowChange> resolve(
      RowChange change,
      Conflict.Kind kind,
      Take take,
      @Nullable List<@Nullable String> parent,
      int copies,
      Set<Integer> unaddable) {
    if (take == Take.PARENT) {
      return kind == Conflict.Kind.UPDATE_UPDATE && byCell
          ? withoutCollisions(change, image(parent), unaddable)
          : Optional.empty();
    }
    return switch (kind) {
      case INSERT_EXISTS -> Optional.of(RowChange.update(image(parent), image(change.after())));
      case UPDATE_MISSING -> Optional.of(RowChange.insert(image(change.after())));
      case UPDATE_UPDATE -> Optional.of(onTopOf(image(parent), change, unaddable));
      case DELETE_UPDATED ->
          copies == 0
              ? Optional.empty()
              : Optional.of(
                  new RowChange(
                      RowChange.Kind.DELETE,
                      standing(image(parent), image(change.before())),
                      null,
                      copies));
      case DELETE_WOULD_CASCADE,
          DELETE_REFERENCED,
          CONSTRAINT,
          SCHEMA_CHANGED,
          CHECK_FAILED,
          DROPPED_WRITTEN ->
          throw new IllegalStateException("the branch's side of it cannot be taken: " + kind);
    };
  }

  /** By row the branch's row stands as a whole, by cell only what it changed. */
  private RowChange onTopOf(
      List<@Nullable String> parent, RowChange change, Set<Integer> unaddable) {
    List<@Nullable String> before = image(change.before());
    List<@Nullable String> after = new ArrayList<>(image(change.after()));
    List<@Nullable String> now = new ArrayList<>(standing(parent, before));
    for (int i = 0; i < now.size(); i++) {
      if (columns.get(i).delta() && !unaddable.contains(i)) {
        now.set(i, before.get(i));
      }
    }
    if (byCell) {
      for (int i = 0; i < after.size(); i++) {
        if (Objects.equals(before.get(i), after.get(i))) {
          after.set(i, now.get(i));
        }
      }
    }
    return RowChange.update(now, after);
  }

  private Optional<RowChange> withoutCollisions(
      RowChange change, List<@Nullable String> parent, Set<Integer> unaddable) {
    List<@Nullable String> before = image(change.before());
    List<@Nullable String> after = new ArrayList<>(image(change.after()));
    for (int i = 0; i < after.size(); i++) {
      boolean collides =
          columns.get(i).delta()
              ? unaddable.contains(i)
              : !columns.get(i).isNew()
                  && !Objects.equals(before.get(i), parent.get(i))
                  && !Objects.equals(after.get(i), parent.get(i));
      if (collides) {
        after.set(i, before.get(i));
      }
    }
    return before.equals(after) ? Optional.empty() : Optional.of(RowChange.update(before, after));
  }

  /** What stands; of a column that the merge adds nobody can have written anything. */
  private List<@Nullable String> standing(
      List<@Nullable String> parent, List<@Nullable String> before) {
    List<@Nullable String> image = new ArrayList<>(parent);
    for (int i = 0; i < image.size(); i++) {
      if (columns.get(i).isNew()) {
        image.set(i, before.get(i));
      }
    }
    return Collections.unmodifiableList(image);
  }

  private static List<@Nullable String> image(@Nullable List<@Nullable String> image) {
    return Objects.requireNonNull(image, "a change has the images of its kind");
  }
}
