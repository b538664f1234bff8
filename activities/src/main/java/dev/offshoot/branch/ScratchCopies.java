package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and deletes throw-away copies of the parent on its own server. Whoever uses one holds an
 * advisory lock of its name; one whose lock is free was left behind, and {@link #sweep} deletes it.
 */
final class ScratchCopies {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchCopies.class);
  private static final String SUFFIX = "_scratch";

  private static final String STANDING =
      """
      SELECT datname, coalesce(shobj_description(d.oid, 'pg_database'), '') AS comment
      FROM pg_database AS d
      WHERE datname LIKE 'offshoot\\_%\\_scratch' AND pg_has_role(datdba, 'USAGE')
      ORDER BY datname
      """;

  private final ParentConfig parent;
  private final String database;
  private final DatabaseCopy copy;
  private final Removal removal;

  ScratchCopies(ParentConfig parent, String database, Removal removal) {
    this.parent = parent;
    this.database = database;
    this.copy = new DatabaseCopy(parent);
    this.removal = removal;
  }

  static String name(BranchRef ref) {
    return ref.branchName() + SUFFIX;
  }

  /**
   * Copies the parent if that disturbs nobody.
   *
   * @param maintenance a session of its own, which the copy keeps and closes
   */
  Scratch make(Connection maintenance, BranchRef ref, Progress progress) throws SQLException {
    ParentFacts facts = ParentFacts.read(maintenance, database);
    Optional<String> obstacle = obstacle(maintenance, facts);
    if (obstacle.isPresent()) {
      maintenance.close();
      return new Scratch.None(obstacle.get());
    }
    Maintenance.lock(maintenance, name(ref), progress);
    progress.report("merge: copying the parent for a rehearsal");
    removal.dropDatabase(maintenance, name(ref));
    DatabaseSettings settings = DatabaseSettings.read(maintenance, database, parent.username());
    try {
      copy.make(maintenance, database, name(ref), copy.methodFor(facts), facts, progress);
    } catch (SQLException e) {
      if (!"55006".equals(e.getSQLState())) {
        throw e;
      }
      maintenance.close();
      return new Scratch.None("the parent is busy");
    }
    Sql.execute(
        maintenance,
        Comments.onDatabase(maintenance, name(ref), Marker.unfinished(ref, Instant.now())));
    DatabaseCopy.letIn(maintenance, name(ref), List.of());
    settings.apply(maintenance, name(ref));
    return new ScratchDatabase(parent, ref, this, maintenance);
  }

  /** Deletes the copy of {@code ref} and closes the session that kept it. */
  void delete(Connection maintenance, BranchRef ref) {
    try (maintenance) {
      removal.dropDatabase(maintenance, name(ref));
    } catch (SQLException | OffshootException e) {
      LOG.warn("scratch copy {} is left for the next sweep", name(ref), e);
    }
  }

  /** Deletes those that nobody uses any more. */
  void sweep(Connection maintenance) throws SQLException {
    record Standing(String name, String comment) {}
    List<Standing> standing =
        Sql.list(
            maintenance,
            STANDING,
            row -> new Standing(row.getString("datname"), row.getString("comment")));
    for (Standing each : standing) {
      boolean ours =
          each.comment().isEmpty()
              || Marker.parse(each.comment())
                  .filter(marker -> marker.parent().equals(parent.name()))
                  .isPresent();
      if (ours && Maintenance.tryLock(maintenance, each.name())) {
        try {
          removal.dropDatabase(maintenance, each.name());
          LOG.info("deleted scratch copy {}, which nobody used any more", each.name());
        } finally {
          Maintenance.unlock(maintenance, each.name());
        }
      }
    }
  }

  private Optional<String> obstacle(Connection maintenance, ParentFacts facts) throws SQLException {
    long most = parent.copying().rehearsalMaxBytes();
    if (most == 0) {
      return Optional.of("rehearsals on a copy are turned off");
    }
    if (!facts.createDb() || !parent.username().equals(facts.databaseOwner())) {
      return Optional.of("role %s may not copy the parent".formatted(parent.username()));
    }
    if (facts.bytes() > most) {
      return Optional.of(
          "the parent has %d MB and rehearsalMaxSize is %d MB"
              .formatted(facts.bytes() >> 20, most >> 20));
    }
    List<Occupants.Occupant> occupants = Occupants.staying(maintenance, database);
    return occupants.isEmpty()
        ? Optional.empty()
        : Optional.of("the parent is busy (%s)".formatted(Occupants.shown(occupants)));
  }
}
