package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ReplayStatement;
import dev.offshoot.sql.CatalogFingerprint;
import dev.offshoot.sql.CatalogObject;
import dev.offshoot.sql.SqlErrors;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The change set's schema script on the parent: only where the objects concerned are still what the
 * experiment saw, and in the end they and nothing else must be what was reviewed.
 */
final class SchemaReplay {
  /** A statement that ends or divides the transaction would end the merge in the middle. */
  private static final Set<String> TRANSACTION_CONTROL =
      Set.of(
          "ABORT",
          "BEGIN",
          "COMMIT",
          "END",
          "PREPARE",
          "RELEASE",
          "ROLLBACK",
          "SAVEPOINT",
          "START");

  private static final int SHOWN_OBJECTS = 5;

  private final ParentSession session;
  private final ChangeSet changeSet;
  private final CatalogFingerprint before;
  private final NewTables newTables;

  private SchemaReplay(
      ParentSession session, ChangeSet changeSet, CatalogFingerprint before, NewTables newTables) {
    this.session = session;
    this.changeSet = changeSet;
    this.before = before;
    this.newTables = newTables;
  }

  /** Reads the parent's schema if the change set has any changes of it. */
  static Optional<SchemaReplay> of(ParentSession session, ChangeSet changeSet, TablesBefore tables)
      throws SQLException {
    if (changeSet.script().isEmpty() && changeSet.schemaChanges().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new SchemaReplay(
            session,
            changeSet,
            CatalogFingerprint.read(session.connection()),
            new NewTables(session, tables)));
  }

  /** Objects that the parent has changed itself since the branch point. */
  List<Conflict> moved() {
    List<Conflict> conflicts = new ArrayList<>();
    for (SchemaChange change : changeSet.schemaChanges()) {
      CatalogObject object = new CatalogObject(change.objectType(), change.identity());
      @Nullable String now = before.definition(object);
      if (!Objects.equals(now, change.before())) {
        conflicts.add(
            new Conflict(
                Conflict.Kind.SCHEMA_CHANGED,
                null,
                List.of(change.identity()),
                null,
                Conflicts.value(change.before()),
                Conflicts.value(now),
                Conflicts.value(change.after()),
                Objects.equals(now, change.after())
                    ? "the parent has made the same change of %s itself".formatted(object)
                    : "the parent has changed %s itself".formatted(object)));
      }
    }
    return conflicts;
  }

  /**
   * Runs the statements of one phase, all or none.
   *
   * @return why the parent refuses one; empty if they all ran
   */
  Optional<Conflict> run(ReplayStatement.Phase phase) throws SQLException {
    Savepoint savepoint = session.savepoint();
    for (ReplayStatement statement : changeSet.script()) {
      if (statement.phase() == phase) {
        session.report("replaying statement %d".formatted(statement.index() + 1));
        try {
          run(statement);
        } catch (SQLException e) {
          if (!isRefusal(e)) {
            throw e;
          }
          session.rollBackTo(savepoint);
          return Optional.of(refusal(statement, e));
        }
      }
    }
    session.release(savepoint);
    return Optional.empty();
  }

  private void run(ReplayStatement statement) throws SQLException {
    if (SqlScript.split(statement.sql()).size() != 1
        || TRANSACTION_CONTROL.contains(SqlScript.leadingWord(statement.sql()))) {
      throw new OffshootException(
          ErrorCode.STATEMENT_REFUSED,
          "%s: statement %d of the script is not one statement within a transaction"
              .formatted(session.parent(), statement.index() + 1));
    }
    session.useSearchPath(statement.searchPath());
    session.execute(statement.sql());
    session.settle();
    newTables.empty();
  }

  /** Whether it is the statement that fails on this parent, rather than the merge. */
  private static boolean isRefusal(SQLException error) {
    String state = SqlErrors.state(error);
    return !SqlErrors.isConnectionLoss(error)
        && Stream.of("40", "53", "55P03", "57", "58", "XX", "42501").noneMatch(state::startsWith);
  }

  private Conflict refusal(ReplayStatement statement, SQLException error) {
    if (SqlErrors.state(error).startsWith("23")) {
      return ConstraintConflict.of(error)
          .orElseThrow(() -> new IllegalStateException("class 23 without a message", error));
    }
    return Conflicts.of(
        Conflict.Kind.SCHEMA_CHANGED,
        null,
        "statement %d of the script fails on today's parent: %s (SQLSTATE %s)"
            .formatted(statement.index() + 1, message(error), SqlErrors.state(error)));
  }

  /** The server's own words about the experiment's statement. */
  private static String message(SQLException error) {
    if (error instanceof PSQLException refused) {
      @Nullable ServerErrorMessage message = refused.getServerErrorMessage();
      if (message != null && message.getMessage() != null) {
        return message.getMessage();
      }
    }
    return "an error";
  }

  /**
   * At the end: the schema must be the parent's own with exactly the reviewed changes.
   *
   * @throws OffshootException {@code MERGE_REFUSED} naming what differs
   */
  void verify() throws SQLException {
    Set<SchemaChange> made =
        Set.copyOf(
            CatalogFingerprint.changes(before, CatalogFingerprint.read(session.connection())));
    Set<SchemaChange> reviewed = Set.copyOf(changeSet.schemaChanges());
    List<String> differences =
        Stream.concat(
                made.stream().filter(change -> !reviewed.contains(change)),
                reviewed.stream().filter(change -> !made.contains(change)))
            .map(change -> change.objectType() + " " + change.identity())
            .distinct()
            .sorted()
            .toList();
    if (!differences.isEmpty()) {
      throw new OffshootException(
          ErrorCode.MERGE_REFUSED,
          "%s: the merge was undone before it was committed, because on today's parent the schema script does not make the reviewed change of %s%s; start the experiment again, so that it sees today's schema"
              .formatted(
                  session.parent(),
                  differences.stream().limit(SHOWN_OBJECTS).collect(Collectors.joining(", ")),
                  differences.size() > SHOWN_OBJECTS
                      ? " and %d more".formatted(differences.size() - SHOWN_OBJECTS)
                      : ""));
    }
  }
}
