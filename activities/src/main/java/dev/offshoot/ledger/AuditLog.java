package dev.offshoot.ledger;

import dev.offshoot.domain.AuditLine;
import dev.offshoot.domain.AuditPage;
import dev.offshoot.domain.AuditSeal;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentRow;
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
 * The chain of audit records in the ledger's tables {@code audit} and {@code audit_cut}. Links are
 * only ever added at the new end and, where they are kept for a time only, cut off at the old one.
 * Thread-safe, every call its own transaction.
 */
public final class AuditLog {
  /** Two who add at once do so one after the other, or two links would follow the same. */
  private static final String ONE_AT_A_TIME =
      "SELECT pg_advisory_xact_lock(hashtextextended('offshoot audit', 0)) IS NULL";

  private static final String KEPT =
      "SELECT number, hash FROM offshoot_ledger.audit WHERE experiment = ? AND run_id = ?";
  private static final String LAST =
      """
      SELECT number, hash FROM (
        SELECT number, hash FROM offshoot_ledger.audit
        UNION ALL SELECT number, hash FROM offshoot_ledger.audit_cut) AS links
      ORDER BY number DESC LIMIT 1
      """;
  private static final String ADD =
      """
      INSERT INTO offshoot_ledger.audit
        (number, experiment, run_id, closed_at, previous, hash, record)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """;

  /** As many as are sure to fit into an answer; the first of them however long it is. */
  private static final String PAGE =
      """
      SELECT number, previous, hash, record, more FROM (
        SELECT number, previous, hash, record,
               sum(length(record)) OVER (ORDER BY number) AS characters,
               row_number() OVER (ORDER BY number) AS place,
               lead(number) OVER (ORDER BY number) IS NOT NULL AS more
        FROM (SELECT * FROM offshoot_ledger.audit WHERE number >= ? ORDER BY number LIMIT 201)
          AS rest) AS page
      WHERE place = 1 OR (characters <= 250000 AND place <= 200)
      ORDER BY number
      """;

  private static final String CUT =
      "SELECT number, hash FROM offshoot_ledger.audit_cut ORDER BY number DESC LIMIT 1";

  /** Up to the first that is younger, so that what is left is one piece. */
  private static final String CUT_OFF =
      """
      WITH old AS (
        DELETE FROM offshoot_ledger.audit
        WHERE number < coalesce(
          (SELECT min(number) FROM offshoot_ledger.audit WHERE closed_at >= ?),
          (SELECT max(number) + 1 FROM offshoot_ledger.audit))
        RETURNING number, hash),
      cut AS (
        INSERT INTO offshoot_ledger.audit_cut (number, hash)
        SELECT number, hash FROM old ORDER BY number DESC LIMIT 1)
      SELECT count(*) FROM old
      """;

  /** Noted apart from the chain, whose old end may be cut off. */
  private static final String NOTE =
      """
      UPDATE offshoot_ledger.experiment SET audited = true
      WHERE id = ? AND run_id = ? AND NOT audited
      """;

  private static final String WITHOUT =
      """
      SELECT e.id, e.workflow_id, e.run_id, e.parent, e.tenant, e.goal, e.requested_by,
             e.registered_at
      FROM offshoot_ledger.experiment AS e
      WHERE NOT e.audited AND e.id > ?
      ORDER BY e.id LIMIT ?
      """;

  private static final String OF_EXPERIMENT =
      "SELECT record FROM offshoot_ledger.audit WHERE experiment = ? ORDER BY number";

  private final DataSource ledger;

  public AuditLog(DataSource ledger) {
    this.ledger = ledger;
  }

