package dev.offshoot.hostile;

import dev.offshoot.PostgresServer;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the two roles of a branch may do while they stand, and which sessions they have.
 *
 * @param lines attributes, memberships and rights, one each
 */
record BranchPowers(List<String> lines) {
  private static final long LONGEST_WAIT_NANOS = 5_000_000_000L;

  /** Logging in is given and taken by the worker, and so is a password that lives for one login. */
  private static final String POWERS =
      """
      WITH ours AS (SELECT * FROM pg_authid WHERE rolname IN (?, ?))
      SELECT concat_ws(' ', rolname, 'super', rolsuper, 'inherit', rolinherit, 'createrole',
        rolcreaterole, 'createdb', rolcreatedb, 'replication', rolreplication, 'bypassrls',
        rolbypassrls, 'limit', rolconnlimit, 'until', rolvaliduntil)
      FROM ours
      UNION ALL
      SELECT concat_ws(' ', m.roleid::regrole, 'to', m.member::regrole, 'admin', m.admin_option)
      FROM pg_auth_members m
      WHERE m.roleid IN (SELECT oid FROM ours) OR m.member IN (SELECT oid FROM ours)
      UNION ALL
      SELECT concat_ws(' ', d.datname, 'owner', d.datdba::regrole, 'acl', d.datacl)
      FROM pg_database d WHERE d.datacl::text ~ 'offshoot_'
      """;

  private static final String LEFT =
      """
      SELECT rolname || ' has a password' FROM pg_authid
      WHERE rolname IN (?, ?) AND rolpassword IS NOT NULL
      UNION ALL
      SELECT concat_ws(' ', setrole::regrole, 'has settings', setconfig)
      FROM pg_db_role_setting s JOIN pg_authid r ON r.oid = s.setrole
      WHERE r.rolname IN (?, ?)
        AND setdatabase <> (SELECT oid FROM pg_database WHERE datname = 'template0')
      """;

  private static final String SESSIONS =
      "SELECT concat_ws(' ', usename, state) FROM pg_stat_activity WHERE usename IN (?, ?)";

  static BranchPowers of(BranchRef branch) throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      return new BranchPowers(
          Sql.list(
                  superuser,
                  POWERS,
                  row -> row.getString(1),
                  branch.branchName(),
                  branch.baseName())
              .stream()
              .sorted()
              .toList());
    }
  }

  /** What they gained since, and what was left of their logins. */
  List<String> gainedBy(BranchRef branch) throws SQLException {
    List<String> gains = new ArrayList<>();
    BranchPowers now = of(branch);
    if (!now.equals(this)) {
      gains.add(
          "powers changed:"
              + Surroundings.difference(String.join("\n", lines), String.join("\n", now.lines())));
    }
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      gains.addAll(
          Sql.list(
              superuser,
              LEFT,
              row -> row.getString(1),
              branch.branchName(),
              branch.baseName(),
              branch.branchName(),
              branch.baseName()));
    }
    gains.addAll(sessions(branch.branchName(), branch.branchName()));
    return gains;
  }

  /** Sessions of the branch's roles that do not end by themselves; a closed one takes a moment. */
  static List<String> sessions(BranchRef branch) throws SQLException {
    return sessions(branch.branchName(), branch.baseName());
  }

  private static List<String> sessions(String role, String other) throws SQLException {
    long end = System.nanoTime() + LONGEST_WAIT_NANOS;
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      while (true) {
        List<String> sessions =
            Sql.list(
                superuser, SESSIONS, row -> "a session is left: " + row.getString(1), role, other);
        if (sessions.isEmpty() || System.nanoTime() > end) {
          return sessions;
        }
        Thread.onSpinWait();
      }
    }
  }
}
