package dev.offshoot.experiment;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.step.Progress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The experiment's own conditions on what it left behind. They run in a session of their own, where
 * nothing holds that the statements set or made for their session only, and cannot write.
 */
final class Checks {
  private static final int MOST_SHOWN = 120;

  private Checks() {}

  /**
   * Runs all of them.
   *
   * @return their texts, in order
   * @throws OffshootException {@link ErrorCode#CHECK_FAILED} for the first that is not true, {@link
   *     ErrorCode#BAD_SPEC} for one that does not give a single boolean
   */
  static List<String> run(
      TimedSession session, List<String> checks, Progress progress, ReportBudget budget)
      throws SQLException {
    session.connection().setReadOnly(true);
    List<String> passed = new ArrayList<>();
    for (int i = 0; i < checks.size(); i++) {
      Subject subject = Subject.check(i, checks.get(i));
      progress.report("check %d of %d: %s".formatted(i + 1, checks.size(), shown(subject)));
      if (!session.run(subject, (statement, isResult) -> isTrue(statement, isResult, subject))) {
        throw new OffshootException(
            ErrorCode.CHECK_FAILED,
            "%s did not return true: %s; correct the statements, or the check"
                .formatted(subject.name(), shown(subject)));
      }
      passed.add(budget.statement(checks.get(i)));
    }
    return List.copyOf(passed);
  }

  private static boolean isTrue(Statement statement, boolean isResult, Subject subject)
      throws SQLException {
    if (!isResult) {
      throw notOneBoolean(subject, "is no query");
    }
    ResultSet result = statement.getResultSet();
    int columns = result.getMetaData().getColumnCount();
    if (columns != 1) {
      throw notOneBoolean(subject, "returns %d columns".formatted(columns));
    }
    @Nullable String type = result.getMetaData().getColumnTypeName(1);
    if (!"bool".equals(type)) {
      throw notOneBoolean(subject, "returns " + ShownText.oneLine(String.valueOf(type), 60));
    }
    if (!result.next()) {
      throw notOneBoolean(subject, "returned no row");
    }
    boolean isTrue = result.getBoolean(1);
    if (result.next()) {
      throw notOneBoolean(subject, "returned more than one row");
    }
    return isTrue;
  }

  private static OffshootException notOneBoolean(Subject subject, String instead) {
    return new OffshootException(
        ErrorCode.BAD_SPEC,
        "%s: %s; write a SELECT that returns a single true or false"
            .formatted(subject.name(), instead));
  }

  private static String shown(Subject subject) {
    return ShownText.oneLine(subject.sql(), MOST_SHOWN);
  }
}
