package dev.offshoot.merge;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ReplayStatement;
import dev.offshoot.sql.CatalogFingerprint;
import dev.offshoot.sql.CatalogObject;
import dev.offshoot.sql.SqlErrors;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Comparator;
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
  private static final int SHOWN_DETAIL = 400;
  private static final String DEPENDED_ON = "2BP01";

  private final ParentSession session;
  private final ChangeSet changeSet;
  private final Optional<CatalogFingerprint> before;
  private final NewTables newTables;
  private Optional<RewrittenTables> rewritten = Optional.empty();

  private SchemaReplay(
      ParentSession session,
      ChangeSet changeSet,
      Optional<CatalogFingerprint> before,
      NewTables newTables) {
    this.session = session;
    this.changeSet = changeSet;
    this.before = before;
    this.newTables = newTables;
  }

  /** Reads the parent's schema, if the change set is about the schema at all. */
  static SchemaReplay of(ParentSession session, ChangeSet changeSet, TablesBefore tables)
      throws SQLException {
    boolean hasNone = changeSet.script().isEmpty() && changeSet.schemaChanges().isEmpty();
    return new SchemaReplay(
        session,
        changeSet,
        hasNone ? Optional.empty() : Optional.of(CatalogFingerprint.read(session.connection())),
        new NewTables(session, tables));
  }

  /** Objects that the parent has changed itself since the branch point. */
  List<Conflict> moved() {
    List<Conflict> conflicts = new ArrayList<>();
    for (SchemaChange change : changeSet.schemaChanges()) {
      CatalogObject object = new CatalogObject(change.objectType(), change.identity());
      @Nullable String now = before.orElseThrow().definition(object);
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
    if (before.isEmpty()) {
      return Optional.empty();
    }
    if (phase == ReplayStatement.Phase.BEFORE_ROWS) {
      rewritten = Optional.of(RewrittenTables.count(session, changeSet));
    }
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
    if (phase == ReplayStatement.Phase.BEFORE_ROWS) {
      newTables.requireEmpty();
    }
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
        "statement %d of the script fails on today's parent: %s (SQLSTATE %s)%s"
            .formatted(
                statement.index() + 1,
                message(error),
                SqlErrors.state(error),
                SqlErrors.state(error).equals(DEPENDED_ON) ? dependents(error) : ""));
  }

  /** The server names them in its detail, which holds no values here. */
  private static String dependents(SQLException error) {
    @Nullable String detail =
        error instanceof PSQLException refused && refused.getServerErrorMessage() != null
            ? refused.getServerErrorMessage().getDetail()
            : null;
    return detail == null
        ? ""
        : ": %s. The parent's users made that since; have them drop it, or leave what it needs in place"
            .formatted(ShownText.oneLine(detail.replace("\n", ", "), SHOWN_DETAIL));
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
   * At the end: the schema must be the parent's own with exactly the reviewed changes, and no table
   * may have lost rows while it was rewritten. What the parent's users have tied to something that
   * the script drops, and that would go with it, is a conflict.
   *
   * @throws OffshootException {@code MERGE_REFUSED} naming what differs otherwise
   */
  void verify(List<PlannedTable> planned, Conflicts conflicts) throws SQLException {
    if (before.isEmpty()) {
      return;
    }
    if (rewritten.isPresent()) {
      rewritten.get().compare(planned);
    }
    Set<SchemaChange> made =
        Set.copyOf(
            CatalogFingerprint.changes(
                before.get(), CatalogFingerprint.read(session.connection())));
    Set<SchemaChange> reviewed = Set.copyOf(changeSet.schemaChanges());
    List<String> differences =
        Stream.concat(
                made.stream()
                    .filter(change -> change.kind() != SchemaChange.Kind.DROPPED)
                    .filter(change -> !reviewed.contains(change)),
                reviewed.stream().filter(change -> !made.contains(change)))
            .map(change -> change.objectType() + " " + change.identity())
            .distinct()
            .sorted()
            .toList();
    made.stream()
        .filter(change -> change.kind() == SchemaChange.Kind.DROPPED)
        .filter(change -> !reviewed.contains(change))
        .sorted(
            Comparator.comparing(SchemaChange::objectType).thenComparing(SchemaChange::identity))
        .map(SchemaReplay::wouldGoToo)
        .forEach(conflicts::add);
    if (!differences.isEmpty()) {
      throw new OffshootException(
          ErrorCode.MERGE_REFUSED,
          "%s: the merge was undone before it was committed, because on today's parent the schema script does not make the reviewed change of %s%s; %s"
              .formatted(
                  session.parent(),
                  differences.stream().limit(SHOWN_OBJECTS).collect(Collectors.joining(", ")),
                  differences.size() > SHOWN_OBJECTS
                      ? " and %d more".formatted(differences.size() - SHOWN_OBJECTS)
                      : "",
                  changeSet.undoing().of() == null
                      ? "start the experiment again, so that it sees today's schema"
                      : "set that back on the parent and revert again, or undo the merge by an experiment of its own"));
    }
  }

  private static Conflict wouldGoToo(SchemaChange dropped) {
    return new Conflict(
        Conflict.Kind.SCHEMA_CHANGED,
        null,
        List.of(dropped.identity()),
        null,
        null,
        Conflicts.value(dropped.before()),
        null,
        "%s %s, which nobody reviewed, would go with what the script drops; the parent's users made it since: have them drop it, or leave what it needs in place"
            .formatted(dropped.objectType(), dropped.identity()));
  }
}
