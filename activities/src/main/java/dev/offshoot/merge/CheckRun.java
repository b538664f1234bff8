package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.sql.SqlErrors;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The experiment's own checks, asked again of the merged parent before the commit. They may write
 * nothing: each runs read-only, which a statement inside a savepoint cannot change, and leaves
 * nothing behind.
 */
final class CheckRun {
  private static final Set<String> QUERIES = Set.of("SELECT", "WITH", "VALUES", "TABLE");

  private CheckRun() {}

  static void run(ParentSession session, List<String> checks, Conflicts conflicts)
      throws SQLException {
    for (int i = 0; i < checks.size(); i++) {
      session.report("checking %d of %d".formatted(i + 1, checks.size()));
      requireQuery(session, i, checks.get(i));
      Optional<String> objection = objection(session, checks.get(i));
      if (objection.isPresent()) {
        conflicts.add(
            Conflicts.of(
                Conflict.Kind.CHECK_FAILED,
                null,
                "check %d %s on the merged parent: %s"
                    .formatted(i + 1, objection.get(), ShownText.oneLine(checks.get(i), 200))));
      }
    }
  }

  /** What is wrong with the answer; empty if it is a single true. */
  private static Optional<String> objection(ParentSession session, String check)
      throws SQLException {
    Savepoint savepoint = session.savepoint();
    Optional<String> objection;
    try {
      objection = ask(session, check);
    } catch (SQLException e) {
      if (!isOfTheCheck(e)) {
        throw e;
      }
      objection = Optional.of("failed with SQLSTATE " + SqlErrors.state(e));
    }
    session.rollBackTo(savepoint);
    return objection;
  }

  private static Optional<String> ask(ParentSession session, String check) throws SQLException {
    session.execute("SET LOCAL transaction_read_only = on");
    session.useOwnersSearchPath();
    List<Optional<String>> rows = session.first(2, check, CheckRun::objection);
    return switch (rows.size()) {
      case 0 -> Optional.of("returned no row");
      case 1 -> rows.get(0);
      default -> Optional.of("returned several rows");
    };
  }

  private static Optional<String> objection(ResultSet row) throws SQLException {
    if (row.getMetaData().getColumnCount() != 1) {
      return Optional.of("returned several columns");
    }
    if (row.getMetaData().getColumnType(1) != Types.BIT) {
      return Optional.of("returned no boolean");
    }
    boolean answer = row.getBoolean(1);
    if (row.wasNull()) {
      return Optional.of("returned null");
    }
    return answer ? Optional.empty() : Optional.of("returned false");
  }

  private static boolean isOfTheCheck(SQLException error) {
    String state = SqlErrors.state(error);
    return !SqlErrors.isConnectionLoss(error)
        && Stream.of("40", "53", "55P03", "57", "58", "XX").noneMatch(state::startsWith);
  }

  private static void requireQuery(ParentSession session, int index, String check) {
    if (SqlScript.split(check).size() != 1 || !QUERIES.contains(SqlScript.leadingWord(check))) {
      throw new OffshootException(
          ErrorCode.STATEMENT_REFUSED,
          "%s: check %d is not one query; a check is a SELECT that returns true"
              .formatted(session.parent(), index + 1));
    }
  }
}
