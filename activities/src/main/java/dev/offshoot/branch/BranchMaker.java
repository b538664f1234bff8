package dev.offshoot.branch;

import dev.offshoot.branch.DatabaseCopy.Grant;
import dev.offshoot.changelog.KeyCapture;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SourceInfo;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the databases of one branch: base from parent, everything in it handed over, branch from
 * base. A database is finished when its comment says so; an unfinished one is dropped and remade.
 */
final class BranchMaker {
  /** What an experiment may do with its database as a whole. */
  static final String EVERYTHING = "CONNECT, TEMPORARY, CREATE";

  private final ParentConfig parent;
  private final String database;
  private final String owner;
  private final DatabaseCopy copy;
  private final Removal removal;
  private final Fence fence;
  private final @Nullable SourceCopy source;
  private final SequenceReservation reservation;

  /**
   * @param parent where branches live
   * @param database what they are made of
   * @param owner role that owns the parent, whatever the one of its source copy is called
   */
  BranchMaker(
      ParentConfig parent,
      String database,
      String owner,
      Removal removal,
      Fence fence,
      @Nullable SourceCopy source,
      SequenceReservation reservation) {
    this.parent = parent;
    this.database = database;
    this.owner = owner;
    this.copy = new DatabaseCopy(parent);
    this.removal = removal;
    this.fence = fence;
    this.source = source;
    this.reservation = reservation;
  }

  /** The marker of a finished branch of that making, if there is one. */
  static Optional<Marker> finished(Connection maintenance, String name, Marker marker)
      throws SQLException {
    return DatabaseCopy.markerOf(maintenance, name)
        .filter(standing -> standing.made() != null && standing.isOfTheSameMaking(marker));
  }

  /** A copy of the parent that stays as it is, and to which nobody can connect. */
  Marker makeStem(
      Connection maintenance, BranchRef stem, Marker marker, ParentFacts facts, Progress progress)
      throws SQLException {
    long begun = System.nanoTime();
    removal.dropDatabase(maintenance, stem.baseName());
    Marker.Made made = copyParent(maintenance, stem, facts, copy.methodFor(facts), progress);
    Marker finished = marker.finished(made.in(millisSince(begun)));
    Sql.execute(maintenance, Comments.onDatabase(maintenance, stem.baseName(), finished));
    return finished;
  }

  private static long millisSince(long begun) {
    return Duration.ofNanos(System.nanoTime() - begun).toMillis();
  }

  /**
   * @param stem what the base is a copy of; absent for the parent
   */
  Marker make(
      Connection maintenance,
      BranchRef ref,
      @Nullable BranchRef stem,
      Marker marker,
      ParentFacts facts,
      Progress progress)
      throws SQLException {
    long begun = System.nanoTime();
    DatabaseSettings settings = DatabaseSettings.read(maintenance, database, owner);
    CopyMethod method = copy.methodFor(facts);
    removal.dropDatabase(maintenance, ref.branchName());
    Marker base = finished(maintenance, ref.baseName(), marker).orElse(null);
    if (base == null) {
      base = makeBase(maintenance, ref, stem, marker, facts, method, settings, progress);
    }
    Marker.Made copied = base.made();
    if (copied == null) {
      throw new IllegalStateException("a finished base says how it was made");
    }

    progress.report("branch: copying the base");
    copyFrom(maintenance, ref.baseName(), ref.branchName(), method, facts, progress);
    DatabaseCopy.letIn(
        maintenance, ref.branchName(), List.of(new Grant(EVERYTHING, ref.branchName())));
    settings.apply(maintenance, ref.branchName());
    capture(maintenance, ref, progress);
    Marker branch = marker.finished(copied.in(millisSince(begun)));
    Sql.execute(maintenance, Comments.onDatabase(maintenance, ref.branchName(), branch));
    return branch;
  }

  private Marker makeBase(
      Connection maintenance,
      BranchRef ref,
      @Nullable BranchRef stem,
      Marker marker,
      ParentFacts facts,
      CopyMethod method,
      DatabaseSettings settings,
      Progress progress)
      throws SQLException {
    removal.dropDatabase(maintenance, ref.baseName());
    Marker.Made made =
        stem == null
            ? copyParent(maintenance, ref, facts, method, progress)
            : copyStem(maintenance, ref, stem, facts, method, progress);
    DatabaseCopy.letIn(
        maintenance,
        ref.baseName(),
        List.of(new Grant(EVERYTHING, ref.baseName()), new Grant("CREATE", ref.branchName())));
    settings.apply(maintenance, ref.baseName());
    Marker base = marker.finished(made.with(handOver(ref, progress)));
    Sql.execute(maintenance, Comments.onDatabase(maintenance, ref.baseName(), base));
    return base;
  }

