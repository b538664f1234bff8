package dev.offshoot.branch;

import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.neon.NeonApi;
import dev.offshoot.neon.NeonObjects.Branch;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.sql.SequenceBlocks;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Branches as branches of the Neon project that the parent is in. Base and branch are both made of
 * the parent, at one place of its log: a branch that expires can have no children. Each is a server
 * of its own with the parent's database in it, so object ids are equal in both.
 *
 * <p>All it knows stands at Neon (names, annotations) and in the databases (comments), so any
 * worker may go on where another left off; making a branch is serialised by an advisory lock on the
 * parent. Never restores the parent: what is merged, our own merge writes. Thread-safe.
 */
public final class NeonBranchProvider implements BranchProvider {
  static final String KIND = "neon";
  private static final String COPY_METHOD = "NEON_BRANCH";

  /** Longer than a rehearsal may take. */
  private static final Duration REHEARSAL = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(NeonBranchProvider.class);

  private final ParentConfig parent;
  private final NeonHome home;
  private final NeonApi api;
  private final NeonBranches branches;
  private final NeonSessions sessions;

  /**
   * @param parent as configured, on Neon; its address and password come from there
   */
  public NeonBranchProvider(ParentConfig parent) {
    this.parent = parent;
    this.home = Objects.requireNonNull(parent.neon(), "a parent on Neon");
    this.api = new NeonApi(home.project());
    this.branches = new NeonBranches(api, home, parent.name());
    this.sessions = new NeonSessions(api, home, branches, parent);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void requireFit() {
    run(
        "looking at the parent",
        sessions.parent(Progress.NONE),
        owner -> Fitness.require(owner.at(), home.database(), facts(owner)));
  }

  /** Neon branches off any place of the log that it keeps: the stem holds that place, no server. */
  @Override
  public BranchInfo createStem(BranchRef stem, Instant deadline, Progress progress) {
    Marker marker = Marker.unfinished(stem, deadline);
    progress.report("branch: looking at the parent");
    return during(
        "making a stem",
        sessions.parent(progress),
        owner -> {
          Maintenance.lock(owner.session(), "offshoot branch " + stem.branchName(), progress);
          ParentFacts facts = facts(owner);
          Fitness.require(owner.at(), home.database(), facts);
          Optional<Branch> standing = branches.find(stem.baseName(), marker, progress);
          if (standing.isEmpty()) {
            requireRoom(progress);
          }
          Branch made =
              standing.isPresent() ? standing.get() : branches.makeStem(stem, marker, progress);
          Marker.Made how =
              new Marker.Made(made.createdAt(), 0, COPY_METHOD, facts.bytes(), null, null, null);
          return info(stem, marker.finished(how), facts);
        });
  }

  @Override
  public BranchInfo create(
      BranchRef ref, @Nullable BranchRef stem, Instant deadline, Progress progress) {
    Marker marker = Marker.unfinished(ref, deadline);
    progress.report("branch: looking at the parent");
    return during(
        "making a branch",
        sessions.parent(progress),
        owner -> {
          Maintenance.lock(owner.session(), "offshoot branch " + ref.branchName(), progress);
          ParentFacts facts = facts(owner);
          Fitness.require(owner.at(), home.database(), facts);
          Optional<Branch> base = branches.find(ref.baseName(), marker, progress);
          Optional<Branch> branch = branches.find(ref.branchName(), marker, progress);
          if (base.isPresent() && branch.isPresent()) {
            Optional<Marker> finished = finished(ref, marker, progress);
            if (finished.isPresent()) {
              return info(ref, finished.get(), facts);
            }
          }
          delete(ref, progress);
          requireRoom(progress);
          return info(ref, makeOrRemove(ref, stem, marker, facts, progress), facts);
        });
  }

  /** What its database says of itself, if it says that it is finished. */
  private Optional<Marker> finished(BranchRef ref, Marker marker, Progress progress)
      throws SQLException {
    try (NeonSessions.Owner owner = sessions.of(ref.branchName(), Place.branch(ref), progress)) {
      return BranchMaker.finished(owner.session(), home.database(), marker);
    }
  }

  private Marker makeOrRemove(
      BranchRef ref, @Nullable BranchRef stem, Marker marker, ParentFacts facts, Progress progress)
      throws SQLException {
    try {
      return make(ref, stem, marker, facts, progress);
    } catch (SQLException | RuntimeException e) {
      try {
        delete(ref, Progress.NONE);
      } catch (OffshootException leftover) {
        // The next attempt or the drop removes it; what matters is why making failed.
        e.addSuppressed(leftover);
      }
      throw e;
    }
  }

  private Marker make(
      BranchRef ref, @Nullable BranchRef stem, Marker marker, ParentFacts facts, Progress progress)
      throws SQLException {
    long begun = System.nanoTime();
    @Nullable Branch grownFrom = stem == null ? null : branches.stem(stem, progress);
    progress.report("branch: making the base");
    Branch base =
        branches.make(
            ref.baseName(), ref, marker, grownFrom == null ? null : placeOf(grownFrom), progress);
    progress.report("branch: making the branch");
    branches.make(ref.branchName(), ref, marker, placeOf(base), progress);
    List<SequenceBlock> blocks = reserve(progress);
    Instant branchPoint = grownFrom == null ? base.createdAt() : grownFrom.createdAt();
    Marker.Made made =
        new Marker.Made(branchPoint, 0, COPY_METHOD, facts.bytes(), null, null, blocks);
    try (NeonSessions.Owner owner = sessions.of(ref.baseName(), Place.base(ref), progress)) {
      new NeonCopy(owner, home.database(), ref)
          .asBase(marker.finished(made), blocks, facts, progress);
    }
    try (NeonSessions.Owner owner = sessions.of(ref.branchName(), Place.branch(ref), progress)) {
      Marker finished =
          marker.finished(made.in(Duration.ofNanos(System.nanoTime() - begun).toMillis()));
      new NeonCopy(owner, home.database(), ref).asBranch(finished, blocks, facts, progress);
      return finished;
    }
  }

  /** The place of the parent's log that a branch shows. */
  private String placeOf(Branch branch) {
    if (branch.parentLsn() == null) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "parent '%s': Neon does not say which place of the parent's log a branch shows, so that base and branch could differ"
              .formatted(parent.name()));
    }
    return branch.parentLsn();
  }

  private List<SequenceBlock> reserve(Progress progress) throws SQLException {
    if (parent.sequenceBlock() == 0) {
      return List.of();
    }
    progress.report("branch: reserving values of the parent's sequences");
    try (NeonSessions.Owner owner = sessions.parent(progress)) {
      return SequenceBlocks.reserve(owner.session(), parent.sequenceBlock());
    }
  }

  private void requireRoom(Progress progress) {
    int standing = branches.standing(progress).size();
    if (standing >= parent.maxBranches()) {
      throw new OffshootException(
          ErrorCode.LIMIT_EXCEEDED,
          "parent '%1$s': %2$d branches stand and parents.%1$s.maxBranches is %3$d; wait until one ends, or raise it"
              .formatted(parent.name(), standing, parent.maxBranches()));
    }
  }

  private BranchInfo info(BranchRef ref, Marker marker, ParentFacts facts) {
    Marker.Made made = marker.made();
    if (made == null) {
      throw new IllegalStateException("a finished branch says how it was made");
    }
    return new BranchInfo(
        ref,
        KIND,
        made.branchPoint(),
        made.createMillis(),
        made.copyMethod(),
        made.parentBytes(),
        facts.versionName(),
        parent.maxTtl(),
        null,
        null);
  }

  @Override
  public Connection openForExperiment(BranchRef ref) {
    return during(
        "logging in for the experiment",
        onBranch(ref),
        owner -> new Logins(owner.at()).asExperiment(owner.session(), ref, home.database()));
  }

  @Override
  public long bytes(BranchRef ref) {
    return during(
        "measuring a branch",
        onBranch(ref),
        owner ->
            Sql.only(
                owner.session(),
                "SELECT pg_database_size(pg_catalog.current_database())",
                row -> row.getLong(1)));
  }

  @Override
  public ConnectAnswer openConnection(BranchRef ref, String verifier) {
    String url = sessions.urlForAgents(ref.branchName(), Place.branch(ref), Progress.NONE);
    return during(
        "letting an agent connect",
        onBranch(ref),
        owner ->
            AgentLogin.address(
                url,
                Optional.ofNullable(parent.agentAddress()),
                home.database(),
                ref,
                AgentLogin.open(owner.session(), ref, home.database(), verifier)));
  }

  @Override
  public void closeConnection(BranchRef ref) {
    ifThere(
        () ->
            run(
                "shutting an agent's login",
                onBranch(ref),
                owner -> AgentLogin.close(owner.session(), ref, home.database())));
  }

  @Override
  public ConnectionUse connectionUse(BranchRef ref) {
    return during(
        "looking at an agent's connections",
        onBranch(ref),
        owner -> {
          boolean greedy = AgentLogin.endGreedy(owner.session(), ref);
          AgentLogin.Use use = AgentLogin.use(owner.session(), ref);
          return new ConnectionUse(use.connections(), use.quiet(), greedy);
        });
  }

  @Override
  public void takeSavepoint(BranchRef ref, int number, Progress progress) {
    besideBranch(
        ref,
        "taking a savepoint",
        progress,
        (session, savepoints) -> savepoints.take(session, ref, number, progress));
  }

  @Override
  public void returnToSavepoint(BranchRef ref, int number, Progress progress) {
    besideBranch(
        ref,
        "returning to a savepoint",
        progress,
        (session, savepoints) -> savepoints.returnTo(session, ref, number, progress));
  }

  @Override
  public void forgetSavepoint(BranchRef ref, int number) {
    ifThere(
        () ->
            besideBranch(
                ref,
                "forgetting a savepoint",
                Progress.NONE,
                (session, savepoints) -> savepoints.forget(session, ref, number)));
  }

  @FunctionalInterface
  private interface SavepointTask {
    void with(Connection session, Savepoints savepoints) throws SQLException;
  }

  /**
   * On the branch's server, in another database than the branch's, which is copied there as plain
   * Postgres does it: Neon's own way back would need a branch that has no end.
   */
  private void besideBranch(BranchRef ref, String doing, Progress progress, SavepointTask task) {
    ParentConfig at = sessions.serverOf(ref.branchName(), Place.branch(ref), progress);
    try (Connection session =
        SessionSettings.open(at.url(), at.username(), at.password(), at.maintenanceDatabase())) {
      Maintenance.lock(session, "offshoot branch " + ref.branchName(), progress);
      boolean hasLog = session.getMetaData().getDatabaseMajorVersion() >= 15;
      ParentConfig copying =
          at.toBuilder().copyMethod(hasLog ? CopyMethod.WAL_LOG : CopyMethod.FILE_COPY).build();
      task.with(
          session,
          new Savepoints(
              copying,
              role -> home.database(),
              at.username(),
              new Removal(copying, new Roles(copying))));
    } catch (SQLException e) {
      throw SqlErrors.working(Place.branch(ref), doing, e);
    }
  }

  @Override
  public void endSessions(BranchRef ref) {
    ifThere(
        () ->
            run(
                "ending an experiment's sessions",
                onBranch(ref),
                owner -> Sessions.endOfRole(owner.session(), ref.branchName())));
  }

  @Override
  public void endExperiment(BranchRef ref) {
    ifThere(
        () ->
            run(
                "ending an experiment's sessions",
                onBranch(ref),
                owner -> {
                  if (Roles.exists(owner.session(), ref.branchName())) {
                    Logins.shut(owner.session(), ref.branchName());
                  }
                }));
  }

  @Override
  public Connection openBranchForReading(BranchRef ref) {
    return during(
        "logging in to read a branch",
        onBranch(ref),
        owner ->
            new Logins(owner.at())
                .asReader(owner.session(), ref, home.database(), Place.branch(ref)));
  }

  @Override
  public Connection openBaseForReading(BranchRef ref) {
    return during(
        "logging in to read a base",
        sessions.of(ref.baseName(), Place.base(ref), Progress.NONE),
        owner ->
            new Logins(owner.at())
                .asReader(owner.session(), ref, home.database(), Place.base(ref)));
  }

  @Override
  public Connection openParent() {
    return sessions.parent(Progress.NONE).session();
  }

  @Override
  public List<SequenceBlock> sequenceBlocks(BranchRef ref) {
    List<SequenceBlock> blocks = new ArrayList<>();
    ifThere(
        () ->
            run(
                "looking for reserved values",
                sessions.of(ref.baseName(), Place.base(ref), Progress.NONE),
                owner ->
                    DatabaseCopy.markerOf(owner.session(), home.database())
                        .filter(marker -> marker.ref().equals(ref))
                        .map(Marker::made)
                        .map(Marker.Made::blocks)
                        .ifPresent(blocks::addAll)));
    return List.copyOf(blocks);
  }

  /** What Neon refuses to compare is told as a disagreement, since nobody has looked then. */
  @Override
  public List<String> disagreements(BranchRef ref, List<SchemaChange> ours, Progress progress) {
    if (!home.comparesSchemas()) {
      return List.of();
    }
    progress.report("asking Neon for its comparison of the schemas");
    try {
      return NeonComparison.disagreements(ours, branches.compare(ref, home.database(), progress));
    } catch (OffshootException e) {
      if (e.code().retryable() || e.code() == ErrorCode.CANCELLED) {
        throw e;
      }
      return List.of("Neon did not compare the schemas: " + e.failure().message());
    }
  }

  @Override
  public void extend(BranchRef ref, Instant deadline) {
    for (String name : List.of(ref.branchName(), ref.baseName())) {
      branches.extend(name, deadline, Progress.NONE);
      ifThere(
          () ->
              run(
                  "extending a lease",
                  sessions.of(name, Place.branch(ref), Progress.NONE),
                  owner -> extend(owner, ref, deadline)));
    }
  }

  private void extend(NeonSessions.Owner owner, BranchRef ref, Instant deadline)
      throws SQLException {
    Optional<Marker> marker = DatabaseCopy.markerOf(owner.session(), home.database());
    if (marker.isPresent()) {
      Marker later = marker.get().until(deadline);
      Roles.extend(owner.session(), ref, later);
      Sql.execute(owner.session(), Comments.onDatabase(owner.session(), home.database(), later));
    }
  }

  @Override
  public void drop(BranchRef ref) {
    delete(ref, Progress.NONE);
  }

  private void delete(BranchRef ref, Progress progress) {
    sessions.forget(ref.branchName());
    sessions.forget(ref.baseName());
    branches.delete(ref, progress);
  }

  @Override
  public List<BranchRef> standing() {
    return branches.standing(Progress.NONE);
  }

  /** A branch of the parent as it is now; nobody notices. Neon deletes it if we do not. */
  @Override
  public Scratch scratch(BranchRef ref, Progress progress) {
    if (parent.copying().rehearsalMaxBytes() == 0) {
      return new Scratch.None("rehearsals on a copy are turned off");
    }
    String name = NeonBranches.scratchName(ref);
    sessions.forget(name);
    branches.deleteScratch(ref, progress);
    progress.report("merge: making a branch of the parent for a rehearsal");
    try {
      branches.make(
          name, ref, Marker.unfinished(ref, Instant.now().plus(REHEARSAL)), null, progress);
    } catch (OffshootException e) {
      deleteScratch(ref);
      throw e;
    }
    return new Scratch.Copy() {
      @Override
      public Connection open() {
        return sessions.of(name, Place.parent(parent.name()), progress).session();
      }

      @Override
      public void close() {
        deleteScratch(ref);
      }
    };
  }

  private void deleteScratch(BranchRef ref) {
    sessions.forget(NeonBranches.scratchName(ref));
    try {
      branches.deleteScratch(ref, Progress.NONE);
    } catch (OffshootException e) {
      LOG.warn("branch {} is left for its end", NeonBranches.scratchName(ref), e);
    }
  }

  @Override
  public ParentView view() {
    return examination().view();
  }

  @Override
  public List<HealthFinding> examine() {
    return examination().run();
  }

  private NeonExamination examination() {
    return new NeonExamination(parent, home, api, branches, sessions);
  }

  private ParentFacts facts(NeonSessions.Owner owner) throws SQLException {
    return ParentFacts.read(owner.session(), home.database());
  }

  private NeonSessions.Owner onBranch(BranchRef ref) {
    return sessions.of(ref.branchName(), Place.branch(ref), Progress.NONE);
  }

  /** What is gone needs nothing more. */
  private static void ifThere(Runnable work) {
    try {
      work.run();
    } catch (OffshootException e) {
      if (e.code() != ErrorCode.BRANCH_GONE) {
        throw e;
      }
    }
  }

  @FunctionalInterface
  private interface Work<T> {
    T with(NeonSessions.Owner owner) throws SQLException;
  }

  @FunctionalInterface
  private interface Task {
    void with(NeonSessions.Owner owner) throws SQLException;
  }

  private void run(String doing, NeonSessions.Owner owner, Task task) {
    var unused =
        during(
            doing,
            owner,
            open -> {
              task.with(open);
              return true;
            });
  }

  /** Closes the session afterwards and says what its errors mean. */
  private <T> T during(String doing, NeonSessions.Owner owner, Work<T> work) {
    try (owner) {
      return work.with(owner);
    } catch (SQLException e) {
      throw SqlErrors.administering(Place.parent(parent.name()), doing, e);
    }
  }
}