  /**
   * Adds a record; of one run the first is kept, and another changes nothing.
   *
   * @param workflow the experiment's id, or whatever its workflow is called
   * @param record as JSON, as it is to be hashed
   */
  public AuditSeal add(String workflow, String runId, Instant closedAt, String record) {
    // Anybody may start a workflow of any name, and its end must not fail for ever by it.
    String experiment = workflow.replace("\0", "");
    try (Connection connection = LedgerSession.open(ledger)) {
      connection.setAutoCommit(false);
      try {
        AuditSeal seal = added(connection, experiment, runId, closedAt, record);
        connection.commit();
        return seal;
      } finally {
        // Does nothing after the commit.
        LedgerSession.end(connection);
      }
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "keeping an audit record", e);
    }
  }

  private static AuditSeal added(
      Connection connection, String experiment, String runId, Instant closedAt, String record)
      throws SQLException {
    var unused = Sql.only(connection, ONE_AT_A_TIME, row -> true);
    try (PreparedStatement note = connection.prepareStatement(NOTE)) {
      note.setString(1, experiment);
      note.setString(2, runId);
      note.executeUpdate();
    }
    Optional<AuditSeal> kept = Sql.first(connection, KEPT, AuditLog::seal, experiment, runId);
    if (kept.isPresent()) {
      return kept.get();
    }
    AuditSeal last =
        Sql.first(connection, LAST, AuditLog::seal).orElse(new AuditSeal(0, AuditLine.FIRST));
    AuditLine line = AuditLine.after(last.number(), last.hash(), record);
    try (PreparedStatement insert = connection.prepareStatement(ADD)) {
      insert.setLong(1, line.number());
      insert.setString(2, experiment);
      insert.setString(3, runId);
      insert.setObject(4, closedAt.atOffset(ZoneOffset.UTC));
      insert.setString(5, line.previous());
      insert.setString(6, line.hash());
      insert.setString(7, line.record());
      insert.executeUpdate();
    }
    return new AuditSeal(line.number(), line.hash());
  }

  /**
   * A stretch of the chain, oldest first.
   *
   * @param from number of the first; absent for the oldest that is kept
   */
  public AuditPage page(@Nullable Long from) {
    try (Connection connection = LedgerSession.open(ledger)) {
      List<Listed> listed =
          Sql.list(
              connection,
              PAGE,
              row ->
                  new Listed(
                      new AuditLine(
                          row.getLong("number"),
                          row.getString("previous"),
                          row.getString("hash"),
                          row.getString("record")),
                      row.getBoolean("more")),
              from == null ? 0L : from);
      @Nullable AuditSeal cut = Sql.first(connection, CUT, AuditLog::seal).orElse(null);
      boolean more = !listed.isEmpty() && listed.get(listed.size() - 1).more();
      return new AuditPage(
          listed.stream().map(Listed::line).toList(),
          more ? listed.get(listed.size() - 1).line().number() + 1 : null,
          cut);
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "reading audit records", e);
    }
  }

  private record Listed(AuditLine line, boolean more) {}

  /**
   * Cuts off what was closed before {@code limit}, at the old end of the chain.
   *
   * @return how many records that were
   */
  public long cutOff(Instant limit) {
    try (Connection connection = LedgerSession.open(ledger)) {
      return Sql.only(connection, CUT_OFF, row -> row.getLong(1), limit.atOffset(ZoneOffset.UTC));
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "cutting off old audit records", e);
    }
  }

  /**
   * An experiment of whose run there is no record: it has not ended, or ended without a word.
   *
   * @param workflowId its workflow
   * @param runId the run that registered it
   * @param row what the ledger knows of it
   */
  public record Unrecorded(String workflowId, String runId, ExperimentRow row) {}

  /**
   * Experiments of whose run there never was a record, by id. A record of another run under the
   * same id, after a reset or of somebody who took the id again, is not this one's.
   *
   * @param after only ids after this one; absent for the first
   * @param most how many at most
   */
  public List<Unrecorded> unrecorded(@Nullable ExperimentId after, int most) {
    try (Connection connection = LedgerSession.open(ledger)) {
      // Every id comes after the empty text.
      String last = after == null ? "" : after.value();
      return Sql.list(connection, WITHOUT, AuditLog::unrecorded, last, most);
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "looking for experiments without a record", e);
    }
  }

  /**
   * The records of an experiment that are kept, as JSON, oldest first; one for each of its runs.
   */
  public List<String> recordsOf(ExperimentId experiment) {
    try (Connection connection = LedgerSession.open(ledger)) {
      return Sql.list(connection, OF_EXPERIMENT, row -> row.getString(1), experiment.value());
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), "reading audit records", e);
    }
  }

  private static Unrecorded unrecorded(ResultSet row) throws SQLException {
    return new Unrecorded(
        row.getString("workflow_id"),
        row.getString("run_id"),
        new ExperimentRow(
            new ExperimentId(row.getString("id")),
            row.getString("parent"),
            row.getString("tenant"),
            row.getString("goal"),
            row.getString("requested_by"),
            null,
            null,
            row.getObject("registered_at", OffsetDateTime.class).toInstant(),
            null));
  }

  private static AuditSeal seal(ResultSet row) throws SQLException {
    return new AuditSeal(row.getLong("number"), row.getString("hash"));
  }
}
