package dev.offshoot.ledger;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Outcome;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Which merges are being reverted and were, in the ledger's table {@code revert}. Thread-safe,
 * every call its own transaction.
 */
public final class RevertRegistry {
  /** Two reverts of one experiment that begin at once do so one after the other. */
  private static final String ONE_AT_A_TIME =
      "SELECT pg_advisory_xact_lock(hashtextextended('offshoot revert ' || ?, 0)) IS NULL";

  private static final String KNOWN =
      "SELECT EXISTS (SELECT FROM offshoot_ledger.experiment WHERE id = ?)";

  private static final String UNDER_WAY =
      """
      SELECT experiment FROM offshoot_ledger.revert
      WHERE reverts = ? AND experiment <> ? AND ended_at IS NULL AND deadline > now()
      ORDER BY registered_at LIMIT 1
      """;
  private static final String REGISTER =
      """
      INSERT INTO offshoot_ledger.revert (experiment, reverts, deadline) VALUES (?, ?, ?)
      ON CONFLICT (experiment) DO NOTHING
      """;
  private static final String EXTEND =
      """
      UPDATE offshoot_ledger.revert SET deadline = ?
      WHERE experiment = ? AND ended_at IS NULL
      """;
  private static final String BEGUN =
      """
      SELECT r.experiment, e.parent, r.ended_at, r.outcome
      FROM offshoot_ledger.revert r JOIN offshoot_ledger.experiment e ON e.id = r.experiment
      WHERE r.reverts = ? ORDER BY r.registered_at
      """;
  private static final String END =
      """
      UPDATE offshoot_ledger.revert SET ended_at = now(), outcome = ?
      WHERE experiment = ? AND ended_at IS NULL
      """;

  private final DataSource ledger;

  public RevertRegistry(DataSource ledger) {
    this.ledger = ledger;
  }

  /**
   * Notes that {@code revert} reverts the merge of {@code merged}. Again for the same run is fine.
   *
   * @param deadline when it ends without a decision, and no longer stands in another's way even if
   *     nobody noted its end
   * @throws OffshootException {@code NOT_FOUND} if the ledger knows no experiment {@code merged};
   *     {@code REVERT_REFUSED} if another revert of it is under way; {@code ID_IN_USE} if another
   *     run has had the id
   */
  public void begin(
      ExperimentId revert,
      ExperimentId merged,
      String workflowId,
      String runId,
      ExperimentSpec spec,
      Instant deadline) {
    inTransaction(
        "registering a revert",
        connection -> {
          if (!Sql.only(connection, KNOWN, row -> row.getBoolean(1), merged.value())) {
            throw new OffshootException(
                ErrorCode.NOT_FOUND,
                "reverts: the ledger knows no experiment '%s'".formatted(merged));
          }
          var unused = Sql.only(connection, ONE_AT_A_TIME, row -> true, merged.value());
          Optional<String> other =
              Sql.first(
                  connection, UNDER_WAY, row -> row.getString(1), merged.value(), revert.value());
          if (other.isPresent()) {
            throw new OffshootException(
                ErrorCode.REVERT_REFUSED,
                "experiment %s is being reverted by %s already; decide about that one or cancel it"
                    .formatted(merged, other.get()));
          }
          ExperimentRegistration.register(connection, revert, workflowId, runId, spec);
          try (PreparedStatement insert = connection.prepareStatement(REGISTER)) {
            insert.setString(1, revert.value());
            insert.setString(2, merged.value());
            insert.setObject(3, deadline.atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
          }
        });
  }

  /** Notes a new end of a revert that was begun. */
  public void extend(ExperimentId revert, Instant deadline) {
    inTransaction(
        "extending a revert",
        connection -> {
          try (PreparedStatement update = connection.prepareStatement(EXTEND)) {
            update.setObject(1, deadline.atOffset(ZoneOffset.UTC));
            update.setString(2, revert.value());
            update.executeUpdate();
          }
        });
  }

  /**
   * A revert that was begun.
   *
   * @param experiment the revert
   * @param parent whose merge it takes back
   * @param endedAt when it ended; absent until that is noted
   * @param outcome how
   */
  public record Begun(
      ExperimentId experiment,
      String parent,
      @Nullable Instant endedAt,
      @Nullable Outcome outcome) {}

  /** Every revert of {@code merged} that was begun, oldest first. */
  public List<Begun> of(ExperimentId merged) {
    try (Connection connection = LedgerSession.open(ledger)) {
      return Sql.list(connection, BEGUN, RevertRegistry::begun, merged.value());
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "looking for reverts", e);
    }
  }

  private static Begun begun(ResultSet row) throws SQLException {
    @Nullable OffsetDateTime endedAt = row.getObject("ended_at", OffsetDateTime.class);
    @Nullable String outcome = row.getString("outcome");
    return new Begun(
        new ExperimentId(row.getString("experiment")),
        row.getString("parent"),
        endedAt == null ? null : endedAt.toInstant(),
        outcome == null ? null : Outcome.valueOf(outcome));
  }

  /** Notes how a revert ended; the first word counts. */
  public void end(ExperimentId revert, Outcome outcome) {
    inTransaction(
        "noting the end of a revert",
        connection -> {
          try (PreparedStatement update = connection.prepareStatement(END)) {
            update.setString(1, outcome.name());
            update.setString(2, revert.value());
            update.executeUpdate();
          }
        });
  }

  @FunctionalInterface
  private interface Work {
    void in(Connection connection) throws SQLException;
  }

  private void inTransaction(String doing, Work work) {
    try (Connection connection = LedgerSession.open(ledger)) {
      connection.setAutoCommit(false);
      try {
        work.in(connection);
        connection.commit();
      } finally {
        // Does nothing after the commit.
        LedgerSession.end(connection);
      }
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), doing, e);
    }
  }
}
