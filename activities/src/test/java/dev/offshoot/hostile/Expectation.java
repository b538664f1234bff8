package dev.offshoot.hostile;

import dev.offshoot.domain.Hazard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What must come of an attack: the refusal of one step, or that it runs and which hazards the
 * policy raises then, and what becomes of a merge that a person approves nevertheless.
 *
 * <p>Lines: {@code experiment|diff|merge: CODE SQLSTATE words}, where codes and states may have
 * alternatives with {@code |}, the state may be left out, and the words are a pattern; {@code
 * hazards: A, B}, which must be among those that are raised; that the merge is done or collides;
 * {@code shows: pattern}, to be found in what the experiment is told; {@code nothing changed}.
 * Without a line for the merge it is not asked for.
 *
 * @param refusals of steps, in their order
 * @param hazards that must be raised
 * @param shows patterns of what the experiment is told
 * @param merge what becomes of the merge, if it is asked for: done, colliding, or refused, in the
 *     words of the entries
 */
record Expectation(
    List<Refusal> refusals,
    Set<Hazard> hazards,
    List<Pattern> shows,
    boolean nothingChanged,
    Optional<String> merge) {

  /**
   * @param step which step is refused
   * @param codes one of these error codes
   * @param states one of these SQLSTATEs; any if empty
   * @param words to be found in the message
   */
  record Refusal(String step, List<String> codes, List<String> states, Pattern words) {
    private static final Pattern STATE = Pattern.compile("[0-9A-Z]{5}(\\|[0-9A-Z]{5})*");

    static Refusal parse(String step, String text) {
      String[] parts = text.split(" ", 2);
      String rest = parts.length == 1 ? "" : parts[1].strip();
      String[] words = rest.split(" ", 2);
      boolean hasState = STATE.matcher(words[0]).matches();
      String pattern = hasState ? (words.length == 1 ? "" : words[1]) : rest;
      return new Refusal(
          step,
          List.of(parts[0].split("\\|")),
          hasState ? List.of(words[0].split("\\|")) : List.of(),
          Pattern.compile(pattern));
    }
  }

  static Expectation parse(String text) {
    List<Refusal> refusals = new ArrayList<>();
    Set<Hazard> hazards = EnumSet.noneOf(Hazard.class);
    List<Pattern> shows = new ArrayList<>();
    boolean nothingChanged = false;
    Optional<String> merge = Optional.empty();
    for (String line : text.lines().filter(each -> !each.isBlank()).toList()) {
      int colon = line.indexOf(": ");
      String key = colon < 0 ? line.strip() : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 2).strip();
      switch (key) {
        case "experiment", "diff" -> refusals.add(Refusal.parse(key, value));
        case "hazards" ->
            Arrays.stream(value.split(", *")).map(Hazard::valueOf).forEach(hazards::add);
        case "shows" -> shows.add(Pattern.compile(value));
        case "nothing changed" -> nothingChanged = true;
        case "merge" -> {
          boolean refused = !value.equals("merged") && !value.equals("conflicts");
          merge = Optional.of(refused ? "refused" : value);
          if (refused) {
            refusals.add(Refusal.parse(key, value));
          }
        }
        default -> throw new IllegalArgumentException("expected what? " + line);
      }
    }
    if (text.isBlank()) {
      throw new IllegalArgumentException("an attack from which nothing is expected");
    }
    return new Expectation(
        List.copyOf(refusals), hazards, List.copyOf(shows), nothingChanged, merge);
  }

  boolean merges() {
    return merge.isPresent();
  }

  Optional<Refusal> refusal(String step) {
    return refusals.stream().filter(refusal -> refusal.step().equals(step)).findFirst();
  }
}
