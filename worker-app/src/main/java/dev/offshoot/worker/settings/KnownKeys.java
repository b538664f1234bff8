package dev.offshoot.worker.settings;

import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.Severity;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every key that the settings records define, to advise whoever wrote another. */
public final class KnownKeys {
  /** Stands for a name that the user chooses. */
  public static final String ANY = "*";

  private static final int MOST_ADVICE = 3;
  private static final List<String> ALL = keysOf(WorkerSettings.PREFIX, WorkerSettings.class);

  private KnownKeys() {}

  /** All keys in dotted form, with {@link #ANY} for the names of parents. */
  public static List<String> all() {
    return ALL;
  }

  /** Which keys may have been meant, or that the key must go. */
  static String adviceFor(String unknown) {
    List<String> near =
        ALL.stream()
            .map(known -> withNamesOf(unknown, known))
            .filter(known -> distance(unknown, known) <= Math.max(2, lastPart(known).length() / 2))
            .sorted(Comparator.comparingInt(known -> distance(unknown, known)))
            .limit(MOST_ADVICE)
            .toList();
    return near.isEmpty()
        ? "Remove %s; offshoot.example.yml has every key there is.".formatted(unknown)
        : "Did you mean %s?".formatted(String.join(" or ", near));
  }

  private static String lastPart(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /** The known key with the names that the user chose, so that only the rest is compared. */
  private static String withNamesOf(String unknown, String known) {
    String[] given = unknown.split("\\.", -1);
    String[] parts = known.split("\\.", -1);
    for (int i = 0; i < parts.length; i++) {
      if (parts[i].equals(ANY)) {
        parts[i] = i < given.length ? given[i] : "<name>";
      }
    }
    return String.join(".", parts);
  }

  private static List<String> keysOf(String prefix, Class<?> settings) {
    List<String> keys = new ArrayList<>();
    for (RecordComponent component : settings.getRecordComponents()) {
      String key = prefix + "." + kebab(component.getName());
      if (component.getType() == Map.class) {
        keys.addAll(keysOfMap(key, (ParameterizedType) component.getGenericType()));
      } else if (component.getType().isRecord()) {
        keys.addAll(keysOf(key, component.getType()));
      } else {
        keys.add(key);
      }
    }
    return List.copyOf(keys);
  }

  private static List<String> keysOfMap(String key, ParameterizedType map) {
    Type value = map.getActualTypeArguments()[1];
    if (value == Severity.class || value == Integer.class) {
      return Stream.of(Hazard.values()).map(hazard -> key + "." + hazard).toList();
    }
    return keysOf(key + "." + ANY, (Class<?>) value);
  }

  private static String kebab(String camel) {
    return camel
        .chars()
        .mapToObj(
            c -> Character.isUpperCase(c) ? "-" + (char) Character.toLowerCase(c) : "" + (char) c)
        .collect(Collectors.joining());
  }

  /** Levenshtein's distance: letters to change, add or leave out. */
  static int distance(String one, String other) {
    int[] previous = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] current = new int[other.length() + 1];
      current[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        current[j] = Math.min(Math.min(current[j - 1], previous[j]) + 1, previous[j - 1] + change);
      }
      previous = current;
    }
    return previous[other.length()];
  }
}
