package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RefreshReport;
import dev.offshoot.sql.CatalogFingerprint;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Makes a parent's source copy anew: {@code pg_dump | pg_restore} into a database beside it, which
 * takes its name in one transaction at the end. Nobody on the parent is interrupted; branches that
 * stand are copies already; whoever copies the source meanwhile gets the old one whole.
 *
 * <p>Fails without a trace: the old copy stays, the new one is dropped, by us or by the next that
 * refreshes.
 */
public final class SourceRefresh {
  private static final long MILLIS_BETWEEN_SIZES = 1_000;

  private static final String SNAPSHOT =
      """
      SELECT pg_catalog.pg_export_snapshot() AS snapshot,
             pg_catalog.transaction_timestamp() AS at,
             (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class AS c
              JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
              WHERE c.relkind = 'r' AND c.relpersistence <> 't'
                AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'offshoot')) AS tables
      """;

  private final ParentConfig parent;
  private final ParentConfig home;
  private final SourceCopy source;
  private final SourcePlace place;

  /**
   * @throws OffshootException {@code BAD_SPEC} if branches are made of the parent itself
   */
  public SourceRefresh(ParentConfig parent) {
    this.parent = parent;
    this.home = parent.home();
    this.source =
        SourceCopy.of(parent)
            .orElseThrow(
                () ->
                    new OffshootException(
                        ErrorCode.BAD_SPEC,
                        "parent '%1$s': its branches are made of itself, so there is no copy to refresh; configure parents.%1$s.source"
                            .formatted(parent.name())));
    this.place = new SourcePlace(home, source);
  }

  /** Age of the copy that stands; empty if there is none or nobody noted it. */
  public Optional<Duration> age() {
    try (Connection maintenance = openHome()) {
      return SourceMarker.parse(SourceMarker.commentOf(maintenance, source.database()))
          .flatMap(marker -> Optional.ofNullable(marker.refreshedAt()))
          .map(at -> Duration.between(at, Instant.now()));
    } catch (SQLException e) {
      throw SqlErrors.working(home.place(), "looking at its age", e);
    }
  }

  /**
   * Makes it anew.
   *
   * @throws OffshootException {@code PARENT_UNSUITABLE} if programs, rights, extensions or roles
   *     are missing; {@code PARENT_BUSY} if the old copy is in use and not ours to free
   */
  public RefreshReport run(Progress progress) {
    long begun = System.nanoTime();
    try (Connection maintenance = openHome()) {
      Maintenance.lock(maintenance, place.refreshLock(), progress);
      place.requireFree(maintenance);
      place.dropLeftovers(maintenance);
      try (Connection snapshot = openParent()) {
        return refresh(maintenance, snapshot, begun, progress);
      } finally {
        place.dropLeftovers(maintenance);
      }
    } catch (SQLException e) {
      throw SqlErrors.administering(home.place(), "making it anew", e);
    }
  }

  private record Seen(String snapshot, Instant at, long tables) {}

