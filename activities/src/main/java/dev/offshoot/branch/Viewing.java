package dev.offshoot.branch;

import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.SourceInfo;
import dev.offshoot.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at a parent and its source copy for {@code parent list} and {@code parent show}. */
final class Viewing {
  private final ParentConfig parent;
  private final ParentConfig home;
  private final String database;
  private final Roles roles;
  private final @Nullable SourceCopy source;

  Viewing(
      ParentConfig parent,
      ParentConfig home,
      String database,
      Roles roles,
      @Nullable SourceCopy source) {
    this.parent = parent;
    this.home = home;
    this.database = database;
    this.roles = roles;
    this.source = source;
  }

  /** Never throws: what keeps us from looking is told too. */
  ParentView view(Maintenance maintenance) {
    try (Connection session = maintenance.dedicated()) {
      return look(session);
    } catch (OffshootException e) {
      return problem(e);
    } catch (SQLException e) {
      return problem(SqlErrors.working(home.place(), "looking at it", e));
    }
  }

  private ParentView look(Connection session) throws SQLException {
    ParentFacts facts = ParentFacts.read(session, database);
    List<Fitness.Problem> problems = Fitness.problems(home, database, facts);
    @Nullable SourceInfo info =
        source == null || facts.databaseOwner() == null ? null : source.look(session);
    List<Occupants.Occupant> occupants = Occupants.of(session, database);
    return new ParentView(
        parent.name(),
        PostgresBranchProvider.KIND,
        facts.versionName(),
        facts.bytes(),
        roles.standing(session).stream().map(Marker::ref).distinct().count(),
        parent.maxBranches(),
        info,
        source == null ? null : source.config().refreshEvery(),
        parent.copying().onBusy().name(),
        occupants.isEmpty() ? null : Occupants.shown(occupants),
        problems.isEmpty() ? null : problems.get(0).finding() + "; " + problems.get(0).remedy());
  }

  private ParentView problem(OffshootException e) {
    return new ParentView(
        parent.name(),
        PostgresBranchProvider.KIND,
        null,
        0,
        0,
        parent.maxBranches(),
        null,
        source == null ? null : source.config().refreshEvery(),
        parent.copying().onBusy().name(),
        null,
        e.failure().message());
  }
}
