package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The two roles of a branch: the experiment's own, and the reader, which is a member of it and so
 * sees whatever the experiment owns. They are made before the databases and so reserve the place.
 */
final class Roles {
  /** Time after the deadline for which logins stay valid, for the steps that end the experiment. */
  static final Duration GRACE = Duration.ofMinutes(15);

  /** That one of them may have at once. */
  static final int SESSIONS = 5;

  private static final String COMMENTS =
      """
      SELECT shobj_description(oid, 'pg_authid') FROM pg_roles
      WHERE rolname LIKE 'offshoot\\_%' AND shobj_description(oid, 'pg_authid') IS NOT NULL
      ORDER BY oid
      """;
  private static final String COMMENT =
      "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = ?";
  private static final String ELSEWHERE =
      """
      SELECT DISTINCT coalesce(d.datname, 'the whole server')
      FROM pg_shdepend AS s JOIN pg_roles AS r ON r.oid = s.refobjid
      LEFT JOIN pg_database AS d ON d.oid = s.dbid
      WHERE s.refclassid = 'pg_authid'::regclass AND r.rolname = ? ORDER BY 1 LIMIT 5
      """;

  private final ParentConfig parent;

  Roles(ParentConfig parent) {
    this.parent = parent;
  }

  /**
   * Makes both roles, unless the same making has made them before.
   *
   * @throws OffshootException {@code ID_IN_USE} if they were made for something else, {@code
   *     LIMIT_EXCEEDED} if the parent has as many branches as it may have
   */
  void reserve(Connection maintenance, BranchRef ref, Marker marker, boolean grantsHaveOptions)
      throws SQLException {
    String placeLock = "offshoot branches of " + parent.name();
    Maintenance.lock(maintenance, placeLock, Progress.NONE);
    try {
      if (isMadeFor(maintenance, ref.branchName(), marker)
          && isMadeFor(maintenance, ref.baseName(), marker)) {
        return;
      }
      requireRoom(maintenance);
      make(maintenance, ref, marker, grantsHaveOptions);
    } finally {
      Maintenance.unlock(maintenance, placeLock);
    }
  }

  /** Markers of the roles that stand for this parent. */
  List<Marker> standing(Connection maintenance) throws SQLException {
    return Sql.list(maintenance, COMMENTS, row -> row.getString(1)).stream()
        .map(Marker::parse)
        .flatMap(Optional::stream)
        .filter(marker -> marker.parent().equals(parent.name()))
        .distinct()
        .toList();
  }

  /** The marker of a role; empty if there is no such role or it is not ours. */
  static Optional<Marker> markerOf(Connection maintenance, String role) throws SQLException {
    return Sql.first(maintenance, COMMENT, row -> Marker.parse(row.getString(1)), role)
        .flatMap(marker -> marker);
  }

  static boolean exists(Connection maintenance, String role) throws SQLException {
    return Sql.first(maintenance, "SELECT FROM pg_roles WHERE rolname = ?", row -> true, role)
        .isPresent();
  }

  /** Moves the end of both logins. */
  static void extend(Connection maintenance, BranchRef ref, Marker marker) throws SQLException {
    for (String role : List.of(ref.branchName(), ref.baseName())) {
      Sql.execute(
          maintenance,
          "ALTER ROLE %s VALID UNTIL '%s'; %s"
              .formatted(
                  Identifiers.quote(role),
                  validUntil(marker.deadline()),
                  Comments.onRole(maintenance, role, marker)));
    }
  }

  /** Drops both roles; their databases are gone already. */
  void drop(Connection maintenance, BranchRef ref) throws SQLException {
    for (String role : List.of(ref.baseName(), ref.branchName())) {
      try {
        Sql.execute(maintenance, "DROP ROLE IF EXISTS " + Identifiers.quote(role));
      } catch (SQLException e) {
        if (!"2BP01".equals(e.getSQLState())) {
          throw e;
        }
        List<String> where = Sql.list(maintenance, ELSEWHERE, row -> row.getString(1), role);
        throw new OffshootException(
            ErrorCode.LOCK_TIMEOUT,
            "parent '%s': role %s of a branch that is gone still has objects or rights in %s; run there: DROP OWNED BY %s"
                .formatted(parent.name(), role, String.join(", ", where), Identifiers.quote(role)),
            e);
      }
    }
  }

  private boolean isMadeFor(Connection maintenance, String role, Marker marker)
      throws SQLException {
    if (!exists(maintenance, role)) {
      return false;
    }
    Optional<Marker> standing = markerOf(maintenance, role);
    if (standing.isPresent() && standing.get().isOfTheSameMaking(marker)) {
      return true;
    }
    throw new OffshootException(
        ErrorCode.ID_IN_USE,
        standing.isPresent()
            ? "id: the server of parent '%s' has role %s already, made for an experiment of the same id that began elsewhere or earlier; choose another id"
                .formatted(parent.name(), role)
            : "id: the server of parent '%s' has a role %s that is not ours; choose another id or drop that role"
                .formatted(parent.name(), role));
  }

  private void requireRoom(Connection maintenance) throws SQLException {
    long branches = standing(maintenance).stream().map(Marker::ref).distinct().count();
    if (branches >= parent.maxBranches()) {
      throw new OffshootException(
          ErrorCode.LIMIT_EXCEEDED,
          "parent '%1$s': %2$d branches stand and parents.%1$s.maxBranches is %3$d; wait until one ends, or raise it"
              .formatted(parent.name(), branches, parent.maxBranches()));
    }
  }

  /** In one transaction, so that no role is ever without its marker. */
  void make(Connection maintenance, BranchRef ref, Marker marker, boolean grantsHaveOptions)
      throws SQLException {
    String branch = Identifiers.quote(ref.branchName());
    String reader = Identifiers.quote(ref.baseName());
    String owner = Identifiers.quote(parent.username());
    String options = grantsHaveOptions ? " WITH INHERIT TRUE, SET TRUE" : "";
    String validUntil = validUntil(marker.deadline());
    Sql.execute(
        maintenance,
        String.join(
            ";\n",
            "CREATE ROLE %s LOGIN CONNECTION LIMIT %d VALID UNTIL '%s'"
                .formatted(branch, SESSIONS, validUntil),
            "CREATE ROLE %s NOLOGIN CONNECTION LIMIT %d VALID UNTIL '%s'"
                .formatted(reader, SESSIONS, validUntil),
            "GRANT %s TO %s%s".formatted(branch, reader, options),
            "GRANT %s, %s TO %s%s".formatted(branch, reader, owner, options),
            Comments.onRole(maintenance, ref.branchName(), marker),
            Comments.onRole(maintenance, ref.baseName(), marker)));
  }

  private static String validUntil(Instant deadline) {
    return deadline.plus(GRACE).toString();
  }
}
