package dev.offshoot.diff;

import dev.offshoot.changelog.RowWatch;
import dev.offshoot.diff.BoundedStatement.TooLongException;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ReplayStatement;
import dev.offshoot.ledger.ReplayStatement.Phase;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replays the experiment's schema statements on the base, inside the caller's transaction, as the
 * experiment's own role. What fails there because the old rows break a constraint is put off until
 * the rows are those of the branch, and so is what fills a materialized view from them, what makes
 * a constraint that the rows of before need not meet ({@code NOT VALID}), and what then fails for
 * want of it.
 */
final class SchemaRehearsal {
  private static final String INTEGRITY_VIOLATION = "23";
  private static final String NEW_LABEL_IN_USE = "55P04";
  private static final String NO_RIGHT = "42501";
  private static final String TRUSTED_NAMES = "SET LOCAL search_path = pg_catalog, pg_temp";

  private static final String TABLES =
      """
      SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
        AND n.nspname NOT IN ('information_schema', 'offshoot')
      """;

  private static final String FILLED_VIEWS =
      "SELECT oid FROM pg_catalog.pg_class WHERE relkind = 'm' AND relispopulated";

  private static final String NOT_VALIDATED =
      "SELECT oid FROM pg_catalog.pg_constraint WHERE NOT convalidated";

  private final Connection base;
  private final String role;
  private final List<SqlStatement> statements;
  private final Duration timeout;
  private final Progress progress;
  private final StandingSequences sequences;
  private final Set<Long> knownTables = new HashSet<>();
  private final Set<Long> knownViews = new HashSet<>();
  private final Set<Long> knownNotValidated = new HashSet<>();
  private final List<ReplayStatement> script = new ArrayList<>();
  private final List<SchemaStatement> deferred = new ArrayList<>();
  private @Nullable RowWatch rows;

  /**
   * @param role the experiment's role, which is to own what the statements create
   * @param statements all statements of the experiment
   * @param timeout for each statement
   */
  SchemaRehearsal(
      Connection base,
      String role,
      List<SqlStatement> statements,
      Duration timeout,
      Progress progress) {
    this.base = base;
    this.role = role;
    this.statements = statements;
    this.timeout = timeout;
    this.progress = progress;
    this.sequences = new StandingSequences(base, role);
  }

  /**
   * Replays what can be replayed before the rows change. Tables that it makes are empty afterwards.
   *
   * @throws dev.offshoot.domain.OffshootException {@code NOT_CARRIED} naming the statement that
   *     cannot be replayed
   */
  void beforeRows(List<SchemaStatement> schema) throws SQLException {
    if (schema.isEmpty()) {
      return;
    }
    newTables();
    knownViews.addAll(oids(FILLED_VIEWS));
    knownNotValidated.addAll(oids(NOT_VALIDATED));
    sequences.begin();
    rows = RowWatch.begin(base);
    withholdSequences(schema.get(0));
    for (SchemaStatement statement : schema) {
      Attempt attempt = attempt(statement, Phase.BEFORE_ROWS);
      Optional<SQLException> failure = Optional.ofNullable(attempt.failure());
      if (attempt.stands()) {
        script.add(replay(statement, Phase.BEFORE_ROWS));
      } else if (failure.isEmpty()
          || SqlErrors.state(failure.get()).startsWith(INTEGRITY_VIOLATION)
          || !deferred.isEmpty()) {
        deferred.add(statement);
      } else {
        throw NotCarried.statement(
            statements.get(statement.index()), advice(failure.get()), failure.get());
      }
    }
    giveSequencesBack();
  }

  /** Replays what had to wait for the rows. */
  void afterRows() throws SQLException {
    if (deferred.isEmpty()) {
      return;
    }
    // The reviewed rows have been applied since; they are not what is watched for.
    var unused = watch().look(base);
    withholdSequences(deferred.get(0));
    for (SchemaStatement waiting : deferred) {
      @Nullable SQLException failure = attempt(waiting, Phase.AFTER_ROWS).failure();
      if (failure != null) {
        throw NotCarried.statement(
            statements.get(waiting.index()),
            SqlErrors.state(failure).equals(NO_RIGHT)
                ? advice(failure)
                : "it failed before and after the rows were as the experiment left them; split it into statements that each do one thing",
            failure);
      }
      script.add(replay(waiting, Phase.AFTER_ROWS));
    }
    giveSequencesBack();
  }

  private void withholdSequences(SchemaStatement first) throws SQLException {
    ExperimentRole.become(base, role, first.searchPath(), timeout);
    Sql.execute(base, TRUSTED_NAMES);
    sequences.withhold();
  }

  private void giveSequencesBack() throws SQLException {
    Sql.execute(base, TRUSTED_NAMES);
    sequences.giveBack();
    becomeReader();
  }

  /** Statements that wait for the rows. */
  List<SqlStatement> waiting() {
    return deferred.stream().map(statement -> statements.get(statement.index())).toList();
  }

