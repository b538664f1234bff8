package dev.offshoot.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictCount;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All conflicts of one merge: every one is counted, the first are kept. */
final class Conflicts {
  static final int SHOWN = 50;
  private static final int VALUE_CHARACTERS = 200;
  private static final int NOTE_CHARACTERS = 400;

  /** Ends a merge that cannot be done; the conflicts are in the list. */
  @SuppressWarnings("serial") // never leaves the merge
  static final class Found extends Exception {
    private Found() {
      super("conflicts", null, false, false);
    }
  }

  private record Group(Conflict.Kind kind, @Nullable TableName table) {}

  private final List<Conflict> shown = new ArrayList<>();
  private final Map<Group, Long> counts = new LinkedHashMap<>();
  private final List<String> prints = new ArrayList<>();
  private int total;

  /** Adds one that is about no row that is known. */
  void add(Conflict conflict) {
    add(conflict, "");
  }

  /**
   * Adds one that is about more than it tells.
   *
   * @param print a hash over what the parent has
   */
  void add(Conflict conflict, String print) {
    count(conflict.kind(), conflict.table(), 1);
    prints.add(json(conflict) + print);
    if (room() > 0) {
      shown.add(conflict);
    }
  }

  /**
   * Adds conflicts of rows.
   *
   * @param found how many of each kind
   * @param some the first of them
   * @param print a hash over all of them with what the parent has
   */
  void add(TableName table, Map<Conflict.Kind, Long> found, List<Conflict> some, String print) {
    found.forEach((kind, count) -> count(kind, table, count));
    prints.add(print);
    shown.addAll(some.subList(0, Math.min(some.size(), room())));
  }

  private void count(Conflict.Kind kind, @Nullable TableName table, long count) {
    total = Math.addExact(total, Math.toIntExact(count));
    counts.merge(new Group(kind, table), count, Long::sum);
  }

  /** How many more are kept. */
  int room() {
    return SHOWN - shown.size();
  }

  boolean any() {
    return total > 0;
  }

  /**
   * @throws Found if there are any
   */
  void requireNone() throws Found {
    if (any()) {
      throw found();
    }
  }

  Found found() {
    return new Found();
  }

  ConflictReport report() {
    List<ConflictCount> counted = new ArrayList<>();
    counts.forEach(
        (group, count) -> counted.add(new ConflictCount(group.kind(), group.table(), count)));
    return new ConflictReport(total, List.copyOf(shown), counted, fingerprint(counted));
  }

  /** Over what all were found to be and over what of them is shown. */
  private String fingerprint(List<ConflictCount> counted) {
    List<String> lines = new ArrayList<>(prints);
    lines.add(json(counted));
    lines.add(json(shown));
    try {
      byte[] all = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String json(Object value) {
    try {
      return OffshootJson.mapper().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("conflicts that are no JSON", e);
    }
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
