package dev.offshoot.worker.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The form {@code host:port}, with brackets around an IPv6 address. */
final class HostAndPort {
  private static final Pattern FORM =
      Pattern.compile("(?:[\\w.-]+|\\[[0-9a-fA-F:.]+])" + ":(\\d{1,5})");

  private HostAndPort() {}

  static boolean isValid(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches() && Integer.parseInt(matcher.group(1)) <= 65_535;
  }
}
