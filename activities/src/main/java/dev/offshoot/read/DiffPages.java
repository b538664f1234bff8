package dev.offshoot.read;

import dev.offshoot.activity.ReadActivities.ReadDiff;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.ShownText;
import dev.offshoot.ledger.ChangeSetStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts the rows of a change set into pages that fit into a payload. */
final class DiffPages {
  private static final int MOST_ROWS = 1_000;

  /** A payload may have 2 MiB; a character may need more than one byte. */
  private static final int MOST_CHARACTERS = 500_000;

  private DiffPages() {}

  /** The page that begins at {@code request.from()}, with one row at least if there is one. */
  static DiffPage read(ChangeSetStore store, ReadDiff request) {
    long from = request.from() == null ? 0 : Math.max(0, request.from());
    int limit = Math.max(1, Math.min(MOST_ROWS, request.limit()));
    List<RowChange> rows = new ArrayList<>();
    @Nullable Long next = null;
    boolean cut = false;
    try (ChangeSetStore.RowCursor cursor = store.rows(request.digest(), request.table(), from)) {
      int room = MOST_CHARACTERS;
      while (cursor.hasNext()) {
        RowChange row = cursor.next();
        room -= characters(row.before()) + characters(row.after());
        if (rows.size() == limit || (room < 0 && !rows.isEmpty())) {
          next = from + rows.size();
          break;
        }
        cut = room < 0;
        rows.add(cut ? elided(row) : row);
      }
    }
    return new DiffPage(request.digest(), request.table(), List.copyOf(rows), next, cut);
  }

  private static int characters(@Nullable List<@Nullable String> values) {
    int characters = 0;
    if (values != null) {
      for (@Nullable String value : values) {
        characters += 4 + (value == null ? 0 : Math.min(value.length(), MOST_CHARACTERS));
        if (characters > MOST_CHARACTERS) {
          return MOST_CHARACTERS + 1;
        }
      }
    }
    return characters;
  }

  /** A row that fits no page, with its long values cut. */
  private static RowChange elided(RowChange row) {
    return new RowChange(row.kind(), elided(row.before()), elided(row.after()), row.count());
  }

  private static @Nullable List<@Nullable String> elided(@Nullable List<@Nullable String> values) {
    if (values == null) {
      return null;
    }
    int each = MOST_CHARACTERS / (2 * Math.max(1, values.size()));
    List<@Nullable String> cut = new ArrayList<>();
    for (@Nullable String value : values) {
      cut.add(value == null ? null : ShownText.elided(value, each));
    }
    return Collections.unmodifiableList(cut);
  }
}
