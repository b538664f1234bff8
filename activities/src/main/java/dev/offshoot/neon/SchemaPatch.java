package dev.offshoot.neon;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What Neon's comparison of two schemas says ({@code compare_schema}): the text that {@code
 * pg_dump} gives of both, as a unified diff; read after the example in Neon's API reference. What
 * we have put into a branch ourselves is left out: the change log, other owners, our roles'
 * privileges.
 *
 * @param lines changed lines that say something, without sign and in order
 * @param objects names of the objects whose heading stands above a changed line, where one is in
 *     the diff at all
 */
public record SchemaPatch(List<String> lines, Set<String> objects) {
  private static final Pattern HEADING =
      Pattern.compile(
          "-- Name: (?<name>.*); Type: (?<type>[A-Z ]+); Schema: (?<schema>\\S+); Owner:.*");

  /** Privileges are ours to see, and change with every owner. */
  private static final Set<String> NOT_COMPARED = Set.of("ACL", "DEFAULT ACL");

  private static final String OURS = "offshoot";

  /** Reads it; an empty text is no difference. */
  public static SchemaPatch of(String diff) {
    Reader reader = new Reader();
    diff.lines().forEach(reader::take);
    return new SchemaPatch(List.copyOf(reader.lines), Set.copyOf(reader.objects));
  }

  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /** Whether {@code name} stands anywhere in it. */
  public boolean mentions(String name) {
    return objects.stream().anyMatch(object -> object.contains(name))
        || lines.stream().anyMatch(line -> line.contains(name));
  }

  /** Reads line by line. */
  private static final class Reader {
    private final Set<String> lines = new LinkedHashSet<>();
    private final Set<String> objects = new TreeSet<>();
    private @Nullable String object;
    private boolean compared = true;

    private void take(String line) {
      if (line.startsWith("--- a/") || line.startsWith("+++ b/")) {
        return;
      }
      if (line.startsWith("@@")) {
        object = null;
        compared = true;
        return;
      }
      if (line.isEmpty()) {
        return;
      }
      String text = line.substring(1).strip();
      Matcher heading = HEADING.matcher(text);
      if (heading.matches()) {
        String name = heading.group("name");
        compared =
            !NOT_COMPARED.contains(heading.group("type"))
                && !name.contains(OURS)
                && !heading.group("schema").contains(OURS);
        object = name;
      } else if (line.charAt(0) != ' ' && compared && says(text)) {
        lines.add(text);
        if (object != null) {
          objects.add(object);
        }
      }
    }

    private static boolean says(String text) {
      return !text.isEmpty()
          && !text.startsWith("--")
          && !text.startsWith("\\")
          && !text.contains(OURS)
          && !text.contains(" OWNER TO ");
    }
  }
}
