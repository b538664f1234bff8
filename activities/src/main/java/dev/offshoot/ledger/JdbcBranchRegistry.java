package dev.offshoot.ledger;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.OffshootException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The registry in the ledger's tables {@code experiment} and {@code branch}. Thread-safe. */
public final class JdbcBranchRegistry implements BranchRegistry {
  /** The same run may make the same branch again after it was dropped. */
  private static final String REGISTER_BRANCH =
      """
      INSERT INTO offshoot_ledger.branch AS b (experiment, attempt, parent, provider, deadline)
      VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (experiment, attempt) DO UPDATE
      SET dropped_at = NULL, drop_reason = NULL, ready_at = NULL, deadline = EXCLUDED.deadline
      WHERE b.dropped_at IS NOT NULL
      """;

  private static final String READY =
      """
      UPDATE offshoot_ledger.branch SET ready_at = coalesce(ready_at, now())
      WHERE experiment = ? AND attempt = ? AND dropped_at IS NULL
      """;
  private static final String EXTEND =
      "UPDATE offshoot_ledger.branch SET deadline = ? WHERE experiment = ? AND attempt = ?";
  private static final String DROPPED =
      """
      UPDATE offshoot_ledger.branch SET dropped_at = now(), drop_reason = ?
      WHERE experiment = ? AND attempt = ? AND dropped_at IS NULL
      """;
  private static final String LIVING =
      """
      SELECT b.experiment, b.attempt, b.parent, b.provider, b.deadline, e.workflow_id, e.run_id
      FROM offshoot_ledger.branch AS b JOIN offshoot_ledger.experiment AS e ON e.id = b.experiment
      WHERE b.dropped_at IS NULL ORDER BY b.registered_at, b.experiment, b.attempt
      """;
  private static final String DROPPED_AT =
      """
      SELECT dropped_at FROM offshoot_ledger.branch
      WHERE experiment = ? AND attempt = ? AND dropped_at IS NOT NULL
      """;
  private static final String GONE =
      """
      SELECT b.experiment, b.attempt, b.parent, b.provider, b.deadline, e.workflow_id, e.run_id,
             b.dropped_at, b.drop_reason
      FROM offshoot_ledger.branch AS b JOIN offshoot_ledger.experiment AS e ON e.id = b.experiment
      WHERE b.dropped_at IS NOT NULL AND starts_with(b.drop_reason, ?)
      ORDER BY b.dropped_at DESC LIMIT ?
      """;
  private static final String EXPERIMENTS =
      """
      SELECT e.id, e.parent, e.tenant, e.goal, e.requested_by, e.registered_at,
             coalesce(
               (SELECT max(b.deadline) FROM offshoot_ledger.branch AS b WHERE b.experiment = e.id),
               (SELECT r.deadline FROM offshoot_ledger.revert AS r WHERE r.experiment = e.id))
               AS deadline
      FROM offshoot_ledger.experiment AS e
      WHERE (CAST(? AS text) IS NULL OR e.parent = ?) AND (CAST(? AS text) IS NULL OR e.tenant = ?)
      ORDER BY e.registered_at DESC, e.id LIMIT ?
      """;

  private final DataSource ledger;

  public JdbcBranchRegistry(DataSource ledger) {
    this.ledger = ledger;
  }

  @Override
  public void register(
      BranchRef ref,
      String provider,
      String workflowId,
      String runId,
      ExperimentSpec spec,
      Instant deadline) {
    inTransaction(
        "registering a branch",
        connection -> {
          register(connection, ref, provider, workflowId, runId, spec, deadline);
          return true;
        });
  }

  @Override
  public Optional<String> registerInTurn(
      BranchRef ref,
      String provider,
      String workflowId,
      String runId,
      ExperimentSpec spec,
      Instant deadline,
      BranchLimits limits) {
    return inTransaction(
        "registering a branch",
        connection -> {
          // Whoever is ended while it waits is known all the same, and an id that is taken does not
          // wait to hear it.
          ExperimentRegistration.register(connection, ref.experimentId(), workflowId, runId, spec);
          String tenant =
              Objects.requireNonNullElse(ExperimentRegistration.storable(spec.tenant()), "");
          Optional<String> why = Queue.ask(connection, ref, tenant, limits);
          if (why.isEmpty()) {
            register(connection, ref, provider, workflowId, runId, spec, deadline);
          }
          return why;
        });
  }

