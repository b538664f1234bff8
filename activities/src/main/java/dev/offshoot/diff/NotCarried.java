package dev.offshoot.diff;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.SqlErrors;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Refusals of experiments whose effect a merge cannot carry: what, which and what to do. */
final class NotCarried {
  private static final int NAME_LIMIT = 140;
  private static final int SQL_LIMIT = 120;
  private static final int MESSAGE_LIMIT = 300;
  private static final int NAMED = 10;

  private NotCarried() {}

  static OffshootException because(String message) {
    return new OffshootException(ErrorCode.NOT_CARRIED, message);
  }

  /** A statement of the experiment that cannot be replayed; the server's words concern its SQL. */
  static OffshootException statement(SqlStatement statement, String advice, SQLException error) {
    return new OffshootException(
        new Failure(
            ErrorCode.NOT_CARRIED,
            "statement %d (%s) cannot be replayed on the data as it was at the branch point: %s (SQLSTATE %s); %s"
                .formatted(
                    statement.index() + 1,
                    ShownText.oneLine(statement.text(), SQL_LIMIT),
                    ShownText.oneLine(serverMessage(error), MESSAGE_LIMIT),
                    SqlErrors.state(error),
                    advice),
            statement.index(),
            null,
            SqlErrors.state(error)),
        error);
  }

  /** The server's own sentence, without the detail, which holds values. */
  private static String serverMessage(SQLException error) {
    if (error instanceof PSQLException e) {
      @Nullable ServerErrorMessage message = e.getServerErrorMessage();
      if (message != null && message.getMessage() != null) {
        return message.getMessage();
      }
    }
    return "the server reported an error";
  }

  static String show(TableName table) {
    return ShownText.oneLine(table.toString(), NAME_LIMIT);
  }

  static String show(List<?> objects) {
    String named =
        objects.stream()
            .limit(NAMED)
            .map(object -> ShownText.oneLine(object.toString(), NAME_LIMIT))
            .collect(Collectors.joining(", "));
    return objects.size() <= NAMED
        ? named
        : "%s and %d more".formatted(named, objects.size() - NAMED);
  }
}
