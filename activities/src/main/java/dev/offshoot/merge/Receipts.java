package dev.offshoot.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Reverted;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What makes a merge happen once: the transaction leaves a receipt on the parent, and whoever asks
 * again for the same experiment and change set gets the receipt instead of another merge.
 */
final class Receipts {
  /** Any number that nobody else uses; advisory locks are per database. */
  private static final long MERGES = 0x0FF5_4007L;

  private static final String EXISTS =
      """
      SELECT EXISTS (
        SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'offshoot' AND c.relname = 'merge_receipt')
      """;

  private static final String CREATE =
      """
      CREATE SCHEMA IF NOT EXISTS offshoot;
      REVOKE ALL ON SCHEMA offshoot FROM PUBLIC;
      CREATE TABLE offshoot.merge_receipt (
        experiment_id text PRIMARY KEY,
        digest text NOT NULL,
        decided_by text,
        report jsonb NOT NULL,
        merged_at timestamptz NOT NULL,
        reverts text,
        converged text NOT NULL);
      REVOKE ALL ON offshoot.merge_receipt FROM PUBLIC;
      COMMENT ON SCHEMA offshoot IS 'Offshoot notes here which experiments it has merged';
      """;

  /** Nobody else may have put a table, view, trigger or rule in the place of ours. */
  private static final String IS_OURS =
      """
      SELECT c.relkind = 'r' AND NOT c.relhastriggers AND NOT c.relhasrules
        AND NOT c.relrowsecurity AND NOT c.relispartition AND c.relpersistence = 'p'
        AND pg_has_role(c.relowner, 'USAGE') AND pg_has_role(n.nspowner, 'USAGE')
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'offshoot' AND c.relname = 'merge_receipt'
      """;

  /** Everything in our schema and everything that hangs on it, but no row. */
  private static final String SHAPE =
      """
      SELECT coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), '') FROM (
        SELECT concat_ws(' ', 'schema', n.nspowner, n.nspacl) FROM pg_namespace n
        WHERE n.nspname = 'offshoot'
        UNION ALL
        SELECT concat_ws(' ', 'relation', c.oid, c.relname, c.relkind, c.relfilenode, c.relowner,
          c.relnatts, c.relchecks, c.relhastriggers, c.relhasrules, c.relrowsecurity, c.relacl)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'offshoot'
        UNION ALL
        SELECT concat_ws(' ', 'column', a.attrelid, a.attname, a.atttypid, a.attnotnull,
          a.atthasdef, a.attacl)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'offshoot' AND a.attnum > 0
        UNION ALL
        SELECT concat_ws(' ', 'routine', p.oid) FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'offshoot'
      ) AS lines (line)
      """;

  private static final String FIND =
      "SELECT digest, report::text FROM offshoot.merge_receipt WHERE experiment_id = ?";

  private static final String WRITE =
      """
      INSERT INTO offshoot.merge_receipt
        (experiment_id, digest, decided_by, report, merged_at, reverts, converged)
      VALUES (?, ?, nullif(?, ''), ?::jsonb, transaction_timestamp(), nullif(?, ''), ?)
      RETURNING merged_at
      """;

  private static final String REVERT_OF =
      "SELECT experiment_id, merged_at, decided_by FROM offshoot.merge_receipt WHERE reverts = ?";

  private static final String RECEIPTS =
      """
      SELECT experiment_id, digest, merged_at, reverts, converged FROM offshoot.merge_receipt
      """;

  private final ParentSession session;
  private String shape = "";

  Receipts(ParentSession session) {
    this.session = session;
  }

  /** Waits for any other merge into this parent, for no longer than the lock timeout. */
  void lockParent() throws SQLException {
    session.lock("SELECT pg_catalog.pg_advisory_xact_lock(%d)".formatted(MERGES));
  }

