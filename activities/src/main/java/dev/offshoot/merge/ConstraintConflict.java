package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.SqlErrors;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** A constraint of the parent that refuses a merged row, as the server tells it. */
final class ConstraintConflict {
  private ConstraintConflict() {}

  /** Empty if the error is about something else. */
  static Optional<Conflict> of(SQLException error) {
    if (!SqlErrors.state(error).startsWith("23") || !(error instanceof PSQLException refused)) {
      return Optional.empty();
    }
    @Nullable ServerErrorMessage told = refused.getServerErrorMessage();
    if (told == null) {
      return Optional.empty();
    }
    @Nullable String schema = told.getSchema();
    @Nullable String table = told.getTable();
    return Optional.of(
        new Conflict(
            Conflict.Kind.CONSTRAINT,
            schema == null || table == null ? null : new TableName(schema, table),
            List.of(),
            told.getColumn(),
            null,
            null,
            null,
            ShownText.oneLine(note(told), 400)));
  }

  /** The detail names the key values: {@code Key (email)=(a@b) already exists.} */
  private static String note(ServerErrorMessage told) {
    @Nullable String message = told.getMessage();
    @Nullable String detail = told.getDetail();
    return "%s%s"
        .formatted(
            message == null ? "a constraint is violated" : message,
            detail == null ? "" : ": " + detail);
  }
}
