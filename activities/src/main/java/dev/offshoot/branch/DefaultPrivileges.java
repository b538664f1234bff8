package dev.offshoot.branch;

import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives other roles the default privileges of the current one, so that what they create is granted
 * as it would be on the parent.
 */
final class DefaultPrivileges {
  private static final String OF_OWNER =
      """
      SELECT n.nspname AS schema,
             CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
               WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS'
               ELSE 'LARGE OBJECTS' END AS objects,
             a.privilege_type AS privilege, a.is_grantable, a.grantee = 0 AS to_public,
             a.grantee = d.defaclrole AS to_owner, pg_get_userbyid(a.grantee) AS grantee
      FROM pg_default_acl AS d
      JOIN pg_roles AS r ON r.oid = d.defaclrole AND r.rolname = current_user
      LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
      LEFT JOIN LATERAL aclexplode(d.defaclacl) AS a ON true
      WHERE n.nspname IS DISTINCT FROM 'offshoot'
      ORDER BY d.oid, a.grantee, a.privilege_type
      """;

  private DefaultPrivileges() {}

  /**
   * @param privilege absent if the entry grants nothing to anybody
   */
  private record Entry(
      @Nullable String schema,
      String objects,
      @Nullable String privilege,
      boolean grantable,
      boolean toPublic,
      boolean toOwner,
      String grantee) {}

  static void copy(Connection database, List<String> roles) throws SQLException {
    List<Entry> entries =
        Sql.list(
            database,
            OF_OWNER,
            row ->
                new Entry(
                    row.getString("schema"),
                    row.getString("objects"),
                    row.getString("privilege"),
                    row.getBoolean("is_grantable"),
                    row.getBoolean("to_public"),
                    row.getBoolean("to_owner"),
                    row.getString("grantee")));
    Set<String> statements = new LinkedHashSet<>();
    for (String role : roles) {
      for (Entry entry : entries) {
        if (entry.schema() == null) {
          // Without a schema it stands instead of the built-in defaults; with one it adds to them.
          statements.add(
              "%s REVOKE ALL ON %s FROM PUBLIC, %s"
                  .formatted(prefix(role, entry), entry.objects(), Identifiers.quote(role)));
        }
      }
      for (Entry entry : entries) {
        if (entry.privilege() != null) {
          statements.add(
              "%s GRANT %s ON %s TO %s%s"
                  .formatted(
                      prefix(role, entry),
                      entry.privilege(),
                      entry.objects(),
                      grantee(role, entry),
                      entry.grantable() ? " WITH GRANT OPTION" : ""));
        }
      }
    }
    if (!statements.isEmpty()) {
      Sql.execute(database, String.join(";\n", statements));
    }
  }

  private static String prefix(String role, Entry entry) {
    return "ALTER DEFAULT PRIVILEGES FOR ROLE %s%s"
        .formatted(
            Identifiers.quote(role),
            entry.schema() == null ? "" : " IN SCHEMA " + Identifiers.quote(entry.schema()));
  }

  private static String grantee(String role, Entry entry) {
    if (entry.toPublic()) {
      return "PUBLIC";
    }
    return Identifiers.quote(entry.toOwner() ? role : entry.grantee());
  }
}