  /**
   * The report of this very merge if it was done before.
   *
   * @throws OffshootException {@code MERGE_REFUSED} if the experiment merged another change set
   */
  Optional<MergeReport> find(ExperimentId experiment, String digest) throws SQLException {
    if (!session.only(EXISTS, row -> row.getBoolean(1))) {
      return Optional.empty();
    }
    requireOurs();
    record Receipt(String digest, String report) {}
    List<Receipt> found =
        session.list(
            FIND,
            row -> new Receipt(row.getString("digest"), row.getString("report")),
            experiment.value());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Receipt receipt = found.get(0);
    if (!receipt.digest().equals(digest)) {
      throw new OffshootException(
          ErrorCode.MERGE_REFUSED,
          "%s: experiment %s has been merged already, with change set %s; an experiment merges once"
              .formatted(session.parent(), experiment, receipt.digest()));
    }
    return Optional.of(read(receipt.report()));
  }

  /** The receipt of an experiment's merge. */
  Optional<MergeReceipt> of(ExperimentId experiment) throws SQLException {
    if (!session.only(EXISTS, row -> row.getBoolean(1))) {
      return Optional.empty();
    }
    requireOurs();
    return session
        .list(RECEIPTS + "WHERE experiment_id = ?", MergeReceipt::read, experiment.value())
        .stream()
        .findFirst();
  }

  /** The receipts of later merges, newest first. */
  List<MergeReceipt> after(MergeReceipt merge) throws SQLException {
    return session.list(
        RECEIPTS + "WHERE merged_at > ? ORDER BY merged_at DESC LIMIT 1000",
        MergeReceipt::read,
        merge.mergedAt().atOffset(ZoneOffset.UTC));
  }

  /** Who has reverted the merge of {@code merged}, of which there is a receipt. */
  Optional<Reverted> revertOf(ExperimentId merged) throws SQLException {
    return session
        .list(
            REVERT_OF,
            row ->
                new Reverted(
                    new ExperimentId(row.getString("experiment_id")),
                    row.getObject("merged_at", OffsetDateTime.class).toInstant(),
                    row.getString("decided_by")),
            merged.value())
        .stream()
        .findFirst();
  }

  /**
   * @throws OffshootException {@code REVERT_REFUSED} if another revert of {@code merged} came first
   */
  void requireNotReverted(ExperimentId merged) throws SQLException {
    Optional<Reverted> by = revertOf(merged);
    if (by.isPresent()) {
      throw new OffshootException(
          ErrorCode.REVERT_REFUSED,
          "%s: experiment %s has been reverted already, by %s"
              .formatted(session.parent(), merged, by.get().experiment()));
    }
  }

  /** Makes the place for the receipt if there is none, and notes its shape. */
  void prepare() throws SQLException {
    if (!session.only(EXISTS, row -> row.getBoolean(1))) {
      session.execute(CREATE);
    }
    requireOurs();
    shape = session.only(SHAPE, row -> row.getString(1));
  }

  /**
   * Writes the receipt.
   *
   * @throws OffshootException {@code MERGE_REFUSED} if a replayed statement has touched the place
   */
  void write(
      ExperimentId experiment,
      @Nullable String decidedBy,
      MergeReport report,
      @Nullable ExperimentId reverts,
      Convergence converged)
      throws SQLException {
    if (!session.only(SHAPE, row -> row.getString(1)).equals(shape)) {
      throw new OffshootException(
          ErrorCode.MERGE_REFUSED,
          "%s: the merge was undone before it was committed, because its schema script changes schema offshoot, where merges are noted; leave it alone"
              .formatted(session.parent()));
    }
    session.only(
        WRITE,
        row -> row.getTimestamp(1),
        experiment.value(),
        report.digest(),
        decidedBy == null ? "" : decidedBy,
        json(report),
        reverts == null ? "" : reverts.value(),
        converged.json());
  }

  private void requireOurs() throws SQLException {
    if (!session.only(IS_OURS, row -> row.getBoolean(1))) {
      throw new OffshootException(
          ErrorCode.MERGE_REFUSED,
          "%s: offshoot.merge_receipt is not the table that Offshoot made; remove or rename it"
              .formatted(session.parent()));
    }
  }

  private static MergeReport read(String json) {
    try {
      return OffshootJson.mapper().readValue(json, MergeReport.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a receipt that cannot be read", e);
    }
  }

  private static String json(MergeReport report) {
    try {
      return OffshootJson.mapper().writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report that cannot be written", e);
    }
  }
}
