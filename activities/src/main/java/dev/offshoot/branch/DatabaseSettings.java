package dev.offshoot.branch;

import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings that the owner's sessions on the parent begin with. They are not copied with a
 * database, so they are set on each copy, where every role gets them.
 *
 * <p>{@code "$user"} in the search path becomes the owner's name: unqualified names on a branch
 * must mean what they mean to the owner on the parent.
 */
final class DatabaseSettings {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseSettings.class);

  /** Settings of the owner on the parent win over those of the owner, those over the parent's. */
  private static final String OF_OWNER_ON_PARENT =
      """
      SELECT DISTINCT ON (name) name, value
      FROM pg_db_role_setting AS s
      CROSS JOIN unnest(s.setconfig) AS entry
      CROSS JOIN LATERAL (
        SELECT split_part(entry, '=', 1) AS name, substr(entry, strpos(entry, '=') + 1) AS value,
               CASE WHEN s.setrole = 0 THEN 3 WHEN s.setdatabase = 0 THEN 2 ELSE 1 END AS rank) AS e
      WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = ?))
        AND s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = current_user))
      ORDER BY name, rank
      """;

  private static final String DEFAULT_SEARCH_PATH =
      """
      SELECT CASE WHEN source IN ('default', 'configuration file', 'command line')
                  THEN reset_val ELSE boot_val END
      FROM pg_settings WHERE name = 'search_path'
      """;

  private static final Pattern USER =
      Pattern.compile("(?<=^|,)\\s*(?:\"\\$user\"|\\$user)\\s*(?=,|$)");

  /** Who acts is ours to say. */
  private static final Set<String> NEVER = Set.of("role", "session_authorization");

  /** Not allowed, not changeable, unknown, not valid: what the copy can do without. */
  private static final Set<String> NOT_ALLOWED =
      Set.of("42501", "55P02", "42704", "22023", "0A000");

  private final List<Setting> settings;

  private DatabaseSettings(List<Setting> settings) {
    this.settings = settings;
  }

  private record Setting(String name, String value) {}

  static DatabaseSettings read(Connection maintenance, String database, String owner)
      throws SQLException {
    List<Setting> settings =
        new ArrayList<>(
            Sql.list(
                maintenance,
                OF_OWNER_ON_PARENT,
                row -> new Setting(row.getString("name"), row.getString("value")),
                database));
    settings.removeIf(setting -> NEVER.contains(setting.name()));
    String searchPath =
        settings.stream()
            .filter(setting -> setting.name().equals("search_path"))
            .map(Setting::value)
            .findFirst()
            .orElse(Sql.only(maintenance, DEFAULT_SEARCH_PATH, row -> row.getString(1)));
    settings.removeIf(setting -> setting.name().equals("search_path"));
    settings.add(new Setting("search_path", withoutUser(searchPath, owner)));
    return new DatabaseSettings(settings);
  }

  /** Sets them on {@code database}; leaves out, with a note in the log, what we may not set. */
  void apply(Connection maintenance, String database) throws SQLException {
    maintenance.setAutoCommit(false);
    try {
      for (Setting setting : settings) {
        try {
          set(maintenance, database, setting);
          maintenance.commit();
        } catch (SQLException e) {
          maintenance.rollback();
          if (!NOT_ALLOWED.contains(String.valueOf(e.getSQLState()))) {
            throw e;
          }
          LOG.info(
              "setting {} of the parent is left out on {}: SQLSTATE {}",
              setting.name(),
              database,
              e.getSQLState());
        }
      }
    } finally {
      maintenance.setAutoCommit(true);
    }
  }

  /** By way of the session, since list values cannot be written as literals. */
  private static void set(Connection maintenance, String database, Setting setting)
      throws SQLException {
    Sql.only(
        maintenance, "SELECT set_config(?, ?, true)", row -> true, setting.name(), setting.value());
    String name =
        Arrays.stream(setting.name().split("\\."))
            .map(Identifiers::quote)
            .collect(Collectors.joining("."));
    Sql.execute(
        maintenance,
        "ALTER DATABASE %s SET %s FROM CURRENT".formatted(Identifiers.quote(database), name));
  }

  static String withoutUser(String searchPath, String owner) {
    return USER.matcher(searchPath)
        .replaceAll(Matcher.quoteReplacement(" " + Identifiers.quote(owner)))
        .strip();
  }
}
