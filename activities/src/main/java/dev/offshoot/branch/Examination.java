package dev.offshoot.branch;

import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.HealthFinding.Level;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SourceInfo;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at a parent and its server for {@code doctor}. */
final class Examination {
  private final ParentConfig parent;
  private final String database;
  private final Roles roles;
  private final ServerRoom room;
  private final Fence fence;
  private final @Nullable SourceCopy source;
  private final String subject;

  Examination(
      ParentConfig parent,
      String database,
      Roles roles,
      ServerRoom room,
      Fence fence,
      @Nullable SourceCopy source) {
    this.parent = parent;
    this.database = database;
    this.roles = roles;
    this.room = room;
    this.fence = fence;
    this.source = source;
    this.subject = "parent " + parent.name();
  }

  /** Never throws: what keeps us from looking is a finding too. */
  List<HealthFinding> run(Maintenance maintenance) {
    List<HealthFinding> findings = new ArrayList<>();
    try (Connection session = maintenance.dedicated()) {
      look(session, findings);
    } catch (OffshootException e) {
      findings.add(broken(e.failure().message(), ""));
    } catch (SQLException e) {
      findings.add(
          broken(SqlErrors.working(parent.place(), "examining it", e).failure().message(), ""));
    }
    return findings;
  }

  private void look(Connection session, List<HealthFinding> findings) throws SQLException {
    Optional<Instant> fencedSince = fence.open(session);
    if (fencedSince.isPresent()) {
      findings.add(
          warning(
              "a worker that died had left it fenced since %s; it takes connections again"
                  .formatted(fencedSince.get()),
              "look at why that worker died; nothing else is to do"));
    }
    ParentFacts facts = ParentFacts.read(session, database);
    List<Fitness.Problem> problems = Fitness.problems(parent, database, facts);
    problems.forEach(problem -> findings.add(broken(problem.finding(), problem.remedy())));
    if (problems.isEmpty()) {
      findings.add(
          new HealthFinding(
              subject,
              Level.OK,
              "Postgres %s, %d MB, role %s is fit for branches"
                  .formatted(facts.versionName(), facts.bytes() >> 20, parent.username()),
              ""));
    }
    if (facts.databaseOwner() != null) {
      lookAtDoors(facts, findings);
      lookAtOccupants(session, findings);
      lookAtSensitiveNames(findings);
    }
    if (source != null && facts.databaseOwner() != null) {
      findings.add(lookAtSource(session, source));
    }
    findings.add(standing(session));
    if (problems.isEmpty()) {
      findings.addAll(room.findings(session, facts, subject));
    }
  }

  private void lookAtDoors(ParentFacts facts, List<HealthFinding> findings) {
    if (facts.publicConnects()) {
      findings.add(
          warning(
              "every role of the server, those of experiments included, may connect to database %s"
                  .formatted(database),
              "REVOKE CONNECT ON DATABASE %s FROM PUBLIC, and GRANT it to those who need it"
                  .formatted(Identifiers.quote(database))));
    }
    if (facts.publicConnectsToMaintenance()) {
      findings.add(
          warning(
              "every role of the server, those of experiments included, may connect to database %s"
                  .formatted(parent.maintenanceDatabase()),
              "as its owner: REVOKE CONNECT ON DATABASE %1$s FROM PUBLIC; GRANT CONNECT ON DATABASE %1$s TO %2$s"
                  .formatted(
                      Identifiers.quote(parent.maintenanceDatabase()),
                      Identifiers.quote(parent.username()))));
    }
  }

  /** In a session of its own, which is closed again at once. */
  private void lookAtSensitiveNames(List<HealthFinding> findings) throws SQLException {
    if (SensitiveNames.named(parent).isEmpty()) {
      return;
    }
    try (Connection inside =
        SessionSettings.open(parent.url(), parent.username(), parent.password(), database)) {
      SensitiveNames.problem(parent, inside)
          .ifPresent(problem -> findings.add(broken(problem.finding(), problem.remedy())));
    }
  }

  private HealthFinding lookAtSource(Connection session, SourceCopy copy) throws SQLException {
    SourceInfo info = copy.look(session);
    String age =
        info.refreshedAt() == null
            ? "nobody noted as of when source copy %s shows it".formatted(info.database())
            : "source copy %s shows it as of %s".formatted(info.database(), info.refreshedAt());
    return info.drift().isEmpty()
        ? new HealthFinding(subject, Level.OK, age, "")
        : warning(
            age + ", and its schema has changed since: " + String.join(", ", info.drift()),
            "run offshoot parent refresh " + parent.name());
  }

  private void lookAtOccupants(Connection session, List<HealthFinding> findings)
      throws SQLException {
    List<Occupants.Occupant> others =
        Occupants.of(session, database).stream().filter(occupant -> !occupant.isOurs()).toList();
    findings.add(
        others.isEmpty()
            ? new HealthFinding(subject, Level.OK, "nobody is connected, so it can be copied", "")
            : warning(
                (parent.copying().onBusy() == OnBusy.FENCE
                        ? "it is fenced for each copy, since sessions are connected: "
                        : "it cannot be copied now, since sessions are connected: ")
                    + Occupants.shown(others),
                "close them, set parents.%1$s.onBusy to FENCE, or give it a source copy (parents.%1$s.source)"
                    .formatted(parent.name())));
  }

  private HealthFinding standing(Connection session) throws SQLException {
    long branches = roles.standing(session).stream().map(Marker::ref).distinct().count();
    String finding = "%d of at most %d branches stand".formatted(branches, parent.maxBranches());
    return branches < parent.maxBranches()
        ? new HealthFinding(subject, Level.OK, finding, "")
        : warning(
            finding,
            "wait until one ends, or raise parents.%s.maxBranches".formatted(parent.name()));
  }

  private HealthFinding broken(String finding, String remedy) {
    return new HealthFinding(subject, Level.BROKEN, finding, remedy);
  }

  private HealthFinding warning(String finding, String remedy) {
    return new HealthFinding(subject, Level.WARNING, finding, remedy);
  }
}
