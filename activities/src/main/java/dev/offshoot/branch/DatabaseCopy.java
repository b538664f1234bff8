package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Copies a database of the server by {@code CREATE DATABASE ... TEMPLATE}, with nobody let in. */
final class DatabaseCopy {
  /** Below it the write-ahead log is the faster way; above it copying files is. */
  private static final long WAL_LOG_BELOW_BYTES = 50L << 20;

  private static final int SESSIONS = 10;

  private static final String COMMENT =
      "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = ?";

  private final ParentConfig parent;

  DatabaseCopy(ParentConfig parent) {
    this.parent = parent;
  }

  /** How a parent of that size is copied on that server. */
  CopyMethod methodFor(ParentFacts facts) {
    return switch (parent.copyMethod()) {
      case AUTO ->
          facts.version() >= 150000 && facts.bytes() < WAL_LOG_BELOW_BYTES
              ? CopyMethod.WAL_LOG
              : CopyMethod.FILE_COPY;
      case WAL_LOG -> requireVersion(facts, 150000, CopyMethod.WAL_LOG);
      case FILE_COPY -> CopyMethod.FILE_COPY;
      case CLONE -> requireVersion(facts, 180000, CopyMethod.CLONE);
    };
  }

  /**
   * Makes {@code copy} from {@code template}. Until {@link #letIn} nobody can connect to it.
   *
   * @throws SQLException 55006 if somebody was connected to the template for 5 s
   */
  void make(
      Connection maintenance,
      String template,
      String copy,
      CopyMethod method,
      ParentFacts facts,
      Progress progress)
      throws SQLException {
    if (method == CopyMethod.CLONE) {
      askForClone(maintenance);
    }
    String strategy =
        facts.version() < 150000
            ? ""
            : " STRATEGY " + (method == CopyMethod.WAL_LOG ? "WAL_LOG" : "FILE_COPY");
    String create =
        "CREATE DATABASE %s TEMPLATE %s%s ALLOW_CONNECTIONS false CONNECTION LIMIT %d"
            .formatted(Identifiers.quote(copy), Identifiers.quote(template), strategy, SESSIONS);
    try (PreparedStatement statement = maintenance.prepareStatement(create)) {
      Maintenance.execute(statement, progress);
    } catch (SQLException e) {
      if (method == CopyMethod.CLONE && isCloneUnsupported(e)) {
        throw cloneUnsupported(e);
      }
      throw e;
    }
  }

  /**
   * Opens a copy for those who are named and for nobody else; grants are not copied with a database
   * and PUBLIC would regain CONNECT.
   *
   * @param grants {@code GRANT}s after the word ON DATABASE x, such as {@code CONNECT ... TO role}
   */
  static void letIn(Connection maintenance, String database, List<Grant> grants)
      throws SQLException {
    String quoted = Identifiers.quote(database);
    StringBuilder statements =
        new StringBuilder("REVOKE ALL ON DATABASE %s FROM PUBLIC;\n".formatted(quoted));
    for (Grant grant : grants) {
      statements.append(
          "GRANT %s ON DATABASE %s TO %s;\n"
              .formatted(grant.rights(), quoted, Identifiers.quote(grant.role())));
    }
    statements.append("ALTER DATABASE %s ALLOW_CONNECTIONS true".formatted(quoted));
    Sql.execute(maintenance, statements.toString());
  }

  /**
   * @param rights such as {@code CONNECT, TEMPORARY}
   * @param role who gets them
   */
  record Grant(String rights, String role) {}

  static boolean exists(Connection maintenance, String database) throws SQLException {
    return Sql.first(
            maintenance, "SELECT FROM pg_database WHERE datname = ?", row -> true, database)
        .isPresent();
  }

  /** The marker of a database; empty if there is none or it is unfinished. */
  static Optional<Marker> markerOf(Connection maintenance, String database) throws SQLException {
    return Sql.first(maintenance, COMMENT, row -> Marker.parse(row.getString(1)), database)
        .flatMap(marker -> marker);
  }

  private CopyMethod requireVersion(ParentFacts facts, int version, CopyMethod method) {
    if (facts.version() < version) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "parent '%1$s': copy method %2$s needs Postgres %3$d and the server is %4$s; set parents.%1$s.copyMethod to AUTO"
              .formatted(parent.name(), method, version / 10000, facts.versionName()));
    }
    return method;
  }

  private void askForClone(Connection maintenance) throws SQLException {
    try {
      Sql.execute(maintenance, "SET file_copy_method = 'clone'");
    } catch (SQLException e) {
      if ("22023".equals(e.getSQLState())) {
        throw cloneUnsupported(e);
      }
      throw e;
    }
  }

  /** The server says "could not clone file" with the SQLSTATE of the operating system's error. */
  private static boolean isCloneUnsupported(SQLException error) {
    String state = error.getSQLState();
    return state != null
        && (state.startsWith("58") || state.equals("0A000") || state.equals("XX000"));
  }

  private OffshootException cloneUnsupported(SQLException error) {
    return new OffshootException(
        ErrorCode.PARENT_UNSUITABLE,
        "parent '%1$s': its server cannot clone files, which needs a file system with reflinks such as XFS or Btrfs; set parents.%1$s.copyMethod to AUTO"
            .formatted(parent.name()),
        error);
  }
}
