package dev.offshoot.worker.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong, so that one start tells everything. For one thread. */
final class Problems {
  private final List<SettingProblem> found = new ArrayList<>();

  void add(String key, String problem, String remedy) {
    found.add(new SettingProblem(key, problem, remedy));
  }

  /** Whether there is a text; notes a problem if not. */
  boolean require(String key, @Nullable String value, String remedy) {
    boolean there = value != null && !value.isBlank();
    if (!there) {
      add(key, "it is missing", remedy);
    }
    return there;
  }

  void atLeast(String key, long value, long least) {
    if (value < least) {
      add(key, "it is " + value, "Use a number of at least " + least + ".");
    }
  }

  void within(String key, long value, long least, long most) {
    if (value < least || value > most) {
      add(key, "it is " + value, "Use a number from %d to %d.".formatted(least, most));
    }
  }

  void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      add(key, "it is not a positive duration", "Write a duration like 30s, 15m, 1h30m or 7d.");
    }
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new SettingsException(found);
    }
  }
}
