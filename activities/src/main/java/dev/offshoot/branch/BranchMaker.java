package dev.offshoot.branch;

import dev.offshoot.branch.DatabaseCopy.Grant;
import dev.offshoot.changelog.KeyCapture;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.sql.Place;
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

/**
 * Makes the databases of one branch: base from parent, everything in it handed over, branch from
 * base. A database is finished when its comment says so; an unfinished one is dropped and remade.
 */
final class BranchMaker {
  private static final String EVERYTHING = "CONNECT, TEMPORARY, CREATE";

  private final ParentConfig parent;
  private final String database;
  private final DatabaseCopy copy;
  private final Removal removal;

  BranchMaker(ParentConfig parent, String database, Removal removal) {
    this.parent = parent;
    this.database = database;
    this.copy = new DatabaseCopy(parent);
    this.removal = removal;
  }

  /** The marker of a finished branch of that making, if there is one. */
  static Optional<Marker> finished(Connection maintenance, String name, Marker marker)
      throws SQLException {
    return DatabaseCopy.markerOf(maintenance, name)
        .filter(standing -> standing.made() != null && standing.isOfTheSameMaking(marker));
  }

  Marker make(
      Connection maintenance, BranchRef ref, Marker marker, ParentFacts facts, Progress progress)
      throws SQLException {
    long begun = System.nanoTime();
    DatabaseSettings settings = DatabaseSettings.read(maintenance, database, parent.username());
    CopyMethod method = copy.methodFor(facts);
    removal.dropDatabase(maintenance, ref.branchName());
    Marker base = finished(maintenance, ref.baseName(), marker).orElse(null);
    if (base == null) {
      base = makeBase(maintenance, ref, marker, facts, method, settings, progress);
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
    Marker branch =
        marker.finished(
            new Marker.Made(
                copied.branchPoint(),
                Duration.ofNanos(System.nanoTime() - begun).toMillis(),
                copied.copyMethod(),
                copied.parentBytes()));
    Sql.execute(maintenance, Comments.onDatabase(maintenance, ref.branchName(), branch));
    return branch;
  }

  private Marker makeBase(
      Connection maintenance,
      BranchRef ref,
      Marker marker,
      ParentFacts facts,
      CopyMethod method,
      DatabaseSettings settings,
      Progress progress)
      throws SQLException {
    removal.dropDatabase(maintenance, ref.baseName());
    progress.report("branch: copying the parent");
    copyFrom(maintenance, database, ref.baseName(), method, facts, progress);
    // Sessions were shut out while it was copied, so this is still how the parent was.
    Instant branchPoint =
        Sql.only(
                maintenance,
                "SELECT clock_timestamp()",
                row -> row.getObject(1, OffsetDateTime.class))
            .toInstant();
    DatabaseCopy.letIn(
        maintenance,
        ref.baseName(),
        List.of(new Grant(EVERYTHING, ref.baseName()), new Grant("CREATE", ref.branchName())));
    settings.apply(maintenance, ref.baseName());
    handOver(ref, progress);
    Marker base = marker.finished(new Marker.Made(branchPoint, 0, method.name(), facts.bytes()));
    Sql.execute(maintenance, Comments.onDatabase(maintenance, ref.baseName(), base));
    return base;
  }

  /** As the reader, whose the log then is; nobody else is in the branch yet. */
  private void capture(Connection maintenance, BranchRef ref, Progress progress)
      throws SQLException {
    try (Connection branch = new Logins(parent).asReader(maintenance, ref, ref.branchName())) {
      KeyCapture.install(branch, parent.name(), progress);
    }
  }

  private void handOver(BranchRef ref, Progress progress) throws SQLException {
    try (Connection base =
        SessionSettings.open(parent.url(), parent.username(), parent.password(), ref.baseName())) {
      new OwnershipTransfer(parent).run(base, ref.branchName(), ref.baseName(), progress);
    } catch (SQLException e) {
      throw SqlErrors.working(Place.parent(parent.name()), "handing over its copy", e);
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
        throw Occupants.refusal(maintenance, parent.name(), template, e);
      }
      throw e;
    }
  }
}
