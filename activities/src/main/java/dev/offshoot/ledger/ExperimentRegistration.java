package dev.offshoot.ledger;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** The ledger's table {@code experiment}, in which an id names one run for ever. */
final class ExperimentRegistration {
  private static final String REGISTER_EXPERIMENT =
      """
      INSERT INTO offshoot_ledger.experiment
        (id, workflow_id, run_id, parent, tenant, goal, requested_by)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO NOTHING
      """;
  private static final String OWNER =
      """
      SELECT e.run_id, e.requested_by, e.registered_at,
             EXISTS (SELECT FROM offshoot_ledger.branch AS b
                     WHERE b.experiment = e.id AND b.dropped_at IS NULL) AS living
      FROM offshoot_ledger.experiment AS e WHERE e.id = ?
      """;

  private ExperimentRegistration() {}

  /**
   * Notes an experiment before it does anything; again for the same run is fine.
   *
   * @throws OffshootException {@code ID_IN_USE} if another run has had the id
   */
  static void register(
      Connection connection, ExperimentId id, String workflowId, String runId, ExperimentSpec spec)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(REGISTER_EXPERIMENT)) {
      insert.setString(1, id.value());
      insert.setString(2, workflowId);
      insert.setString(3, runId);
      insert.setString(4, storable(spec.parent()));
      insert.setString(5, storable(spec.tenant()));
      insert.setString(6, storable(spec.goal()));
      insert.setString(7, storable(spec.requestedBy()));
      insert.executeUpdate();
    }
    requireSameRun(connection, id, runId);
  }

  private static void requireSameRun(Connection connection, ExperimentId id, String runId)
      throws SQLException {
    Owner owner =
        Sql.only(
            connection,
            OWNER,
            row ->
                new Owner(
                    row.getString("run_id"),
                    row.getString("requested_by"),
                    row.getObject("registered_at", OffsetDateTime.class).toInstant(),
                    row.getBoolean("living")),
            id.value());
    if (!owner.runId().equals(runId)) {
      throw new OffshootException(
          ErrorCode.ID_IN_USE,
          "id: '%s' was used by %s at %s and its branch %s; choose another id"
              .formatted(
                  id,
                  owner.requestedBy() == null
                      ? "somebody"
                      : ShownText.oneLine(owner.requestedBy(), 80),
                  owner.registeredAt(),
                  owner.living() ? "may still stand" : "is gone"));
    }
  }

  private record Owner(
      String runId, @Nullable String requestedBy, Instant registeredAt, boolean living) {}

  /** Postgres holds every character but NUL. */
  static @Nullable String storable(@Nullable String text) {
    return text == null ? null : text.replace("\0", "");
  }
}
