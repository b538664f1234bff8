package dev.offshoot.hostile;

import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.TransactionMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attack, readable as documentation.
 *
 * <p>Words in braces stand for names that are known when it is played: see {@link Scene#named}.
 *
 * @param theme what its file is about
 * @param name says the attack
 * @param open why it is not played: it succeeds, and nobody has mended that; empty if it is played
 * @param statementTimeout time that one of its statements may take
 * @param floodsClient whether it fills the memory of whoever is connected, which an agent does to
 *     itself
 * @param maxGrowth bytes that its branch may grow by
 * @param mergeTimeout time that a statement of its merge may take
 * @param goal what the experiment says that it is for
 * @param parent what stands on its parent besides the shop, made by the owner; if anything, the
 *     parent is its own
 * @param experiment the experiment's script
 * @param checks the experiment's checks
 * @param meanwhile what the parent's owner does between review and merge
 * @param expected what must come of it
 * @param byMessages what must come of it where it is sent to a session; the same if empty
 * @param then questions to the parent afterwards and their answers, {@code query => answer}
 */
record Attack(
    String theme,
    String name,
    String open,
    Duration statementTimeout,
    boolean floodsClient,
    long maxGrowth,
    TransactionMode transaction,
    Duration mergeTimeout,
    String goal,
    String parent,
    String experiment,
    List<String> checks,
    String meanwhile,
    Expectation expected,
    Optional<Expectation> byMessages,
    List<String> then) {

  private static final String ATTACK = "=== ";
  private static final String SECTION = "--- ";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LONG_MERGE = Duration.ofMinutes(2);
  private static final long ROOM = 64L << 20;

  /** Reads a file of them: {@code === name}, options as comments, then sections. */
  static List<Attack> parse(String theme, String text) {
    List<Attack> attacks = new ArrayList<>();
    @Nullable String name = null;
    StringBuilder body = new StringBuilder();
    for (String line : text.lines().toList()) {
      if (line.startsWith(ATTACK)) {
        if (name != null) {
          attacks.add(one(theme, name, body.toString()));
        }
        name = line.substring(ATTACK.length()).strip();
        body = new StringBuilder();
      } else {
        body.append(line).append('\n');
      }
    }
    attacks.add(one(theme, Objects.requireNonNull(name, "a file without an attack"), body + ""));
    return attacks;
  }

  private static Attack one(String theme, String name, String body) {
    Map<String, String> options = new LinkedHashMap<>();
    Map<String, StringBuilder> sections = new LinkedHashMap<>();
    StringBuilder current = new StringBuilder();
    for (String line : body.lines().toList()) {
      if (line.startsWith(SECTION)) {
        current = new StringBuilder();
        sections.put(line.substring(SECTION.length()).strip(), current);
      } else if (!sections.isEmpty()) {
        current.append(line).append('\n');
      } else if (line.matches("-- [a-z-]+: .*")) {
        int colon = line.indexOf(": ");
        options.put(line.substring(3, colon), line.substring(colon + 2).strip());
      } else if (!line.isBlank() && !line.startsWith("--")) {
        throw new IllegalArgumentException(name + ": before the first section: " + line);
      }
    }
    @Nullable String timeout = options.remove("statement-timeout");
    @Nullable String growth = options.remove("max-growth-mb");
    @Nullable String mode = options.remove("transaction");
    @Nullable String merging = options.remove("merge-timeout");
    @Nullable String goal = options.remove("goal");
    @Nullable String open = options.remove("open");
    @Nullable String floods = options.remove("floods");
    Attack attack =
        new Attack(
            theme,
            name,
            open == null ? "" : open,
            timeout == null ? PATIENCE : HumanDuration.parse(timeout),
            "client".equals(floods),
            growth == null ? ROOM : Long.parseLong(growth) << 20,
            mode == null ? TransactionMode.SINGLE : TransactionMode.valueOf(mode),
            merging == null ? LONG_MERGE : HumanDuration.parse(merging),
            goal == null ? "do something useful" : goal,
            take(sections, "parent"),
            take(sections, "experiment"),
            take(sections, "checks").lines().filter(line -> !line.isBlank()).toList(),
            take(sections, "meanwhile"),
            Expectation.parse(take(sections, "expected")),
            Optional.of(take(sections, "expected by messages"))
                .filter(text -> !text.isEmpty())
                .map(Expectation::parse),
            take(sections, "then").lines().filter(line -> !line.isBlank()).toList());
    if (!options.isEmpty() || !sections.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: unknown %s %s".formatted(name, options.keySet(), sections.keySet()));
    }
    return attack;
  }

  private static String take(Map<String, StringBuilder> sections, String name) {
    @Nullable StringBuilder section = sections.remove(name);
    return section == null ? "" : section.toString().strip();
  }

  /** What must come of it, brought in that way. */
  Expectation expected(Delivery.Way way) {
    return way == Delivery.Way.MESSAGES ? byMessages.orElse(expected) : expected;
  }

  /** Whether it must not share its parent with others, because something of it stays there. */
  boolean needsParentOfItsOwn() {
    return !parent.isEmpty() || !meanwhile.isEmpty() || expected.merges();
  }

  @Override
  public String toString() {
    return theme + ": " + name;
  }
}
