package dev.offshoot.merge;

import dev.offshoot.activity.MergeActivities.ResolveConflicts;
import dev.offshoot.diff.SampleRows;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.Resolution;
import dev.offshoot.domain.Resolution.Take;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSet.CountedTable;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangeSetStore.RowCursor;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.sql.DroppedContents;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes the change set that a resolution gives to the ledger, within the transaction that has
 * found the conflicts, so that what the parent has cannot change meanwhile. Rows are streamed;
 * those without a conflict are taken over as they are.
 */
final class ResolvedChanges {
  private static final int ROWS_PER_FETCH = 1_000;
  private static final int ROWS_PER_REPORT = 20_000;

  private static final String COLLIDING =
      """
      SELECT o.n, CASE WHEN o.outcome = 'APPLY' THEN {refused} ELSE o.outcome END AS kind,
        {image} AS parent, p.n IS NOT NULL AS stands, {untouched} AS untouched,
        {unaddable} AS unaddable,
        (SELECT count(*) FROM {standing} AS q WHERE q.n = o.n) AS copies
      FROM {outcomes} AS o JOIN {changes} AS s ON s.n = o.n
      LEFT JOIN LATERAL (
        SELECT * FROM {standing} AS one WHERE one.n = o.n LIMIT 1) AS p ON true
      WHERE o.outcome NOT IN ('APPLY', 'CONVERGED')
        OR o.outcome = 'APPLY' AND {refused} IS NOT NULL
      ORDER BY o.n
      """;

  private final ParentSession session;
  private final ChangeSetStore store;
  private final ResolveConflicts request;
  private final List<PlannedTable> planned;
  private final SampleRows samples = new SampleRows();
  private final long began = System.nanoTime();

  ResolvedChanges(
      ParentSession session,
      ChangeSetStore store,
      ResolveConflicts request,
      List<PlannedTable> planned) {
    this.session = session;
    this.store = store;
    this.request = request;
    this.planned = planned;
  }

  /**
   * @param dropped what it drops, with what the parent holds there now
   * @throws Unresolvable if a conflict is about no row, or its row cannot be resolved so
   */
  ChangeSummary write(List<DroppedContents> dropped) throws SQLException, Unresolvable {
    ChangeSet original = store.get(request.merge().digest());
    try (ChangeSetStore.Writer writer = store.begin(request.merge().branch().experimentId())) {
      writer.reserve(original.blocks());
      writer.drops(dropped);
      writer.fills(original.filled());
      for (CountedTable counted : original.tables()) {
        PlannedTable table =
            planned.stream()
                .filter(each -> each.table().shape().equals(counted.shape()))
                .findFirst()
                .orElseThrow(() -> new Unresolvable("the parent's schema has changed"));
        write(table.table(), writer);
      }
      ChangeSet frozen =
          writer.freeze(
              original.script(),
              original.schemaChanges(),
              original.rewrittenTables(),
              original.sequences(),
              original.undoing());
      return summary(frozen);
    }
  }

  private void write(TableMerge table, ChangeSetStore.Writer writer)
      throws SQLException, Unresolvable {
    ChangedTable shape = table.shape();
    RowResolution resolution = new RowResolution(table, request.merge().strictness());
    boolean begun = false;
    long number = 0;
    try (RowCursor rows = store.rows(request.merge().digest(), shape.table(), 0);
        PreparedStatement query = session.connection().prepareStatement(colliding(table))) {
      query.setFetchSize(ROWS_PER_FETCH);
      try (ResultSet colliding = query.executeQuery()) {
        boolean more = colliding.next();
        while (rows.hasNext()) {
          RowChange row = rows.next();
          Optional<RowChange> resolved = Optional.of(row);
          if (more && colliding.getLong("n") == number) {
            resolved = resolve(row, table, resolution, colliding);
            more = colliding.next();
          }
          if (resolved.isPresent()) {
            if (!begun) {
              writer.startTable(shape);
              begun = true;
            }
            writer.row(resolved.get());
            samples.add(shape.table(), shape.columns(), resolved.get());
          }
          if (++number % ROWS_PER_REPORT == 0) {
            session.report("resolving %s: %,d rows".formatted(table.name(), number));
          }
        }
      }
    }
  }

  private Optional<RowChange> resolve(
      RowChange row, TableMerge table, RowResolution resolution, ResultSet colliding)
      throws SQLException, Unresolvable {
    Conflict.Kind kind = Conflict.Kind.valueOf(colliding.getString("kind"));
    Take take =
        Resolution.of(request.merge().decision().resolve(), kind, table.name())
            .orElseThrow(() -> new IllegalStateException("a conflict that nobody named"));
    if (kind == Conflict.Kind.DELETE_UPDATED
        && take == Take.BRANCH
        && !colliding.getBoolean("untouched")) {
      throw new Unresolvable(
          "a row of %s that the branch deletes has a value in a column which the parent gained since the branch point, so the delete was never reviewed; take PARENT for DELETE_UPDATED in that table, or reject and start the experiment again"
              .formatted(table.name()));
    }
    @Nullable List<@Nullable String> parent =
        colliding.getBoolean("stands")
            ? Arrays.asList((@Nullable String[]) colliding.getArray("parent").getArray())
            : null;
    Set<Integer> unaddable = new HashSet<>();
    for (@Nullable String place : (@Nullable String[]) colliding.getArray("unaddable").getArray()) {
      if (place != null) {
        unaddable.add(Integer.valueOf(place));
      }
    }
    return resolution.resolve(row, kind, take, parent, colliding.getInt("copies"), unaddable);
  }

  private String colliding(TableMerge table) throws SQLException {
    return SqlTemplate.fill(
        COLLIDING,
        Map.of(
            "refused",
            RefusedRows.kindOf(session, table),
            "image",
            Images.array(TableMerge.each(table.columns(), ReviewedColumn::standing)),
            "untouched",
            Outcomes.unreviewedUntouched(table, RowSource.STANDING),
            "unaddable",
            RowConflicts.unaddable(table),
            "changes",
            table.changes(),
            "standing",
            table.standing(),
            "outcomes",
            table.outcomes()));
  }

  private ChangeSummary summary(ChangeSet frozen) {
    List<TableChanges> tables = new ArrayList<>();
    for (TableChanges before : request.changes().tables()) {
      frozen.tables().stream()
          .filter(counted -> counted.shape().table().equals(before.table()))
          .findFirst()
          .map(
              counted ->
                  before.withRows(
                      counted.inserted(),
                      counted.updated(),
                      counted.deleted(),
                      before.sample().isEmpty() ? List.of() : samples.of(before.table()),
                      samples.updatesOf(before.table())))
          .ifPresent(tables::add);
    }
    return request
        .changes()
        .withRows(
            frozen.digest(), tables, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  /** Ends a resolution that cannot be carried out; the message says why and what to do. */
  @SuppressWarnings("serial") // never leaves the merge
  static final class Unresolvable extends Exception {
    Unresolvable(String why) {
      super(why, null, false, false);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }
}