  /** As the reader, whose the log then is; nobody else is in the branch yet. */
  private void capture(Connection maintenance, BranchRef ref, Progress progress)
      throws SQLException {
    try (Connection branch =
        new Logins(parent).asReader(maintenance, ref, ref.branchName(), Place.branch(ref))) {
      KeyCapture.install(branch, parent.name(), progress);
    }
  }

  private Marker.Made copyStem(
      Connection maintenance,
      BranchRef ref,
      BranchRef stem,
      ParentFacts facts,
      CopyMethod method,
      Progress progress)
      throws SQLException {
    Marker.Made of =
        DatabaseCopy.markerOf(maintenance, stem.baseName())
            .filter(marker -> marker.ref().equals(stem))
            .map(Marker::made)
            .orElseThrow(
                () ->
                    new OffshootException(
                        ErrorCode.BRANCH_GONE,
                        "the copy of parent '%s' that all variants begin from is not there any more"
                            .formatted(parent.name())));
    progress.report("branch: copying what all variants begin from");
    copyFrom(maintenance, stem.baseName(), ref.baseName(), method, facts, progress);
    return new Marker.Made(
        of.branchPoint(), 0, method.name(), of.parentBytes(), null, of.source(), null);
  }

  /** Makes the base of the parent, or of its source copy while nobody may put another in place. */
  private Marker.Made copyParent(
      Connection maintenance,
      BranchRef ref,
      ParentFacts facts,
      CopyMethod method,
      Progress progress)
      throws SQLException {
    if (source == null) {
      return copyNow(maintenance, ref, facts, method, progress, null);
    }
    Maintenance.share(maintenance, source.lock(), progress);
    try {
      progress.report("branch: comparing the source copy with the parent");
      SourceInfo info = source.look(maintenance);
      source.requireUpToDate(info);
      return copyNow(maintenance, ref, facts, method, progress, info);
    } finally {
      if (!maintenance.isClosed()) {
        Maintenance.unshare(maintenance, source.lock());
      }
    }
  }

  private Marker.Made copyNow(
      Connection maintenance,
      BranchRef ref,
      ParentFacts facts,
      CopyMethod method,
      Progress progress,
      @Nullable SourceInfo info)
      throws SQLException {
    Fence.Copy<Instant> copying =
        () -> {
          progress.report("branch: copying the parent");
          copyFrom(maintenance, database, ref.baseName(), method, facts, progress);
          // Sessions were shut out while it was copied, so this is still how the parent was.
          return Sql.only(
                  maintenance,
                  "SELECT clock_timestamp()",
                  row -> row.getObject(1, OffsetDateTime.class))
              .toInstant();
        };
    Copied copied = copied(maintenance, ref, progress, copying);
    Instant branchPoint =
        info == null || info.refreshedAt() == null ? copied.at() : info.refreshedAt();
    return new Marker.Made(
        branchPoint, 0, method.name(), facts.bytes(), copied.outageMillis(), info, null);
  }

  private record Copied(Instant at, @Nullable Long outageMillis) {}

  private Copied copied(
      Connection maintenance, BranchRef ref, Progress progress, Fence.Copy<Instant> copying)
      throws SQLException {
    boolean mayFence = parent.copying().onBusy() == OnBusy.FENCE;
    // Short sessions of ours end by themselves; the server waits for them.
    boolean inUse =
        Occupants.of(maintenance, database).stream().anyMatch(occupant -> !occupant.isOurs());
    if (!mayFence || !inUse) {
      try {
        return new Copied(copying.make(), null);
      } catch (OffshootException e) {
        // Somebody may have connected in between.
        if (!mayFence || e.code() != ErrorCode.PARENT_BUSY) {
          throw e;
        }
      }
    }
    Fence.Fenced<Instant> fenced = fence.during(maintenance, ref, progress, copying);
    return new Copied(fenced.result(), fenced.outageMillis());
  }

  /** What is done in the base as the owner, in one session; the values reserved for it. */
  private List<SequenceBlock> handOver(BranchRef ref, Progress progress) throws SQLException {
    try (Connection base =
        SessionSettings.open(parent.url(), parent.username(), parent.password(), ref.baseName())) {
      List<SequenceBlock> blocks = reservation.into(base, progress);
      SensitiveNames.require(parent, base);
      new OwnershipTransfer(parent).run(base, ref.branchName(), ref.baseName(), progress);
      return blocks;
    } catch (SQLException e) {
      throw SqlErrors.working(parent.place(), "handing over its copy", e);
    }
  }

  private void copyFrom(
      Connection maintenance,
      String template,
      String name,
      CopyMethod method,
      ParentFacts facts,
      Progress progress)
      throws SQLException {
    try {
      copy.make(maintenance, template, name, method, facts, progress);
    } catch (SQLException e) {
      if ("55006".equals(e.getSQLState())) {
        throw Occupants.refusal(maintenance, parent, template, e);
      }
      throw e;
    }
  }
}
