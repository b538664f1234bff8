package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.HealthFinding.Level;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Measures how many more branches a server has room for: connections, storage and disk. */
final class ServerRoom {
  /** Sessions of the worker's own while a branch is made, run, read or merged. */
  private static final int OWN_SESSIONS = 3;

  /** Its role may use as many as its limit says. */
  private static final int SESSIONS = Roles.SESSIONS + OWN_SESSIONS;

  /** Left to others. */
  private static final int SPARE = 2;

  /**
   * Idle sessions of ours are there to be used. Of others' sessions a plain role does not see of
   * which kind they are, but only clients' have a database and a user.
   */
  private static final String CONNECTIONS =
      """
      WITH sessions AS (
        SELECT datid, usesysid,
               pid = pg_backend_pid()
                 OR application_name = 'offshoot' AND state = 'idle'
                   AND datname = current_database() AND usename = current_user AS ours
        FROM pg_stat_activity
        WHERE datid IS NOT NULL AND usesysid IS NOT NULL
          AND coalesce(backend_type, 'client backend') = 'client backend')
      SELECT current_setting('max_connections')::int AS most,
             current_setting('superuser_reserved_connections')::int
               + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved,
             (SELECT count(*) FROM sessions) AS used,
             r.rolconnlimit AS role_limit,
             (SELECT count(*) FROM sessions WHERE usesysid = r.oid AND ours IS NOT TRUE) AS of_role,
             d.datconnlimit AS database_limit,
             (SELECT count(*) FROM sessions WHERE datid = d.oid AND ours IS NOT TRUE) AS in_database
      FROM pg_roles AS r, pg_database AS d
      WHERE r.rolname = current_user AND d.datname = current_database()
      """;

  private static final String DATABASES =
      """
      SELECT pg_database_size(oid) AS bytes, shobj_description(oid, 'pg_database') AS marker
      FROM pg_database WHERE datname = ANY (?)
      """;

  private final ParentConfig home;
  private final Roles roles;
  private final DatabaseCopy copy;

  /**
   * @param home the parent as seen from where its branches live
   */
  ServerRoom(ParentConfig home, Roles roles) {
    this.home = home;
    this.roles = roles;
    this.copy = new DatabaseCopy(home);
  }

  /**
   * One thing that branches need.
   *
   * @param branches how many more it is enough for now
   * @param possible whether it can ever be enough for one
   * @param finding what there is and what a branch needs
   * @param remedy what to do about it
   */
  record Measure(long branches, boolean possible, String finding, String remedy) {}

  /**
   * @throws OffshootException {@code PARENT_UNSUITABLE} if there will never be room for one
   */
  Room look(Connection maintenance, ParentFacts facts) throws SQLException {
    List<Measure> measures = measures(maintenance, facts);
    for (Measure measure : measures) {
      if (!measure.possible()) {
        throw new OffshootException(
            ErrorCode.PARENT_UNSUITABLE,
            "%s: %s; %s".formatted(home.place(), measure.finding(), measure.remedy()));
      }
    }
    return measures.stream()
        .min(Comparator.comparingLong(Measure::branches))
        .map(
            least ->
                new Room(
                    (int) Math.min(Math.max(0, least.branches()), Integer.MAX_VALUE),
                    least.finding()))
        .orElse(Room.UNLIMITED);
  }

  /** The same for {@code doctor}. */
  List<HealthFinding> findings(Connection maintenance, ParentFacts facts, String subject)
      throws SQLException {
    List<HealthFinding> findings = new ArrayList<>();
    for (Measure measure : measures(maintenance, facts)) {
      boolean enough = measure.branches() > 0;
      Level level = !measure.possible() ? Level.BROKEN : enough ? Level.OK : Level.WARNING;
      findings.add(
          new HealthFinding(subject, level, measure.finding(), enough ? "" : measure.remedy()));
    }
    return findings;
  }

  private List<Measure> measures(Connection maintenance, ParentFacts facts) throws SQLException {
    List<Measure> measures = new ArrayList<>(connections(maintenance));
    // A clone shares its blocks with what it was cloned from until they are written.
    long next = copy.methodFor(facts) == CopyMethod.CLONE ? 0 : 2 * facts.bytes();
    Long most = home.storage().most();
    if (most != null) {
      measures.add(budget(taken(maintenance), next, most));
    }
    Path directory = home.storage().directory();
    if (directory != null) {
      measures.add(disk(directory, next, home.storage().leastFree()));
    }
    return measures;
  }

