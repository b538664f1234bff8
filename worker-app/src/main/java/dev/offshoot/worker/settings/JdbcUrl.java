package dev.offshoot.worker.settings;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a JDBC address in the configuration must be. Never shows one: it may hold a password. */
final class JdbcUrl {
  private static final Pattern SECRET =
      Pattern.compile("[?&](user|password|sslpassword)=", Pattern.CASE_INSENSITIVE);
  private static final Pattern CREDENTIALS_BEFORE_HOST = Pattern.compile("^[^?]*//[^/?]*@");

  private static final Pattern FORM =
      Pattern.compile("jdbc:postgresql:(//[^/?#]+/)?[^/?#]+(\\?.*)?");
  private static final String FORM_ADVICE = "Write it like jdbc:postgresql://host:5432/database.";

  private JdbcUrl() {}

  static void check(String key, @Nullable String url, String prefix, Problems problems) {
    if (url == null || url.isBlank()) {
      problems.add(key, "it is missing", FORM_ADVICE);
    } else if (SECRET.matcher(url).find() || CREDENTIALS_BEFORE_HOST.matcher(url).find()) {
      problems.add(
          key,
          "it holds credentials",
          "Move them to %1$s.username and %1$s.password and remove them from the address."
              .formatted(prefix));
    } else if (!FORM.matcher(url).matches()) {
      problems.add(key, "it is not the address of a Postgres database", FORM_ADVICE);
    }
  }
}