  private static void register(
      Connection connection,
      BranchRef ref,
      String provider,
      String workflowId,
      String runId,
      ExperimentSpec spec,
      Instant deadline)
      throws SQLException {
    ExperimentRegistration.register(connection, ref.experimentId(), workflowId, runId, spec);
    update(
        connection,
        REGISTER_BRANCH,
        ref.experimentId().value(),
        ref.attempt(),
        ref.parent(),
        provider,
        at(deadline));
  }

  @Override
  public void leaveQueue(ExperimentId experiment) {
    inTransaction(
        "leaving the queue",
        connection -> {
          Queue.leave(connection, experiment.value());
          return true;
        });
  }

  @Override
  public void ready(BranchRef ref) {
    int updated =
        inTransaction(
            "noting that a branch stands",
            connection -> update(connection, READY, ref.experimentId().value(), ref.attempt()));
    if (updated == 0) {
      throw new OffshootException(
          ErrorCode.BRANCH_GONE,
          "branch '%s' was dropped while it was being made".formatted(ref.branchName()));
    }
  }

  @Override
  public void extend(BranchRef ref, Instant deadline) {
    inTransaction(
        "extending a lease",
        connection ->
            update(connection, EXTEND, at(deadline), ref.experimentId().value(), ref.attempt()));
  }

  @Override
  public void dropped(BranchRef ref, String reason) {
    inTransaction(
        "noting that a branch is gone",
        connection ->
            update(
                connection,
                DROPPED,
                ExperimentRegistration.storable(reason),
                ref.experimentId().value(),
                ref.attempt()));
  }

  @Override
  public List<Registered> living() {
    return inTransaction(
        "listing branches", connection -> Sql.list(connection, LIVING, this::registered));
  }

  @Override
  public Optional<Instant> droppedAt(BranchRef ref) {
    return inTransaction(
        "looking for a branch",
        connection ->
            Sql.first(
                connection,
                DROPPED_AT,
                row -> instant(row, "dropped_at"),
                ref.experimentId().value(),
                ref.attempt()));
  }

  @Override
  public List<Gone> gone(String reason, int limit) {
    return inTransaction(
        "listing branches that are gone",
        connection ->
            Sql.list(
                connection,
                GONE,
                row ->
                    new Gone(
                        registered(row), instant(row, "dropped_at"), row.getString("drop_reason")),
                reason,
                limit));
  }

  @Override
  public List<ExperimentRow> experiments(
      @Nullable String parent, @Nullable String tenant, int limit) {
    return inTransaction(
        "listing experiments",
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(EXPERIMENTS)) {
            statement.setString(1, ExperimentRegistration.storable(parent));
            statement.setString(2, ExperimentRegistration.storable(parent));
            statement.setString(3, ExperimentRegistration.storable(tenant));
            statement.setString(4, ExperimentRegistration.storable(tenant));
            statement.setInt(5, limit);
            return experimentRows(statement);
          }
        });
  }

  private Registered registered(ResultSet row) throws SQLException {
    return new Registered(
        new BranchRef(
            new ExperimentId(row.getString("experiment")),
            row.getInt("attempt"),
            row.getString("parent")),
        row.getString("provider"),
        row.getString("workflow_id"),
        row.getString("run_id"),
        instant(row, "deadline"));
  }

  private static List<ExperimentRow> experimentRows(PreparedStatement statement)
      throws SQLException {
    List<ExperimentRow> experiments = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        OffsetDateTime deadline = row.getObject("deadline", OffsetDateTime.class);
        experiments.add(
            new ExperimentRow(
                new ExperimentId(row.getString("id")),
                row.getString("parent"),
                row.getString("tenant"),
                row.getString("goal"),
                row.getString("requested_by"),
                null,
                null,
                instant(row, "registered_at"),
                deadline == null ? null : deadline.toInstant()));
      }
    }
    return experiments;
  }

  @FunctionalInterface
  private interface Work<T> {
    T in(Connection connection) throws SQLException;
  }

  private <T> T inTransaction(String doing, Work<T> work) {
    try (Connection connection = LedgerSession.open(ledger)) {
      connection.setAutoCommit(false);
      try {
        T result = work.in(connection);
        connection.commit();
        return result;
      } finally {
        // Does nothing after the commit.
        LedgerSession.end(connection);
      }
    } catch (SQLException e) {
      throw SqlErrors.working(Place.ledger(), doing, e);
    }
  }

  private static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
