package dev.offshoot.ledger;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to have a branch of a parent. Tenants take turns: whoever has fewer branches and
 * fewer experiments waiting before this one comes first, among those the tenant whose last turn is
 * longer ago, and then whoever came first. So one that starts a hundred experiments keeps another
 * waiting for one branch to end, not for a hundred.
 *
 * <p>How many more branches there is room for was measured before: the measuring may take a while,
 * and here others wait. So a branch that is being made counts as if it took none of it yet.
 */
final class Queue {
  /** Two who ask at once do so one after the other. */
  private static final String ONE_AT_A_TIME =
      "SELECT pg_advisory_xact_lock(hashtextextended('offshoot queue ' || ?, 0)) IS NULL";

  private static final String REGISTERED =
      """
      SELECT EXISTS (SELECT FROM offshoot_ledger.branch
                     WHERE experiment = ? AND attempt = ? AND dropped_at IS NULL)
      """;
  private static final String ASK =
      """
      INSERT INTO offshoot_ledger.waiting (experiment, parent, tenant) VALUES (?, ?, ?)
      ON CONFLICT (experiment) DO UPDATE SET asked_at = now()
      """;
  private static final String LEAVE = "DELETE FROM offshoot_ledger.waiting WHERE experiment = ?";

  private static final String TURN =
      """
      INSERT INTO offshoot_ledger.turn (parent, tenant, had_at) VALUES (?, ?, clock_timestamp())
      ON CONFLICT (parent, tenant) DO UPDATE SET had_at = EXCLUDED.had_at
      """;

  /** Whoever waits asks again within eight minutes. */
  private static final String PLACE =
      """
      WITH standing AS (
        SELECT e.tenant, count(*) AS branches
        FROM offshoot_ledger.branch AS b JOIN offshoot_ledger.experiment AS e ON e.id = b.experiment
        WHERE b.parent = ? AND b.dropped_at IS NULL AND b.experiment <> ?
        GROUP BY e.tenant),
      turns AS (
        SELECT w.experiment, w.since, coalesce(t.had_at, '-infinity') AS had_at,
               coalesce(s.branches, 0)
                 + row_number() OVER (PARTITION BY w.tenant ORDER BY w.since, w.experiment) AS turn
        FROM offshoot_ledger.waiting AS w
        LEFT JOIN standing AS s ON s.tenant = w.tenant
        LEFT JOIN offshoot_ledger.turn AS t ON t.parent = w.parent AND t.tenant = w.tenant
        WHERE w.parent = ? AND w.asked_at > now() - interval '10 minutes'),
      places AS (
        SELECT experiment, row_number() OVER (ORDER BY turn, had_at, since, experiment) AS place,
               count(*) OVER () AS waiting
        FROM turns WHERE turn <= ?)
      SELECT (SELECT coalesce(sum(branches), 0) FROM standing) AS standing,
             (SELECT count(*) FROM offshoot_ledger.branch AS b
              WHERE b.parent = ? AND b.experiment <> ? AND b.dropped_at IS NULL
                AND b.ready_at IS NULL) AS making,
             (SELECT branches FROM standing WHERE tenant = ?) AS own,
             p.place, p.waiting
      FROM (VALUES (1)) AS one LEFT JOIN places AS p ON p.experiment = ?
      """;

  private Queue() {}

  private record Place(long standing, long making, long own, @Nullable Long place, long waiting) {
    static Place read(ResultSet row) throws SQLException {
      long place = row.getLong("place");
      @Nullable Long known = row.wasNull() ? null : place;
      return new Place(
          row.getLong("standing"),
          row.getLong("making"),
          row.getLong("own"),
          known,
          row.getLong("waiting"));
    }
  }

  /**
   * Asks for a branch, in the transaction that is to register it.
   *
   * @return why it must wait; empty if it may be registered
   */
  static Optional<String> ask(
      Connection connection, BranchRef ref, String tenant, BranchLimits limits)
      throws SQLException {
    var unused = Sql.only(connection, ONE_AT_A_TIME, row -> true, ref.parent());
    String experiment = ref.experimentId().value();
    if (Sql.only(connection, REGISTERED, row -> row.getBoolean(1), experiment, ref.attempt())) {
      return Optional.empty();
    }
    update(connection, ASK, experiment, ref.parent(), tenant);
    Place place =
        Sql.only(
            connection,
            PLACE,
            Place::read,
            ref.parent(),
            experiment,
            ref.parent(),
            limits.ofTenant(),
            ref.parent(),
            experiment,
            tenant,
            experiment);
    if (place.place() == null) {
      return Optional.of(
          "tenant '%s' has %d of %d branches of parent '%s', and its others come first"
              .formatted(tenant, place.own(), limits.ofTenant(), ref.parent()));
    }
    long free = limits.ofParent() - place.standing();
    long room = roomBeside(place.making(), limits);
    if (place.place() <= Math.min(free, room)) {
      leave(connection, experiment);
      update(connection, TURN, ref.parent(), tenant);
      return Optional.empty();
    }
    String why =
        place.place() > free
            ? "%d of %d branches of parent '%s' stand"
                .formatted(place.standing(), limits.ofParent(), ref.parent())
            : limits.whyNoMore()
                + (place.making() == 0 ? "" : " (%d being made)".formatted(place.making()));
    return Optional.of("place %d of %d: %s".formatted(place.place(), place.waiting(), why));
  }

  private static long roomBeside(long making, BranchLimits limits) {
    return limits.more() == Integer.MAX_VALUE ? limits.more() : limits.more() - making;
  }

  /** Whoever has ended waits no longer. */
  static void leave(Connection connection, String experiment) throws SQLException {
    update(connection, LEAVE, experiment);
  }

  private static void update(Connection connection, String sql, String... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }
}
