package dev.offshoot.domain;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them ({@code 90s}, {@code 1h30m}, {@code 2d}) or as ISO-8601 ({@code
 * PT1H}).
 */
public final class HumanDuration {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s)?(?:(\\d{1,6})ms)?");

  private HumanDuration() {}

  /**
   * Reads either form.
   *
   * @throws IllegalArgumentException if the text is neither; the message shows what is accepted
   */
  public static Duration parse(String text) {
    String trimmed = text.strip();
    Matcher human = FORM.matcher(trimmed.toLowerCase(Locale.ROOT));
    if (!trimmed.isEmpty() && human.matches()) {
      return Duration.ofDays(part(human, 1))
          .plusHours(part(human, 2))
          .plusMinutes(part(human, 3))
          .plusSeconds(part(human, 4))
          .plusMillis(part(human, 5));
    }
    try {
      return Duration.parse(trimmed);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'%s' is not a duration; write it like 90s, 45m, 1h30m, 2d or PT1H"
              .formatted(ShownText.oneLine(text, 40)),
          e);
    }
  }

  private static long part(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /**
   * The shortest human form down to seconds, {@code 0s} for nothing; milliseconds below a second.
   */
  public static String format(Duration duration) {
    if (duration.isNegative()) {
      return "-" + format(duration.negated());
    }
    if (duration.toSeconds() == 0) {
      return duration.toMillis() == 0 ? "0s" : duration.toMillis() + "ms";
    }
    StringBuilder text = new StringBuilder();
    append(text, duration.toDaysPart(), "d");
    append(text, duration.toHoursPart(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    return text.toString();
  }

  private static void append(StringBuilder text, long amount, String unit) {
    if (amount > 0) {
      text.append(amount).append(unit);
    }
  }
}
