package dev.offshoot.merge;

import dev.offshoot.activity.MergeActivities.MergeRequest;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ResolveResult;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSet.CountedTable;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.merge.TableFit.Misfit;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.SqlErrors;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One merge: the whole reviewed change set in one READ COMMITTED transaction on the parent, or
 * every conflict and nothing written. {@link #run} is the order of things; each step is a class of
 * its own.
 *
 * <p>Locks on tables are taken before locks on rows, so that the merge does not close a circle with
 * the parent's own transactions; and sequences, on which everybody waits, come last.
 */
final class MergeTransaction {
  private final ParentSession session;
  private final ChangeSetStore store;
  private final MergeRequest request;
  private final @Nullable LockWatch locks;
  private final Receipts receipts;
  private final DeferredChecks deferredChecks;
  private final Conflicts conflicts = new Conflicts();
  private final long began = System.nanoTime();
  private List<PlannedTable> decided = List.of();
  private List<DroppedContents> droppedNow = List.of();
  private @Nullable SequenceGuard sequences;
  private boolean lost;

  /**
   * @param locks who sees what locks cost; absent where nobody else is
   */
  MergeTransaction(
      ParentSession session,
      ChangeSetStore store,
      MergeRequest request,
      @Nullable LockWatch locks) {
    this.session = session;
    this.store = store;
    this.request = request;
    this.locks = locks;
    this.receipts = new Receipts(session);
    this.deferredChecks = new DeferredChecks(session);
  }

  MergeResult run() throws SQLException {
    try {
      session.begin();
      receipts.lockParent();
      Optional<MergeReport> earlier =
          receipts.find(request.branch().experimentId(), request.digest());
      if (earlier.isPresent()) {
        session.rollback();
        return MergeResult.merged(earlier.get());
      }
      MergeReport report = merge();
      session.commit();
      return MergeResult.merged(report);
    } catch (Conflicts.Found e) {
      session.rollback();
      mendSequences();
      return MergeResult.conflicted(conflicts.report());
    } catch (SQLException | RuntimeException e) {
      rollBack(e);
      throw e;
    }
  }

  /**
   * Finds the conflicts that the merge would meet and writes the change set that their resolution
   * gives to the ledger; nothing stays on the parent.
   */
  ResolveResult resolve(ConflictResolver resolver) throws SQLException {
    try {
      session.begin();
      receipts.lockParent();
      if (receipts.find(request.branch().experimentId(), request.digest()).isEmpty()) {
        merge();
      }
      session.rollback();
      mendSequences();
      return ResolveResult.unresolved(
          ConflictReport.NONE,
          "the parent has changed since the conflicts were shown, and none is left; decide again");
    } catch (Conflicts.Found e) {
      ResolveResult result = resolver.resolve(conflicts.report(), decided, droppedNow);
      session.rollback();
      mendSequences();
      return result;
    } catch (SQLException | RuntimeException e) {
      rollBack(e);
      throw e;
    }
  }

  /** Everything but the commit. */
  private MergeReport merge() throws SQLException, Conflicts.Found {
    receipts.prepare();
    ChangeSet changeSet = store.get(request.digest());
    ExperimentId reverts = changeSet.undoing().of();
    if (reverts != null) {
      receipts.requireNotReverted(reverts);
    }
    requireOurSchemaIsLeftAlone(changeSet);
    TablesBefore before = TablesBefore.read(session);
    SelfCheck selfCheck = SelfCheck.begin(session, before, changeSet);
    Proofs proofs = Proofs.before(session, store, changeSet);

    if (!changeSet.script().isEmpty()) {
      sequences = SequenceGuard.begin(session);
    }
    SchemaReplay schema = SchemaReplay.of(session, changeSet, before);
    WatchedReplay replay = new WatchedReplay(session, changeSet, before, schema);
    replayBeforeRows(replay, changeSet, before);
    selfCheck.afterSchema();

    List<StagedTable> staged = stage(changeSet, before, true);
    List<ForeignKey> keys = ForeignKey.touching(session, staged);
    ApplicationOrder order = OrderRules.order(staged, keys);
    UserTriggers triggers = UserTriggers.disable(session, oids(staged));
    selfCheck.sealChanges(staged);
    boolean direct = writeDirectly(staged, keys, order, selfCheck);
    List<PlannedTable> planned =
        direct
            ? staged.stream().map(PlannedTable::wholly).toList()
            : writeThoroughly(staged, keys, order, selfCheck);
    Convergence converged =
        direct ? Convergence.NONE : Convergence.of(session, planned, request.strictness());
    triggers.enable();
    LostContents lost = LostContents.look(session, changeSet, before);
    if (reverts != null) {
      selfCheck.beforeDrops(planned);
      StagedTable.forget(session, staged);
    }
    replay.afterRows(conflicts);
    droppedNow = replay.dropped();
    lost.tell(conflicts);
    conflicts.requireNone();

    CheckRun.run(session, request.checks(), conflicts);
    conflicts.requireNone();
    session.report("looking for what nobody reviewed");
    runWhatWaits();
    selfCheck.finish(planned);
    schema.verify(planned, conflicts);
    conflicts.requireNone();
    if (sequences != null) {
      sequences.requireNoneSetBack();
    }
    SequenceCatchUp.run(session, changeSet, conflicts);
    conflicts.requireNone();

    MergeReport report = report(changeSet, planned, proofs);
    session.report("committing");
    receipts.write(
        request.branch().experimentId(), request.decision().by(), report, reverts, converged);
    selfCheck.requireNothingForTheCommit();
    return report;
  }

  private void requireOurSchemaIsLeftAlone(ChangeSet changeSet) {
    if (changeSet.tables().stream().anyMatch(t -> t.shape().table().schema().equals("offshoot"))) {
      throw new OffshootException(
          ErrorCode.MERGE_REFUSED,
          "%s: the change set writes schema offshoot, where merges are noted; leave it alone"
              .formatted(session.parent()));
    }
  }

  /**
   * Where the schema collides, only those tables are compared which fit without the script, so that
   * their conflicts are listed too.
   */
  private void replayBeforeRows(WatchedReplay replay, ChangeSet changeSet, TablesBefore before)
      throws SQLException, Conflicts.Found {
    boolean schemaStands = replay.beforeRows(conflicts);
    droppedNow = replay.dropped();
    if (!schemaStands) {
      decide(stage(changeSet, before, false));
      throw conflicts.found();
    }
  }

  /**
   * Brings the reviewed rows to the parent.
   *
   * @param schemaStands whether a table that does not fit is news
   */
  private List<StagedTable> stage(ChangeSet changeSet, TablesBefore before, boolean schemaStands)
      throws SQLException {
    List<StagedTable> staged = new ArrayList<>();
    for (CountedTable counted : changeSet.tables()) {
      ChangedTable shape = counted.shape();
      TableFit fit = TableMerge.fit(session, before, staged.size(), shape);
      if (fit instanceof TableMerge table) {
        stage(table).ifPresent(staged::add);
      } else if (fit instanceof Misfit misfit && schemaStands) {
        conflicts.add(Conflicts.of(Conflict.Kind.SCHEMA_CHANGED, shape.table(), misfit.why()));
      }
    }
    return staged;
  }

  private Optional<StagedTable> stage(TableMerge table) throws SQLException {
    Savepoint savepoint = session.savepoint();
    try {
      StagedChanges changes = StagedChanges.stage(session, store, request.digest(), table);
      session.release(savepoint);
      return Optional.of(new StagedTable(table, changes, UniqueIndex.besidesKey(session, table)));
    } catch (SQLException e) {
      if (!SqlErrors.state(e).startsWith("22") && !SqlErrors.state(e).equals("55P04")) {
        throw e;
      }
      session.rollBackTo(savepoint);
      conflicts.add(
          Conflicts.of(
              Conflict.Kind.SCHEMA_CHANGED,
              table.name(),
              "a type of the parent's table does not take the reviewed values any more (SQLSTATE %s)"
                  .formatted(SqlErrors.state(e))));
      return Optional.empty();
    }
  }

  /** The quick way; false if it does not fit or did not work out, and then nothing was written. */
  private boolean writeDirectly(
      List<StagedTable> staged, List<ForeignKey> keys, ApplicationOrder order, SelfCheck selfCheck)
      throws SQLException {
    DirectApplication direct = new DirectApplication(session, staged, request.strictness());
    if (conflicts.any() || !direct.fits(order, keys)) {
      return false;
    }
    selfCheck.beforeRows();
    Savepoint savepoint = session.savepoint();
    try {
      deferredChecks.defer(List.of());
      if (direct.apply(order.steps())) {
        deferredChecks.check();
        session.release(savepoint);
        return true;
      }
    } catch (SQLException e) {
      if (ConstraintConflict.of(e).isEmpty()) {
        throw e;
      }
    }
    session.rollBackTo(savepoint);
    selfCheck.undone();
    return false;
  }

  /** The thorough way: looks first, lists every conflict, and writes only if there is none. */
  private List<PlannedTable> writeThoroughly(
      List<StagedTable> staged, List<ForeignKey> keys, ApplicationOrder order, SelfCheck selfCheck)
      throws SQLException, Conflicts.Found {
    deferredChecks.defer(order.deferred());
    List<PlannedTable> planned = decide(staged);
    decided = planned;
    selfCheck.sealFindings(planned);
    List<UpdateWaves> waves = searchAndPlan(planned, keys);
    conflicts.requireNone();
    selfCheck.beforeRows();
    apply(new RowApplication(session, planned, order.steps(), waves));
    for (PlannedTable table : planned) {
      Verification.run(session, table.table(), request.strictness());
    }
    return planned;
  }

  private List<PlannedTable> decide(List<StagedTable> staged) throws SQLException {
    List<PlannedTable> planned = new ArrayList<>();
    for (StagedTable each : staged) {
      TableMerge table = each.table();
      session.report("comparing " + table.name());
      StagedChanges.analyze(session, table);
      StandingRows.lock(session, table);
      Outcomes outcomes = Outcomes.decide(session, table, request.strictness());
      if (outcomes.conflicts() > 0) {
        new RowConflicts(table, request.strictness()).addTo(conflicts, session);
      }
      planned.add(new PlannedTable(each, outcomes));
    }
    return planned;
  }

  private List<UpdateWaves> searchAndPlan(List<PlannedTable> planned, List<ForeignKey> keys)
      throws SQLException {
    Set<ForeignKey> broken = new ReferenceSearch(session, planned, conflicts).search(keys);
    new ConstraintSearch(session, planned, conflicts).search(keys);
    List<UpdateWaves> waves = new ArrayList<>();
    for (PlannedTable table : planned) {
      UpdateWaves wave = UpdateWaves.plan(session, table);
      waves.add(wave);
      if (wave.replaced()) {
        broken.addAll(wave.breaks(table, keys, conflicts));
      }
    }
    deferredChecks.defer(broken);
    return waves;
  }

  private void apply(RowApplication application) throws SQLException, Conflicts.Found {
    try {
      application.apply();
      deferredChecks.check();
    } catch (SQLException e) {
      conflicts.add(ConstraintConflict.of(e).orElseThrow(() -> e));
      throw conflicts.found();
    }
  }

  /** What code of the experiment's has put off since the rows were checked. */
  private void runWhatWaits() throws SQLException, Conflicts.Found {
    try {
      deferredChecks.runWaiting();
    } catch (SQLException e) {
      conflicts.add(ConstraintConflict.of(e).orElseThrow(() -> e));
      throw conflicts.found();
    }
  }

  private MergeReport report(ChangeSet changeSet, List<PlannedTable> planned, Proofs proofs)
      throws SQLException {
    Instant now =
        session.only(
            "SELECT transaction_timestamp()",
            row -> row.getObject(1, OffsetDateTime.class).toInstant());
    Optional<LockWatch.Waits> waits = locks == null ? Optional.empty() : locks.waits();
    return new MergeReport(
        changeSet.digest(),
        planned.stream().mapToLong(table -> table.outcomes().inserts()).sum(),
        planned.stream().mapToLong(table -> table.outcomes().updates()).sum(),
        planned.stream().mapToLong(table -> table.outcomes().deletes()).sum(),
        planned.stream().mapToLong(table -> table.outcomes().converged()).sum(),
        changeSet.script().size(),
        now,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began),
        waits.map(LockWatch.Waits::byMerge).orElse(session.longestLockWait()).toMillis(),
        proofs.after(),
        null,
        waits.map(seen -> seen.byOthers().toMillis()).orElse(null));
  }

  /** By another session, where the merge's own was lost before it could. */
  void mendSequences(ParentSession other) throws SQLException {
    if (lost && sequences != null) {
      other.begin();
      sequences.mend(other);
    }
  }

  private void rollBack(Exception cause) {
    try {
      session.rollback();
      mendSequences();
    } catch (SQLException e) {
      lost = true;
      cause.addSuppressed(e);
    }
  }

  /** A rollback leaves sequences where replayed statements have set them. */
  private void mendSequences() throws SQLException {
    if (sequences != null) {
      session.useTrustedNames();
      sequences.mend(session);
    }
  }

  private static List<Long> oids(List<StagedTable> staged) {
    return staged.stream().map(each -> each.table().target().oid()).toList();
  }
}