  private List<Measure> connections(Connection maintenance) throws SQLException {
    return Sql.only(
        maintenance,
        CONNECTIONS,
        row -> {
          List<Measure> measures = new ArrayList<>();
          int usable = row.getInt("most") - row.getInt("reserved");
          long free = Math.max(0, usable - row.getLong("used"));
          measures.add(
              new Measure(
                  (free - SPARE) / SESSIONS,
                  usable >= SESSIONS + SPARE,
                  "the server of %s has %d of %d connections free, a branch needs %d and %d are left to others"
                      .formatted(home.place(), free, row.getInt("most"), SESSIONS, SPARE),
                  "close sessions, or raise its max_connections"));
          limit(
                  "role " + home.username(),
                  row.getInt("role_limit"),
                  row.getLong("of_role"),
                  "raise its CONNECTION LIMIT (ALTER ROLE)")
              .forEach(measures::add);
          limit(
                  "database " + home.maintenanceDatabase(),
                  row.getInt("database_limit"),
                  row.getLong("in_database"),
                  "raise its CONNECTION LIMIT (ALTER DATABASE)")
              .forEach(measures::add);
          return measures;
        });
  }

  private Stream<Measure> limit(String what, int limit, long used, String remedy) {
    if (limit < 0) {
      return Stream.empty();
    }
    long free = Math.max(0, limit - used);
    return Stream.of(
        new Measure(
            free / OWN_SESSIONS,
            limit >= OWN_SESSIONS,
            "%s on the server of %s has %d of %d connections free, a branch needs %d"
                .formatted(what, home.place(), free, limit, OWN_SESSIONS),
            remedy));
  }

  /** Bytes of all branches and bases that stand, finished or not. */
  private long taken(Connection maintenance) throws SQLException {
    String[] names =
        roles.standing(maintenance).stream()
            .map(Marker::ref)
            .distinct()
            .flatMap(ref -> Stream.of(ref.baseName(), ref.branchName()))
            .toArray(String[]::new);
    return Sql.list(
            maintenance,
            DATABASES,
            row -> own(row.getLong("bytes"), Marker.parse(row.getString("marker")).orElse(null)),
            maintenance.createArrayOf("text", names))
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private static long own(long bytes, @Nullable Marker marker) {
    Marker.Made made = marker == null ? null : marker.made();
    return made != null && made.copyMethod().equals(CopyMethod.CLONE.name())
        ? Math.max(0, bytes - made.parentBytes())
        : bytes;
  }

  private Measure budget(long taken, long next, long most) {
    return new Measure(
        fitting(most - taken, next),
        next <= most,
        "branches of parent '%s' take %s of %s, and another takes %s"
            .formatted(home.name(), Storage.shown(taken), Storage.shown(most), Storage.shown(next)),
        "raise parents.%s.max-branch-storage, or have copies cloned (copy-method)"
            .formatted(home.name()));
  }

  private Measure disk(Path directory, long next, long leastFree) {
    try {
      FileStore disk = Files.getFileStore(directory);
      long usable = disk.getUsableSpace();
      return new Measure(
          fitting(usable - leastFree, next),
          disk.getTotalSpace() >= next + leastFree,
          "the disk of the server of %s has %s free, of which %s stay free, and a branch takes %s"
              .formatted(
                  home.place(),
                  Storage.shown(usable),
                  Storage.shown(leastFree),
                  Storage.shown(next)),
          "free some, or lower parents.%s.min-free-disk".formatted(home.name()));
    } catch (IOException e) {
      return new Measure(
          0,
          false,
          "this worker does not see the disk of its branches",
          "correct parents.%s.data-directory, or leave it out".formatted(home.name()));
    }
  }

  private static long fitting(long bytes, long next) {
    if (next == 0) {
      return bytes >= 0 ? Integer.MAX_VALUE : 0;
    }
    return Math.max(0, bytes) / next;
  }
}
