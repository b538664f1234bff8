package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Literals;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The databases around a source copy: the one that stands, the next one, and the one before. */
final class SourcePlace {
  private static final String NEXT = "_offshoot_next";
  private static final String BEFORE = "_offshoot_before";
  private static final int LONGEST_NAME = 63 - BEFORE.length();

  private static final String OWNER =
      """
      SELECT pg_has_role(datdba, 'USAGE'), coalesce(shobj_description(oid, 'pg_database'), '')
      FROM pg_database WHERE datname = ?
      """;

  /** By way of JSON, since each version of Postgres has other columns for it. */
  private static final String LOCALE =
      """
      SELECT pg_catalog.pg_encoding_to_char(d.encoding) AS encoding, d.datcollate, d.datctype,
             coalesce(j OPERATOR(pg_catalog.->>) 'datlocprovider', 'c') AS provider,
             coalesce(j OPERATOR(pg_catalog.->>) 'datlocale',
                      j OPERATOR(pg_catalog.->>) 'daticulocale') AS locale
      FROM pg_catalog.pg_database AS d CROSS JOIN LATERAL pg_catalog.to_jsonb(d) AS j
      WHERE d.datname OPERATOR(pg_catalog.=) ?
      """;

  /** Roles that grants, default privileges and policies name. */
  private static final String NAMED_ROLES =
      """
      SELECT DISTINCT r.rolname FROM pg_catalog.pg_shdepend AS s
      JOIN pg_catalog.pg_roles AS r ON r.oid = s.refobjid
      WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND s.deptype = 'a'
        AND s.dbid = (SELECT oid FROM pg_catalog.pg_database
                      WHERE datname = pg_catalog.current_database())
      ORDER BY 1
      """;

  private final ParentConfig home;
  private final SourceCopy source;

  SourcePlace(ParentConfig home, SourceCopy source) {
    this.home = home;
    this.source = source;
  }

  /** Name of the copy that is being made. */
  String next() {
    return source.database() + NEXT;
  }

  private String before() {
    return source.database() + BEFORE;
  }

  /** Held for the whole of a refresh. */
  String refreshLock() {
    return "offshoot refresh of " + source.database();
  }

