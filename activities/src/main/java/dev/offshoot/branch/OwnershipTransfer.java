package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Gives everything in a fresh base to the branch's role, object by object.
 *
 * <p>Done as the parent's owner while the base still holds nothing but the parent's content. Never
 * {@code REASSIGN OWNED}, which would hand over the parent database itself.
 */
final class OwnershipTransfer {
  /** Objects in one transaction: each takes locks, and the lock table is the whole server's. */
  private static final int AT_ONCE = 200;

  private static final int NAMED = 5;

  private static final String USER_MAPPINGS =
      "SELECT usename, srvname FROM pg_user_mappings ORDER BY srvname, usename";

  private final ParentConfig parent;

  OwnershipTransfer(ParentConfig parent) {
    this.parent = parent;
  }

  private record OwnedObject(String type, String identity, boolean own, String owner) {}

  /**
   * @param base session of the parent's owner on the base
   * @throws OffshootException {@code PARENT_UNSUITABLE} if something belongs to others
   */
  void run(Connection base, String branchRole, String readerRole, Progress progress)
      throws SQLException {
    SessionSettings.applyForReading(base);
    dropUserMappings(base);
    openPublicSchema(base, branchRole);
    List<OwnedObject> objects =
        Sql.list(
            base,
            OwnedObjects.QUERY,
            row ->
                new OwnedObject(
                    row.getString("type"),
                    row.getString("identity"),
                    row.getBoolean("own"),
                    row.getString("owner")));
    refuseForeign(objects.stream().filter(object -> !object.own()).toList());
    for (int from = 0; from < objects.size(); from += AT_ONCE) {
      progress.report("branch: %d of %d objects handed over".formatted(from, objects.size()));
      transfer(base, objects.subList(from, Math.min(from + AT_ONCE, objects.size())), branchRole);
    }
    DefaultPrivileges.copy(base, List.of(branchRole, readerRole));
  }

  private static void transfer(Connection base, List<OwnedObject> objects, String branchRole)
      throws SQLException {
    base.setAutoCommit(false);
    try (Statement statement = base.createStatement()) {
      for (OwnedObject object : objects) {
        statement.addBatch(
            "ALTER %s %s OWNER TO %s"
                .formatted(
                    object.type().toUpperCase(Locale.ROOT),
                    object.identity(),
                    Identifiers.quote(branchRole)));
      }
      statement.executeBatch();
      base.commit();
    } finally {
      base.setAutoCommit(true);
    }
  }

  private void refuseForeign(List<OwnedObject> foreign) {
    if (foreign.isEmpty()) {
      return;
    }
    String named =
        foreign.stream()
            .limit(NAMED)
            .map(
                object ->
                    "%s %s (of %s)"
                        .formatted(
                            object.type(),
                            ShownText.oneLine(object.identity(), 100),
                            ShownText.oneLine(object.owner(), 63)))
            .collect(Collectors.joining(", "));
    throw new OffshootException(
        ErrorCode.PARENT_UNSUITABLE,
        "parent '%s': %d objects do not belong to role %s, among them %s; as a superuser run ALTER ... OWNER TO %s on each"
            .formatted(
                parent.name(),
                foreign.size(),
                parent.username(),
                named,
                Identifiers.quote(parent.username())));
  }

  /** They hold passwords of other servers, and let whoever uses them write there. */
  private void dropUserMappings(Connection base) throws SQLException {
    List<String> drops =
        Sql.list(
            base,
            USER_MAPPINGS,
            row -> {
              String user = row.getString("usename");
              return "DROP USER MAPPING FOR %s SERVER %s"
                  .formatted(
                      user == null || user.equals("public") ? "PUBLIC" : Identifiers.quote(user),
                      Identifiers.quote(row.getString("srvname")));
            });
    for (String drop : drops) {
      try {
        Sql.execute(base, drop);
      } catch (SQLException e) {
        if (!"42501".equals(e.getSQLState())) {
          throw e;
        }
        throw new OffshootException(
            ErrorCode.PARENT_UNSUITABLE,
            "parent '%s': it holds a login to another server that branches must not have and role %s may not remove; as a superuser run %s there, or ALTER SERVER ... OWNER TO %s"
                .formatted(
                    parent.name(),
                    parent.username(),
                    ShownText.oneLine(drop, 200),
                    Identifiers.quote(parent.username())),
            e);
      }
    }
  }

  /** It belongs to nobody of ours ({@code pg_database_owner}) or is the owner's own. */
  private void openPublicSchema(Connection base, String branchRole) throws SQLException {
    String query =
        """
        SELECT has_schema_privilege(?, oid, 'USAGE') AND has_schema_privilege(?, oid, 'CREATE')
        FROM pg_namespace WHERE nspname = 'public'
        """;
    boolean missing =
        Sql.first(base, query, row -> row.getBoolean(1), branchRole, branchRole)
            .map(open -> !open)
            .orElse(false);
    if (!missing) {
      return;
    }
    Sql.execute(base, "GRANT USAGE, CREATE ON SCHEMA public TO " + Identifiers.quote(branchRole));
    boolean stillMissing = !Sql.only(base, query, row -> row.getBoolean(1), branchRole, branchRole);
    if (stillMissing) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "parent '%s': role %s cannot pass on its rights in schema public; as a superuser run there: ALTER SCHEMA public OWNER TO pg_database_owner"
              .formatted(parent.name(), parent.username()));
    }
  }
}
