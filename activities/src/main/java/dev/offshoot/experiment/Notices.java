package dev.offshoot.experiment;

import dev.offshoot.domain.ShownText;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server says beside results, the first of it. Thread-safe. */
final class Notices {
  /** Keeps nothing. */
  static final Notices UNHEARD = new Notices(0);

  private static final int MOST = 20;
  private static final int MOST_CHARACTERS = 500;

  private final int most;
  private final List<String> kept = new ArrayList<>();
  private long more;

  private Notices(int most) {
    this.most = most;
  }

  static Notices kept() {
    return new Notices(MOST);
  }

  /** Takes a notice and those that follow it. */
  synchronized void take(SQLWarning first) {
    if (most == 0) {
      return;
    }
    for (@Nullable SQLWarning next = first; next != null; next = next.getNextWarning()) {
      if (kept.size() < most) {
        kept.add(ShownText.oneLine(String.valueOf(next.getMessage()), MOST_CHARACTERS));
      } else {
        more++;
      }
    }
  }

  synchronized List<String> all() {
    List<String> all = new ArrayList<>(kept);
    if (more > 0) {
      all.add("… and %d more".formatted(more));
    }
    return List.copyOf(all);
  }
}
