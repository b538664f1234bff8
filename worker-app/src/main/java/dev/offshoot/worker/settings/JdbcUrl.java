package dev.offshoot.worker.settings;

import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/** What a JDBC address in the configuration must be. Never shows one: it may hold a password. */
final class JdbcUrl {
  private static final Pattern SECRET =
      Pattern.compile("[?&](user|password|sslpassword)=", Pattern.CASE_INSENSITIVE);
  private static final Pattern CREDENTIALS_BEFORE_HOST = Pattern.compile("^[^?]*//[^/?]*@");

  private JdbcUrl() {}

  static void check(String key, @Nullable String url, String prefix, Problems problems) {
    if (!problems.require(
        key, url, "Set it to an address like jdbc:postgresql://host:5432/database.")) {
      return;
    }
    if (SECRET.matcher(url).find() || CREDENTIALS_BEFORE_HOST.matcher(url).find()) {
      problems.add(
          key,
          "it holds credentials",
          "Move them to %1$s.username and %1$s.password and remove them from the address."
              .formatted(prefix));
      return;
    }
    @Nullable Properties parsed =
        url.toLowerCase(Locale.ROOT).startsWith("jdbc:postgresql:")
            ? Driver.parseURL(url, null)
            : null;
    if (parsed == null || parsed.getProperty("PGDBNAME", "").isBlank() || url.endsWith("/")) {
      problems.add(
          key,
          "it is not the address of a Postgres database",
          "Write it like jdbc:postgresql://host:5432/database.");
    }
  }
}
