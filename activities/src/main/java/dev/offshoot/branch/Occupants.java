package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Who is connected to a parent and so keeps it from being copied. */
final class Occupants {
  /**
   * Only what somebody has logged in for: the server's own vacuum, which runs under no role, gives
   * way to a copy. What kind of process it is would not be shown to a role without
   * pg_read_all_stats.
   */
  private static final String SESSIONS =
      """
      SELECT coalesce(usename, '?') AS role, coalesce(application_name, '') AS application,
             count(*) AS sessions
      FROM pg_stat_activity
      WHERE datname = ? AND usesysid IS NOT NULL
      GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
      """;

  private static final String PREPARED =
      "SELECT count(*) FROM pg_prepared_xacts WHERE database = ?";
  private static final int SHOWN = 5;

  /** The server lists a session for a moment more after its client has closed it. */
  private static final Duration OF_ENDED_ONES = Duration.ofMillis(500);

  private static final long POLL_MILLIS = 20;

  /**
   * @param role under which the sessions are logged in
   * @param application as it calls itself
   * @param sessions how many
   */
  record Occupant(String role, String application, long sessions) {
    boolean isOurs() {
      return application.startsWith(SessionSettings.APPLICATION);
    }

    @Override
    public String toString() {
      return "%d of %s%s"
          .formatted(
              sessions,
              ShownText.oneLine(role, 40),
              application.isEmpty() ? "" : " (" + ShownText.oneLine(application, 40) + ")");
    }
  }

  private Occupants() {}

  static List<Occupant> of(Connection maintenance, String database) throws SQLException {
    return Sql.list(
        maintenance,
        SESSIONS,
        row ->
            new Occupant(
                row.getString("role"), row.getString("application"), row.getLong("sessions")),
        database);
  }

  /** Those who stay: a session that ends within half a second keeps nothing from being copied. */
  static List<Occupant> staying(Connection maintenance, String database) throws SQLException {
    long end = System.nanoTime() + OF_ENDED_ONES.toNanos();
    List<Occupant> occupants = of(maintenance, database);
    while (!occupants.isEmpty() && System.nanoTime() < end) {
      Sessions.pause(POLL_MILLIS);
      occupants = of(maintenance, database);
    }
    return occupants;
  }

  /** For messages: {@code 3 of app (pool), 1 of anna (psql)}. */
  static String shown(List<Occupant> occupants) {
    String first =
        occupants.stream().limit(SHOWN).map(Occupant::toString).collect(Collectors.joining(", "));
    return occupants.size() <= SHOWN ? first : first + " and others";
  }

  /** What it means that the server refused to copy {@code database} because it is in use. */
  static OffshootException refusal(
      Connection maintenance, ParentConfig parent, String database, SQLException refused)
      throws SQLException {
    long prepared = Sql.only(maintenance, PREPARED, row -> row.getLong(1), database);
    if (prepared > 0) {
      return new OffshootException(
          ErrorCode.PARENT_BUSY,
          "%s: %d prepared transactions keep it from being copied; commit or roll them back (pg_prepared_xacts lists them)"
              .formatted(parent.place(), prepared),
          refused);
    }
    List<Occupant> occupants = of(maintenance, database);
    if (occupants.stream().allMatch(Occupant::isOurs)) {
      return new OffshootException(
          ErrorCode.PARENT_TAKEN,
          "%s: it was in use for a moment, by another experiment or a short session; tried again"
              .formatted(parent.place()),
          refused);
    }
    return new OffshootException(
        ErrorCode.PARENT_BUSY,
        "%1$s: it cannot be copied while sessions are connected to it: %2$s; close them, or set parents.%3$s.onBusy to FENCE, or give it a source copy (parents.%3$s.source)"
            .formatted(parent.place(), shown(occupants), parent.name()),
        refused);
  }
}