  /** What was replayed, in the order in which a merge is to replay it. */
  List<ReplayStatement> script() {
    return List.copyOf(script);
  }

  private ReplayStatement replay(SchemaStatement statement, Phase phase) {
    return new ReplayStatement(
        statement.index(), statements.get(statement.index()).text(), statement.searchPath(), phase);
  }

  /**
   * How a statement went.
   *
   * @param failure why it did not run
   * @param stands whether it ran and what it did is there
   */
  private record Attempt(@Nullable SQLException failure, boolean stands) {}

  /**
   * Runs one statement; after a failure everything is as it was before, and so it is if it must
   * wait for the rows.
   */
  private Attempt attempt(SchemaStatement schema, Phase phase) throws SQLException {
    SqlStatement statement = statements.get(schema.index());
    progress.report("rehearsing statement %d".formatted(schema.index() + 1));
    ExperimentRole.become(base, role, schema.searchPath(), timeout);
    Savepoint savepoint = base.setSavepoint();
    @Nullable SQLException failure = null;
    try {
      BoundedStatement.execute(base, statement.text(), timeout, progress);
    } catch (TooLongException e) {
      throw tookTooLong(statement, e);
    } catch (SQLException e) {
      if (SqlErrors.mayPass(e)) {
        throw e;
      }
      failure = e;
    }
    boolean stands = failure == null && (phase == Phase.AFTER_ROWS || needsNoRows());
    if (!stands) {
      base.rollback(savepoint);
    }
    Sql.execute(base, TRUSTED_NAMES);
    // After a rollback too: what was undone still counts.
    Map<Long, TableName> writtenByIt = watch().look(base).standing();
    if (stands) {
      refuseWrites(statement, writtenByIt);
      empty(newTables(), statement);
    }
    base.releaseSavepoint(savepoint);
    return new Attempt(failure, stands);
  }

  private boolean needsNoRows() throws SQLException {
    return knownViews.containsAll(oids(FILLED_VIEWS))
        && knownNotValidated.containsAll(oids(NOT_VALIDATED));
  }

  /** Qualified, as the search path may still be the experiment's. */
  private Set<Long> oids(String query) throws SQLException {
    return new HashSet<>(Sql.list(base, query, row -> row.getLong(1)));
  }

  private static String advice(SQLException error) {
    return switch (SqlErrors.state(error)) {
      case NEW_LABEL_IN_USE ->
          "merge the new label of the type first and use it in another experiment";
      case NO_RIGHT ->
          "it does what it may not, such as setting a sequence that stood before (setval), which no rollback on the parent would undo; set the sequence in a statement of its own";
      default ->
          "it needs what other statements did to rows, sessions or temporary tables before it; do that and this in separate experiments";
    };
  }

  private OffshootException tookTooLong(SqlStatement statement, TooLongException error) {
    return new OffshootException(
        ErrorCode.LIMIT_EXCEEDED,
        "statement %d took longer than limits.statementTimeout (%s) when it was replayed on the data as it was at the branch point; raise the limit"
            .formatted(statement.index() + 1, HumanDuration.format(timeout)),
        error);
  }

  /**
   * What a replay writes into tables of the branch point would hide from the comparison, and would
   * be written on the parent as well.
   */
  private static void refuseWrites(SqlStatement statement, Map<Long, TableName> tables) {
    if (!tables.isEmpty()) {
      throw NotCarried.because(
          "statement %d changes the schema and, when it is replayed, also writes rows of %s; do the one and the other in separate statements"
              .formatted(
                  statement.index() + 1,
                  NotCarried.show(tables.values().stream().map(TableName::toString).toList())));
    }
  }

  private RowWatch watch() {
    return Objects.requireNonNull(rows, "a rehearsal of no statement watches nothing");
  }

  /** Whose rows are the branch's to say, not those that a replay computes from the old data. */
  private void empty(List<String> tables, SqlStatement by) throws SQLException {
    for (String table : tables) {
      try {
        boolean hasRows =
            Sql.only(
                base, "SELECT EXISTS (SELECT FROM ONLY " + table + ")", row -> row.getBoolean(1));
        if (hasRows) {
          Sql.execute(base, "TRUNCATE ONLY " + table);
        }
      } catch (SQLException e) {
        throw NotCarried.statement(
            by,
            "it creates a table, fills it and ties it down at once; do that in separate statements",
            e);
      }
    }
  }

  /** Quoted names of the tables that were not there when this was last asked. */
  private List<String> newTables() throws SQLException {
    List<String> fresh = new ArrayList<>();
    Sql.list(base, TABLES, row -> knownTables.add(row.getLong("oid")) ? row.getString("name") : "")
        .stream()
        .filter(name -> !name.isEmpty())
        .forEach(fresh::add);
    return fresh;
  }

  /** Whatever the statements set in this session, it is ours again. */
  private void becomeReader() throws SQLException {
    Sql.execute(base, "RESET ROLE");
    SessionSettings.apply(base);
    SessionSettings.applyForReading(base);
  }
}
