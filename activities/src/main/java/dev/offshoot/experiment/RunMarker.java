package dev.offshoot.experiment;

import dev.offshoot.changelog.Aside;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Tells a branch on which an experiment has committed from an untouched one, whatever became of the
 * worker that did it.
 *
 * <p>The mark is a setting of the experiment's role in {@code template0}: a database that every
 * server has and nobody can log into, so that the setting never takes effect. It is written first
 * of all in the experiment's first transaction, and so stands if and only if that has committed. It
 * lies outside the branch, so that neither a diff nor the experiment's own catalog shows it; the
 * experiment cannot take it away, because a statement that changes roles' settings is refused
 * before its transaction commits; and it goes with the role.
 */
final class RunMarker {
  private static final String MARK =
      "ALTER ROLE CURRENT_USER IN DATABASE template0 SET application_name = 'offshoot experiment'";

  private static final String MARKED =
      """
      SELECT EXISTS (
        SELECT FROM pg_db_role_setting s
        JOIN pg_database d ON d.oid = s.setdatabase
        JOIN pg_roles r ON r.oid = s.setrole
        WHERE d.datname = 'template0' AND r.rolname = current_user)
      """;

  private RunMarker() {}

  /**
   * Marks the branch in the first transaction of {@code connection}.
   *
   * @throws OffshootException {@link ErrorCode#BRANCH_GONE} if an earlier try has committed
   */
  static void mark(Connection connection, BranchRef ref) throws SQLException {
    boolean marked = Aside.look(connection, own -> Sql.only(own, MARKED, row -> row.getBoolean(1)));
    if (marked) {
      throw new OffshootException(
          ErrorCode.BRANCH_GONE,
          "branch '%s': an earlier try of the experiment, of which nothing more is known, has committed there; start the experiment again under another id"
              .formatted(ref.branchName()));
    }
    Sql.execute(connection, MARK);
  }
}
