package dev.offshoot.branch;

import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.HealthFinding.Level;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ParentView;
import dev.offshoot.neon.NeonApi;
import dev.offshoot.neon.NeonObjects.Project;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a parent on Neon is, and whether it is fit for branches. */
final class NeonExamination {
  private final ParentConfig parent;
  private final NeonHome home;
  private final NeonApi api;
  private final NeonBranches branches;
  private final NeonSessions sessions;

  NeonExamination(
      ParentConfig parent,
      NeonHome home,
      NeonApi api,
      NeonBranches branches,
      NeonSessions sessions) {
    this.parent = parent;
    this.home = home;
    this.api = api;
    this.branches = branches;
    this.sessions = sessions;
  }

  /** For people; never throws. */
  ParentView view() {
    try (NeonSessions.Owner owner = sessions.parent(Progress.NONE)) {
      ParentFacts facts = ParentFacts.read(owner.session(), home.database());
      List<Fitness.Problem> problems = Fitness.problems(owner.at(), home.database(), facts);
      return view(
          facts.versionName(),
          facts.bytes(),
          branches.standing(Progress.NONE).size(),
          problems.isEmpty() ? null : problems.get(0).finding() + "; " + problems.get(0).remedy());
    } catch (OffshootException e) {
      return view(null, 0, 0, e.failure().message());
    } catch (SQLException e) {
      OffshootException told = SqlErrors.working(Place.parent(parent.name()), "looking at it", e);
      return view(null, 0, 0, told.failure().message());
    }
  }

  private ParentView view(
      @Nullable String version, long bytes, long standing, @Nullable String problem) {
    return new ParentView(
        parent.name(),
        NeonBranchProvider.KIND,
        version,
        bytes,
        standing,
        parent.maxBranches(),
        null,
        null,
        null,
        null,
        problem);
  }

  /** For {@code doctor}; never throws, changes nothing. */
  List<HealthFinding> run() {
    List<HealthFinding> findings = new ArrayList<>();
    String subject = "parent " + parent.name();
    try (NeonSessions.Owner owner = sessions.parent(Progress.NONE)) {
      Project project = api.project(Progress.NONE);
      findings.add(
          new HealthFinding(
              subject,
              Level.OK,
              "Neon's project %s answers (Postgres %d)".formatted(project.id(), project.postgres()),
              ""));
      ParentFacts facts = ParentFacts.read(owner.session(), home.database());
      List<Fitness.Problem> problems = Fitness.problems(owner.at(), home.database(), facts);
      problems.forEach(
          problem ->
              findings.add(
                  new HealthFinding(subject, Level.BROKEN, problem.finding(), problem.remedy())));
      SensitiveNames.problem(parent, owner.session())
          .ifPresent(
              problem ->
                  findings.add(
                      new HealthFinding(
                          subject, Level.BROKEN, problem.finding(), problem.remedy())));
      if (problems.isEmpty()) {
        findings.add(
            new HealthFinding(
                subject,
                Level.OK,
                "Postgres %s, %d MB, role %s is fit for branches"
                    .formatted(facts.versionName(), facts.bytes() >> 20, home.role()),
                ""));
      }
      findings.add(
          new HealthFinding(
              subject,
              Level.OK,
              "%d of at most %d branches stand"
                  .formatted(branches.standing(Progress.NONE).size(), parent.maxBranches()),
              ""));
    } catch (OffshootException e) {
      findings.add(new HealthFinding(subject, Level.BROKEN, e.failure().message(), ""));
    } catch (SQLException e) {
      OffshootException told = SqlErrors.working(Place.parent(parent.name()), "examining it", e);
      findings.add(new HealthFinding(subject, Level.BROKEN, told.failure().message(), ""));
    }
    return findings;
  }
}
