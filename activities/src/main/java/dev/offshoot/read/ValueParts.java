package dev.offshoot.read;

import dev.offshoot.activity.ReadActivities.ReadValue;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.ValuePart;
import dev.offshoot.ledger.ChangeSetStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts a value that fits no page into parts that fit into a payload. */
final class ValueParts {
  private static final int MOST_CHARACTERS = 500_000;

  private ValueParts() {}

  static ValuePart read(ChangeSetStore store, ReadValue request) {
    try (ChangeSetStore.RowCursor cursor =
        store.rows(request.digest(), request.table(), Math.max(0, request.row()))) {
      if (!cursor.hasNext()) {
        throw notFound(request);
      }
      return part(value(cursor.next(), request), request.from() == null ? 0 : request.from());
    }
  }

  private static String value(RowChange row, ReadValue request) {
    @Nullable List<@Nullable String> image = request.after() ? row.after() : row.before();
    int column = request.column();
    if (image == null || column < 0 || column >= image.size() || image.get(column) == null) {
      throw notFound(request);
    }
    return String.valueOf(image.get(column));
  }

  private static ValuePart part(String value, int wanted) {
    int from = Math.max(0, Math.min(wanted, value.length()));
    int to = Math.min(value.length(), from + MOST_CHARACTERS);
    if (to < value.length() && Character.isHighSurrogate(value.charAt(to - 1))) {
      to--;
    }
    return new ValuePart(value.substring(from, to), to < value.length() ? to : null);
  }

  private static OffshootException notFound(ReadValue request) {
    return new OffshootException(
        ErrorCode.NOT_FOUND,
        "the change set has no value in row %d, column %d"
            .formatted(request.row(), request.column()));
  }
}
