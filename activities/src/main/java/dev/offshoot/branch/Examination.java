package dev.offshoot.branch;

import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.HealthFinding.Level;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Looks at a parent and its server for {@code doctor}. */
final class Examination {
  private final ParentConfig parent;
  private final String database;
  private final Roles roles;
  private final String subject;

  Examination(ParentConfig parent, String database, Roles roles) {
    this.parent = parent;
    this.database = database;
    this.roles = roles;
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
          broken(
              SqlErrors.working(Place.parent(parent.name()), "examining it", e).failure().message(),
              ""));
    }
    return findings;
  }

  private void look(Connection session, List<HealthFinding> findings) throws SQLException {
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
    }
    findings.add(standing(session));
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

  private void lookAtOccupants(Connection session, List<HealthFinding> findings)
      throws SQLException {
    List<Occupants.Occupant> others =
        Occupants.of(session, database).stream().filter(occupant -> !occupant.isOurs()).toList();
    findings.add(
        others.isEmpty()
            ? new HealthFinding(subject, Level.OK, "nobody is connected, so it can be copied", "")
            : warning(
                "it cannot be copied now, since sessions are connected: " + Occupants.shown(others),
                "close them, or configure as parent a copy that nobody is connected to"));
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
