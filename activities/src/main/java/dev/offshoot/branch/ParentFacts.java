package dev.offshoot.branch;

import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What decides whether a parent and its role are fit for branches, as the server tells.
 *
 * @param version 180006 for 18.6
 * @param versionName as the server calls itself
 * @param standby whether it is a read-only copy
 * @param superuser whether the configured role is one
 * @param createDb whether it may create databases
 * @param createRole whether it may create roles
 * @param inherits whether it has the rights of the roles that it is a member of
 * @param databaseOwner who owns the parent; absent if there is no such database
 * @param bytes size of the parent
 * @param publicConnects whether every role of the server may connect to the parent
 * @param publicConnectsToMaintenance whether every role may connect to the maintenance database
 */
record ParentFacts(
    int version,
    String versionName,
    boolean standby,
    boolean superuser,
    boolean createDb,
    boolean createRole,
    boolean inherits,
    @Nullable String databaseOwner,
    long bytes,
    boolean publicConnects,
    boolean publicConnectsToMaintenance) {

  private static final String FACTS =
      """
      SELECT current_setting('server_version_num')::int AS version,
             current_setting('server_version') AS version_name,
             pg_is_in_recovery() AS standby,
             r.rolsuper, r.rolcreatedb, r.rolcreaterole, r.rolinherit,
             pg_get_userbyid(d.datdba) AS owner,
             CASE WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid) END AS bytes,
             has_database_privilege('public', d.oid, 'CONNECT') AS public_connects,
             has_database_privilege('public', current_database(), 'CONNECT') AS public_connects_here
      FROM pg_roles AS r LEFT JOIN pg_database AS d ON d.datname = ?
      WHERE r.rolname = current_user
      """;

  static ParentFacts read(Connection maintenance, String database) throws SQLException {
    return Sql.only(
        maintenance,
        FACTS,
        row ->
            new ParentFacts(
                row.getInt("version"),
                row.getString("version_name"),
                row.getBoolean("standby"),
                row.getBoolean("rolsuper"),
                row.getBoolean("rolcreatedb"),
                row.getBoolean("rolcreaterole"),
                row.getBoolean("rolinherit"),
                row.getString("owner"),
                row.getLong("bytes"),
                row.getBoolean("public_connects"),
                row.getBoolean("public_connects_here")),
        database);
  }

  /** Whether memberships have options of their own, and the maker of a role no rights in it. */
  boolean grantsHaveOptions() {
    return version >= 160000;
  }
}