  private RefreshReport refresh(
      Connection maintenance, Connection snapshot, long begun, Progress progress)
      throws SQLException {
    PostgresTools tools = new PostgresTools(source.config().pgBin());
    requireVersions(maintenance, snapshot, tools.majorVersion());
    snapshot.setAutoCommit(false);
    Sql.execute(snapshot, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    Seen seen =
        Sql.only(
            snapshot,
            SNAPSHOT,
            row ->
                new Seen(
                    row.getString("snapshot"),
                    row.getObject("at", OffsetDateTime.class).toInstant(),
                    row.getLong("tables")));
    CatalogFingerprint parentsSchema = CatalogFingerprint.read(snapshot);
    List<String> notes = new ArrayList<>();
    List<String> missing = place.missingRoles(maintenance, snapshot);
    if (!missing.isEmpty()) {
      notes.add(
          "privileges are left out, since the copy's server has no role %s"
              .formatted(String.join(", ", missing)));
    }

    progress.report("refresh: starting");
    place.create(maintenance, snapshot);
    SourceMarker marker = SourceMarker.unfinished(parent.name());
    marker.write(maintenance, place.next());
    int tables =
        new DumpAndRestore(tools, parent, home)
            .run(
                SessionSettings.databaseOf(parent.url(), parent.username()),
                place.next(),
                seen.snapshot(),
                missing.isEmpty(),
                sizes(maintenance, seen.tables(), progress));
    snapshot.rollback();
    Map<String, String> reworded = settle(parentsSchema, progress);
    applySettings(maintenance);
    marker.finished(seen.at(), reworded).write(maintenance, place.next());

    progress.report("refresh: putting the new copy in place");
    place.swap(maintenance, progress);
    return new RefreshReport(
        parent.name(),
        source.database(),
        seen.at(),
        tables,
        place.size(maintenance, source.database()),
        Duration.ofNanos(System.nanoTime() - begun).toMillis(),
        List.copyOf(notes));
  }

  /** The dump's makers promise no older server than themselves, and no older target either. */
  private void requireVersions(Connection maintenance, Connection snapshot, int tools)
      throws SQLException {
    int atParent = snapshot.getMetaData().getDatabaseMajorVersion();
    int atHome = maintenance.getMetaData().getDatabaseMajorVersion();
    if (atParent > tools || tools > atHome) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "%s: the parent is Postgres %d, the copy's server %d, and pg_dump and pg_restore %d; the programs must be no older than the parent and no newer than the copy's server (set source.pgBin)"
              .formatted(home.place(), atParent, atHome, tools));
    }
  }

  /** Says how far it is, with the size once a second. */
  private Consumer<String> sizes(Connection maintenance, long tables, Progress progress) {
    AtomicLong bytes = new AtomicLong();
    AtomicLong asked = new AtomicLong(System.nanoTime());
    return what -> {
      long now = System.nanoTime();
      if (Duration.ofNanos(now - asked.get()).toMillis() > MILLIS_BETWEEN_SIZES) {
        asked.set(now);
        try {
          bytes.set(place.size(maintenance, place.next()));
        } catch (SQLException e) {
          throw SqlErrors.working(home.place(), "restoring it", e);
        }
      }
      progress.report("refresh: %s of %d, %d MB".formatted(what, tables, bytes.get() >> 20));
    };
  }

  /** Statistics are not dumped; and what only the dump rewords is no drift later. */
  private Map<String, String> settle(CatalogFingerprint parentsSchema, Progress progress)
      throws SQLException {
    progress.report("refresh: analysing");
    try (Connection copy =
        SessionSettings.open(home.url(), home.username(), home.password(), place.next())) {
      SessionSettings.applyForReading(copy);
      Sql.execute(copy, "ANALYZE");
      return SourceCopy.reworded(CatalogFingerprint.read(copy), parentsSchema);
    }
  }

  /** Names on the copy must mean what they mean to the owner on the parent. */
  private void applySettings(Connection maintenance) throws SQLException {
    DatabaseSettings settings;
    try (Connection atParent =
        SessionSettings.open(
            parent.url(), parent.username(), parent.password(), parent.maintenanceDatabase())) {
      settings =
          DatabaseSettings.read(
              atParent,
              SessionSettings.databaseOf(parent.url(), parent.username()),
              parent.username());
    }
    settings.apply(maintenance, place.next());
  }

  private Connection openHome() {
    try {
      return SessionSettings.open(
          home.url(), home.username(), home.password(), home.maintenanceDatabase());
    } catch (SQLException e) {
      throw SqlErrors.connecting(home.place(), e);
    }
  }

  private Connection openParent() {
    try {
      return SessionSettings.open(
          parent.url(),
          parent.username(),
          parent.password(),
          SessionSettings.databaseOf(parent.url(), parent.username()));
    } catch (SQLException e) {
      throw SqlErrors.connecting(Place.parent(parent.name()), e);
    }
  }
}
