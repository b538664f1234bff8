package dev.offshoot.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.offshoot.activity.SessionActivities.RunDone;
import dev.offshoot.changelog.Aside;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.RunAnswer;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * What the latest run of a session did, written last in the run's own transaction: it stands if and
 * only if that has committed, and so tells a worker that tries again what became of the try before.
 *
 * <p>It stands where {@link RunMarker} explains. Rows of results are not in it. What the session's
 * own role would write there by itself is refused before it commits.
 */
final class RunMark {
  private static final String PREFIX = "application_name=";

  private static final String MARK =
      """
      SELECT c.setting FROM pg_db_role_setting AS s
      JOIN pg_database AS d ON d.oid = s.setdatabase
      JOIN pg_roles AS r ON r.oid = s.setrole, unnest(s.setconfig) AS c (setting)
      WHERE d.datname = 'template0' AND r.rolname = current_user
        AND starts_with(c.setting, 'application_name=')
      """;

  /** The server keeps such a setting in ASCII. */
  private static final ObjectWriter ASCII =
      OffshootJson.mapper().writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private RunMark() {}

  /** What a run of that number has done, if it has committed. */
  static Optional<RunDone> of(Connection connection, int run) throws SQLException {
    Optional<String> mark =
        Aside.look(connection, own -> Sql.first(own, MARK, row -> row.getString(1)));
    return mark.map(text -> parse(text.substring(PREFIX.length())))
        .filter(done -> done.answer().run() == run);
  }

  /** Marks the branch in the transaction of {@code connection}. */
  static void write(Connection connection, BranchRef ref, RunDone done) throws SQLException {
    Sql.execute(
        connection,
        "ALTER ROLE %s IN DATABASE template0 SET application_name = E'%s'"
            .formatted(
                Identifiers.quote(ref.branchName()),
                json(withoutRows(done)).replace("\\", "\\\\").replace("'", "''")));
  }

  private static RunDone withoutRows(RunDone done) {
    RunAnswer answer = done.answer();
    List<StatementResult> statements =
        answer.statements().stream()
            .map(
                each ->
                    new StatementResult(
                        each.index(),
                        each.sql(),
                        each.millis(),
                        each.rowsAffected(),
                        List.of(),
                        List.of(),
                        each.moreRows() || !each.rows().isEmpty(),
                        each.changedSchema()))
            .toList();
    return new RunDone(
        new RunAnswer(
            answer.run(),
            true,
            statements,
            List.of(),
            null,
            true,
            answer.millis(),
            answer.statementsLeft()),
        done.touched(),
        done.schemaStatements());
  }

  private static String json(RunDone done) {
    try {
      return ASCII.writeValueAsString(done);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a run that is no JSON", e);
    }
  }

  private static RunDone parse(String json) {
    try {
      return OffshootJson.mapper().readValue(json, RunDone.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a mark that is not ours", e);
    }
  }
}
