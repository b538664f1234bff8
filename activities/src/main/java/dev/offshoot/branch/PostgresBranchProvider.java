package dev.offshoot.branch;

import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ParentView;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Branches as databases of the server on which the parent is, or its source copy, copied by {@code
 * CREATE DATABASE ... TEMPLATE}.
 *
 * <p>All it knows stands on the server (names, comments), so any worker may go on where another
 * left off; work on one branch is serialised by an advisory lock on the maintenance database.
 * Thread-safe. Connects when first used; {@link #close} ends the pooled sessions.
 */
public final class PostgresBranchProvider implements BranchProvider, AutoCloseable {
  static final String KIND = "postgres";
  private static final Logger LOG = LoggerFactory.getLogger(PostgresBranchProvider.class);

  private final ParentConfig parent;

  /** The parent as seen from where its branches live. */
  private final ParentConfig home;

  private final String database;
  private final Maintenance maintenance;
  private final Maintenance atParent;
  private final Roles roles;
  private final ServerRoom room;
  private final Removal removal;
  private final Fence fence;
  private final BranchMaker maker;
  private final Savepoints savepoints;
  private final Logins logins;
  private final ScratchCopies scratchCopies;
  private final Optional<SourceCopy> source;
  private final Sentinel sentinel;

  public PostgresBranchProvider(ParentConfig parent) {
    this.parent = parent;
    this.home = parent.home();
    this.database = SessionSettings.databaseOf(home.url(), home.username());
    this.maintenance = new Maintenance(home);
    this.sentinel = new Sentinel(maintenance::dedicated);
    this.maintenance.whenLockedOut(sentinel::endGreedy);
    this.atParent = home.isSourceCopy() ? new Maintenance(parent) : maintenance;
    this.roles = new Roles(home);
    this.room = new ServerRoom(home, roles);
    this.removal = new Removal(home, roles);
    this.fence = new Fence(home, database, roles, maintenance);
    this.source = SourceCopy.of(parent);
    this.maker =
        new BranchMaker(
            home,
            database,
            parent.username(),
            removal,
            fence,
            source.orElse(null),
            new SequenceReservation(parent));
    this.savepoints = new Savepoints(home, UnaryOperator.identity(), parent.username(), removal);
    this.logins = new Logins(home);
    this.scratchCopies = new ScratchCopies(parent, parentDatabase(), new Removal(parent, roles));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void requireFit() {
    run(
        "looking at the parent",
        maintenance.dedicated(),
        session -> Fitness.require(home, database, ParentFacts.read(session, database)));
  }

  @Override
  public Room room() {
    return during(
        "looking for room",
        maintenance.pooled(),
        session -> room.look(session, ParentFacts.read(session, database)));
  }

  @Override
  public BranchInfo create(
      BranchRef ref, @Nullable BranchRef stem, Instant deadline, Progress progress) {
    return create(
        ref,
        ref.branchName(),
        deadline,
        progress,
        (session, marker, facts) -> maker.make(session, ref, stem, marker, facts, progress));
  }

  @Override
  public BranchInfo createStem(BranchRef stem, Instant deadline, Progress progress) {
    return create(
        stem,
        stem.baseName(),
        deadline,
        progress,
        (session, marker, facts) -> maker.makeStem(session, stem, marker, facts, progress));
  }

  @FunctionalInterface
  private interface Making {
    Marker in(Connection maintenance, Marker marker, ParentFacts facts) throws SQLException;
  }

  /**
   * @param last the database that is finished last
   */
  private BranchInfo create(
      BranchRef ref, String last, Instant deadline, Progress progress, Making making) {
    Marker marker = Marker.unfinished(ref, deadline);
    return during(
        "making a branch",
        maintenance.dedicated(),
        session -> {
          Maintenance.lock(session, lockOf(ref), progress);
          ParentFacts facts = ParentFacts.read(session, database);
          Fitness.require(home, database, facts);
          var unused = fence.open(session);
          Optional<Marker> finished = BranchMaker.finished(session, last, marker);
          if (finished.isPresent()) {
            return info(ref, finished.get(), facts);
          }
          roles.reserve(session, ref, marker, facts.grantsHaveOptions());
          return info(ref, makeOrRemove(session, ref, marker, facts, making), facts);
        });
  }

  @Override
  public Connection openForExperiment(BranchRef ref) {
    return during(
        "logging in for the experiment",
        maintenance.pooled(),
        session -> logins.asExperiment(session, ref, ref.branchName()));
  }

  @Override
  public SessionGuard guard(Connection experiment) {
    try {
      return PostgresSessionGuard.over(maintenance::dedicated, processOf(experiment));
    } catch (SQLException e) {
      throw SqlErrors.working(home.place(), "guarding the experiment's session", e);
    }
  }

  @Override
  public SessionGuard guardMerge(Connection merge) {
    try {
      return PostgresSessionGuard.over(atParent::dedicated, processOf(merge));
    } catch (SQLException e) {
      throw SqlErrors.working(Place.parent(parent.name()), "guarding the merge's session", e);
    }
  }

  private static int processOf(Connection session) throws SQLException {
    return session.unwrap(PGConnection.class).getBackendPID();
  }

  @Override
  public long bytes(BranchRef ref) {
    return during(
        "measuring a branch",
        maintenance.pooled(),
        session ->
            Sql.first(
                    session,
                    "SELECT pg_database_size(oid) FROM pg_database WHERE datname = ?",
                    row -> row.getLong(1),
                    ref.branchName())
                .orElse(0L));
  }

  @Override
  public void endExperiment(BranchRef ref) {
    run(
        "ending an experiment's sessions",
        maintenance.pooled(),
        session -> {
          if (Roles.exists(session, ref.branchName())) {
            Logins.shut(session, ref.branchName());
          }
        });
  }

  @Override
  public void endSessions(BranchRef ref) {
    run(
        "ending an experiment's sessions",
        maintenance.pooled(),
        session -> Sessions.endOfRole(session, ref.branchName()));
  }

  @Override
  public ConnectAnswer openConnection(BranchRef ref, String verifier) {
    standBy();
    return during(
        "letting an agent connect",
        maintenance.dedicated(),
        session -> {
          Maintenance.lock(session, lockOf(ref), Progress.NONE);
          return AgentLogin.address(
              home.url(),
              Optional.ofNullable(parent.agentAddress()),
              ref.branchName(),
              ref,
              AgentLogin.open(session, ref, ref.branchName(), verifier));
        });
  }

  @Override
  public void closeConnection(BranchRef ref) {
    run(
        "shutting an agent's login",
        maintenance.dedicated(),
        session -> {
          Maintenance.lock(session, lockOf(ref), Progress.NONE);
          AgentLogin.close(session, ref, ref.branchName());
        });
  }

  @Override
  public ConnectionUse connectionUse(BranchRef ref) {
    return during(
        "looking at an agent's connections",
        maintenance.pooled(),
        session -> {
          AgentLogin.endStalling(session, ref);
          boolean greedy = AgentLogin.endGreedy(session, ref);
          AgentLogin.Use use = AgentLogin.use(session, ref);
          return new ConnectionUse(use.connections(), use.quiet(), greedy);
        });
  }

  /** Whoever fills the server's lock table keeps everybody from logging in. */
  @Override
  public ConnectionGuard guardConnections(BranchRef ref) {
    standBy();
    return () -> {
      standBy();
      boolean greedy = sentinel.endGreedy();
      ConnectionUse use = connectionUse(ref);
      return new ConnectionUse(use.connections(), use.quiet(), greedy || use.greedy());
    };
  }

  private void standBy() {
    try {
      sentinel.stand();
    } catch (SQLException e) {
      throw SqlErrors.working(home.place(), "standing by for agents' connections", e);
    }
  }

  @Override
  public void takeSavepoint(BranchRef ref, int number, Progress progress) {
    run(
        "taking a savepoint",
        maintenance.dedicated(),
        session -> {
          Maintenance.lock(session, lockOf(ref), progress);
          savepoints.take(session, ref, number, progress);
        });
  }

  @Override
  public void returnToSavepoint(BranchRef ref, int number, Progress progress) {
    run(
        "returning to a savepoint",
        maintenance.dedicated(),
        session -> {
          Maintenance.lock(session, lockOf(ref), progress);
          savepoints.returnTo(session, ref, number, progress);
        });
  }

  @Override
  public void forgetSavepoint(BranchRef ref, int number) {
    run(
        "forgetting a savepoint",
        maintenance.dedicated(),
        session -> {
          Maintenance.lock(session, lockOf(ref), Progress.NONE);
          savepoints.forget(session, ref, number);
        });
  }

  @Override
  public Connection openBranchForReading(BranchRef ref) {
    return during(
        "logging in to read a branch",
        maintenance.pooled(),
        session -> logins.asReader(session, ref, ref.branchName(), Place.branch(ref)));
  }

  @Override
  public Connection openBaseForReading(BranchRef ref) {
    return during(
        "logging in to read a base",
        maintenance.pooled(),
        session -> logins.asReader(session, ref, ref.baseName(), Place.base(ref)));
  }

  @Override
  public Compared openForComparison(BranchRef ref) {
    return during(
        "logging in to compare a branch with its base",
        maintenance.pooled(),
        session -> logins.asReaderOfBoth(session, ref));
  }

  @Override
  public Connection openParent() {
    try {
      return SessionSettings.open(
          parent.url(), parent.username(), parent.password(), parentDatabase());
    } catch (SQLException e) {
      throw SqlErrors.connecting(Place.parent(parent.name()), e);
    }
  }

  @Override
  public Connection openBesideParent() {
    return atParent.dedicated();
  }

  @Override
  public void extend(BranchRef ref, Instant deadline) {
    run(
        "extending a lease",
        maintenance.dedicated(),
        session -> {
          Maintenance.lock(session, lockOf(ref), Progress.NONE);
          Leases.extend(session, ref, deadline);
        });
  }

  @Override
  public List<SequenceBlock> sequenceBlocks(BranchRef ref) {
    return during(
        "looking for reserved values",
        maintenance.pooled(),
        session ->
            DatabaseCopy.markerOf(session, ref.baseName())
                .filter(marker -> marker.ref().equals(ref))
                .map(Marker::made)
                .map(Marker.Made::blocks)
                .orElse(List.of()));
  }

  @Override
  public void drop(BranchRef ref) {
    run(
        "dropping a branch",
        maintenance.dedicated(),
        session -> {
          Maintenance.lock(session, lockOf(ref), Progress.NONE);
          if (isOursToDrop(session, ref)) {
            // Its role says that it fences, and goes.
            var unused = fence.open(session);
            removal.run(session, maintenance::dedicated, ref);
          }
        });
  }

  @Override
  public List<BranchRef> standing() {
    return during(
        "listing branches",
        maintenance.pooled(),
        session -> roles.standing(session).stream().map(Marker::ref).distinct().toList());
  }

  @Override
  public Scratch scratch(BranchRef ref, Progress progress) {
    Connection session = atParent.dedicated();
    try {
      return scratchCopies.make(session, ref, progress);
    } catch (SQLException e) {
      scratchCopies.delete(session, ref);
      throw SqlErrors.working(Place.parent(parent.name()), "copying it for a rehearsal", e);
    } catch (OffshootException e) {
      scratchCopies.delete(session, ref);
      throw e;
    }
  }

  @Override
  public void recover() {
    sentinel.leaveIfIdle();
    try {
      run("opening what was left fenced", maintenance.pooled(), fence::open);
      run("deleting scratch copies", atParent.pooled(), scratchCopies::sweep);
    } catch (OffshootException e) {
      LOG.info("parent {}: {}", parent.name(), e.failure().message());
    }
  }

  @Override
  public ParentView view() {
    return new Viewing(parent, home, database, roles, source.orElse(null)).view(maintenance);
  }

  @Override
  public List<HealthFinding> examine() {
    return new Examination(home, database, roles, room, fence, source.orElse(null))
        .run(maintenance);
  }

  @Override
  public void close() {
    sentinel.close();
    maintenance.close();
    if (home.isSourceCopy()) {
      atParent.close();
    }
  }

  private String parentDatabase() {
    return SessionSettings.databaseOf(parent.url(), parent.username());
  }

  private Marker makeOrRemove(
      Connection session, BranchRef ref, Marker marker, ParentFacts facts, Making making)
      throws SQLException {
    try {
      return making.in(session, marker, facts);
    } catch (SQLException | RuntimeException e) {
      try {
        removal.run(session, maintenance::dedicated, ref);
      } catch (SQLException | OffshootException leftover) {
        // The next attempt or the drop removes it; what matters is why making failed.
        e.addSuppressed(leftover);
      }
      throw e;
    }
  }

  /** A role of that name which marks another parent's branch is not ours. */
  private boolean isOursToDrop(Connection session, BranchRef ref) throws SQLException {
    return Roles.markerOf(session, ref.branchName())
        .map(marker -> marker.parent().equals(parent.name()))
        .orElse(true);
  }

  private BranchInfo info(BranchRef ref, Marker marker, ParentFacts facts) {
    Marker.@Nullable Made made = marker.made();
    if (made == null) {
      throw new IllegalStateException("a finished branch says how it was made");
    }
    return new BranchInfo(
        ref,
        kind(),
        made.branchPoint(),
        made.createMillis(),
        made.copyMethod(),
        made.parentBytes(),
        facts.versionName(),
        parent.maxTtl(),
        made.outageMillis(),
        made.source());
  }

  private static String lockOf(BranchRef ref) {
    return "offshoot branch " + ref.branchName();
  }

  @FunctionalInterface
  private interface Work<T> {
    T in(Connection session) throws SQLException;
  }

  @FunctionalInterface
  private interface Task {
    void in(Connection session) throws SQLException;
  }

  private void run(String doing, Connection session, Task task) {
    during(
        doing,
        session,
        open -> {
          task.in(open);
          return true;
        });
  }

  /** Closes {@code session} afterwards and says what its errors mean. */
  private <T> T during(String doing, Connection session, Work<T> work) {
    try (session) {
      return work.in(session);
    } catch (SQLException e) {
      throw SqlErrors.administering(home.place(), doing, e);
    }
  }
}