  /**
   * @throws OffshootException {@code PARENT_UNSUITABLE} if what stands there is not ours to replace
   */
  void requireFree(Connection maintenance) throws SQLException {
    if (source.database().length() > LONGEST_NAME) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "%s: the name of database '%s' is too long; use at most %d characters"
              .formatted(home.place(), source.database(), LONGEST_NAME));
    }
    boolean stands = DatabaseCopy.exists(maintenance, source.database());
    boolean ours =
        SourceMarker.parse(SourceMarker.commentOf(maintenance, source.database())).isPresent();
    if (stands && !ours) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "%s: database '%s' was not made by a refresh and is not replaced; refresh it your own way, or drop it and run this again"
              .formatted(home.place(), source.database()));
    }
  }

  /** Drops what an earlier refresh left; only databases of our names that are our role's own. */
  void dropLeftovers(Connection maintenance) throws SQLException {
    Removal removal = new Removal(home, new Roles(home));
    for (String name : List.of(next(), before())) {
      record Standing(boolean owned, String comment) {}
      Optional<Standing> standing =
          Sql.first(
              maintenance, OWNER, row -> new Standing(row.getBoolean(1), row.getString(2)), name);
      if (standing.isEmpty()) {
        continue;
      }
      String comment = standing.get().comment();
      boolean ours = comment.isEmpty() || SourceMarker.parse(comment).isPresent();
      if (!standing.get().owned() || !ours) {
        throw new OffshootException(
            ErrorCode.PARENT_UNSUITABLE,
            "%s: database '%s' bears a name that a refresh needs but is not ours; rename or drop it"
                .formatted(home.place(), name));
      }
      removal.dropDatabase(maintenance, name);
    }
  }

  /** Makes the next copy, empty, with the parent's encoding and order; nobody else may connect. */
  void create(Connection maintenance, Connection parent) throws SQLException {
    String database =
        Sql.only(parent, "SELECT pg_catalog.current_database()", row -> row.getString(1));
    Locale wanted = Sql.only(parent, LOCALE, Locale::read, database);
    Optional<Locale> ofTemplate = Sql.first(maintenance, LOCALE, Locale::read, "template1");
    try {
      // Where an administrator may have put extensions that our role cannot create.
      make(maintenance, ofTemplate.equals(Optional.of(wanted)) ? "template1" : "template0", wanted);
    } catch (SQLException e) {
      if (!"55006".equals(e.getSQLState())) {
        throw e;
      }
      make(maintenance, "template0", wanted);
    }
    DatabaseCopy.letIn(maintenance, next(), List.of());
  }

  private void make(Connection maintenance, String template, Locale locale) throws SQLException {
    try {
      Sql.execute(
          maintenance,
          "CREATE DATABASE %s TEMPLATE %s %s"
              .formatted(
                  Identifiers.quote(next()),
                  template,
                  template.equals("template0") ? locale.options() : ""));
    } catch (SQLException e) {
      if ("42809".equals(e.getSQLState()) || "22023".equals(e.getSQLState())) {
        throw new OffshootException(
            ErrorCode.PARENT_UNSUITABLE,
            "%s: its server does not know the parent's locale (%s); install it there"
                .formatted(home.place(), locale.options()),
            e);
      }
      throw e;
    }
  }

  /** Roles that the parent's grants name and the copy's server does not have. */
  List<String> missingRoles(Connection maintenance, Connection parent) throws SQLException {
    List<String> named = Sql.list(parent, NAMED_ROLES, row -> row.getString(1));
    List<String> there =
        Sql.list(maintenance, "SELECT rolname FROM pg_roles", row -> row.getString(1));
    return named.stream().filter(role -> !there.contains(role) && !role.startsWith("pg_")).toList();
  }

  /** Puts the next copy in the place of the one that stands, in one transaction. */
  void swap(Connection maintenance, Progress progress) throws SQLException {
    Maintenance.lock(maintenance, source.lock(), progress);
    try {
      if (DatabaseCopy.exists(maintenance, source.database())) {
        Sessions.endOnDatabase(maintenance, source.database());
      }
      maintenance.setAutoCommit(false);
      try {
        if (DatabaseCopy.exists(maintenance, source.database())) {
          rename(maintenance, source.database(), before());
        }
        rename(maintenance, next(), source.database());
        maintenance.commit();
      } catch (SQLException e) {
        maintenance.rollback();
        if ("55006".equals(e.getSQLState())) {
          throw new OffshootException(
              ErrorCode.PARENT_BUSY,
              "%s: sessions that role %s may not end are connected to it, so a new one cannot take its place; close them and run this again"
                  .formatted(home.place(), home.username()),
              e);
        }
        throw e;
      } finally {
        maintenance.setAutoCommit(true);
      }
    } finally {
      Maintenance.unlock(maintenance, source.lock());
    }
  }

  private static void rename(Connection maintenance, String from, String to) throws SQLException {
    Sql.execute(
        maintenance,
        "ALTER DATABASE %s RENAME TO %s".formatted(Identifiers.quote(from), Identifiers.quote(to)));
  }

  long size(Connection maintenance, String database) throws SQLException {
    return Sql.first(
            maintenance,
            "SELECT pg_database_size(oid) FROM pg_database WHERE datname = ?",
            row -> row.getLong(1),
            database)
        .orElse(0L);
  }

  private record Locale(
      String encoding, String collate, String ctype, String provider, @Nullable String locale) {

    static Locale read(ResultSet row) throws SQLException {
      return new Locale(
          row.getString("encoding"),
          row.getString("datcollate"),
          row.getString("datctype"),
          row.getString("provider"),
          row.getString("locale"));
    }

    String options() {
      String options =
          "ENCODING %s LC_COLLATE %s LC_CTYPE %s"
              .formatted(Literals.quote(encoding), Literals.quote(collate), Literals.quote(ctype));
      return switch (provider) {
        case "i" ->
            options + " LOCALE_PROVIDER icu ICU_LOCALE " + Literals.quote(String.valueOf(locale));
        case "b" ->
            options
                + " LOCALE_PROVIDER builtin BUILTIN_LOCALE "
                + Literals.quote(String.valueOf(locale));
        default -> options;
      };
    }
  }
}
