package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All conflicts of one merge: every one is counted, the first are kept. */
final class Conflicts {
  static final int SHOWN = 50;
  private static final int VALUE_CHARACTERS = 200;
  private static final int NOTE_CHARACTERS = 400;

  private final List<Conflict> shown = new ArrayList<>();
  private int total;

  void add(Conflict conflict) {
    total++;
    if (room() > 0) {
      shown.add(conflict);
    }
  }

  /** Adds {@code count} conflicts of which the first are {@code some}. */
  void add(long count, List<Conflict> some) {
    total = Math.addExact(total, Math.toIntExact(count));
    shown.addAll(some.subList(0, Math.min(some.size(), room())));
  }

  /** How many more are kept. */
  int room() {
    return SHOWN - shown.size();
  }

  boolean any() {
    return total > 0;
  }

  ConflictReport report() {
    return new ConflictReport(total, List.copyOf(shown));
  }

  /** A collision of a table or of the schema as a whole. */
  static Conflict of(Conflict.Kind kind, @Nullable TableName table, String note) {
    return new Conflict(
        kind, table, List.of(), null, null, null, null, ShownText.oneLine(note, NOTE_CHARACTERS));
  }

  /** A collision of one row. */
  static Conflict ofRow(
      Conflict.Kind kind, TableName table, List<@Nullable String> key, String note) {
    return new Conflict(
        kind, table, values(key), null, null, null, null, ShownText.oneLine(note, NOTE_CHARACTERS));
  }

  static List<@Nullable String> values(List<@Nullable String> values) {
    List<@Nullable String> shown = new ArrayList<>();
    values.forEach(value -> shown.add(value(value)));
    return Collections.unmodifiableList(shown);
  }

  static @Nullable String value(@Nullable String value) {
    return value == null ? null : ShownText.oneLine(value, VALUE_CHARACTERS);
  }
}
