package dev.offshoot.diff;

import dev.offshoot.diff.BoundedStatement.TooLongException;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.sql.CatalogFingerprint;
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
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds statements that give the base the schema that a branch has got by ways that nobody
 * followed: from the catalogs alone, each tried on the base in a transaction that is rolled back,
 * until the fingerprints are equal or nothing more is known. What is found is rehearsed with the
 * rest of the script afterwards, which alone says whether it gives exactly the branch.
 *
 * <p>What stands in both is known by its object id, so that what was renamed is renamed.
 */
public final class SchemaDerivation {
  /** Most statements that are looked for. */
  static final int MOST_STATEMENTS = 200;

  private static final int MOST_CHARACTERS = 100_000;
  private static final int MOST_ROUNDS = 20;
  private static final String TRUSTED_NAMES = "SET LOCAL search_path = pg_catalog, pg_temp";
  private static final String SAFE_PATH = "pg_catalog, pg_temp";

  /** Function bodies were written for it. */
  private static final String USUAL_PATH = "\"$user\", public";

  private static final String INTEGRITY_VIOLATION = "23";

  private final Connection base;
  private final String role;
  private final Duration timeout;
  private final Progress progress;
  private final CatalogFingerprint wanted;
  private final DerivedStatements statements;
  private final CatalogNames names;
  private final ColumnRules rules;
  private final StandingSequences sequences;
  private final boolean mayWait;
  private final List<ReplayedStatement> found = new ArrayList<>();
  private final List<ReplayedStatement> waiting = new ArrayList<>();
  private final Set<String> tried = new HashSet<>();

  private SchemaDerivation(
      Connection base,
      Connection branch,
      CatalogFingerprint wanted,
      CatalogNames original,
      String role,
      StandingSequences sequences,
      boolean mayWait,
      Duration timeout,
      Progress progress)
      throws SQLException {
    this.base = base;
    this.role = role;
    this.sequences = sequences;
    this.timeout = timeout;
    this.progress = progress;
    this.wanted = wanted;
    this.statements = new DerivedStatements(wanted);
    this.names = CatalogNames.read(branch).of(original);
    this.rules = ColumnRules.read(branch).of(original);
    this.mayWait = mayWait;
  }

  /**
   * @param base a session of the reader's in a transaction, which the caller rolls back
   * @param branch the same
   * @param role the experiment's
   * @param known statements that have changed the schema and are known
   * @param timeout for each statement
   * @return what is to be replayed after these; empty if the schema is theirs already, or if they
   *     cannot be replayed, which the diff will say
   */
  public static List<ReplayedStatement> of(
      Connection base,
      Connection branch,
      String role,
      List<ReplayedStatement> known,
      Duration timeout,
      Progress progress)
      throws SQLException {
    CatalogFingerprint wanted = CatalogFingerprint.read(branch);
    if (known.isEmpty() && same(wanted, base)) {
      return List.of();
    }
    CatalogNames original = CatalogNames.read(base);
    SchemaRehearsal rehearsal = rehearsal(base, role, known, timeout, progress);
    try {
      rehearsal.beforeRows(
          IntStream.range(0, known.size())
              .mapToObj(i -> new SchemaStatement(i, known.get(i).searchPath()))
              .toList());
      if (same(wanted, base)) {
        return List.of();
      }
      progress.report("finding statements for what connections changed");
      StandingSequences sequences = new StandingSequences(base, role);
      sequences.begin();
      SchemaDerivation derivation =
          new SchemaDerivation(
              base,
              branch,
              wanted,
              original,
              role,
              sequences,
              rehearsal.waiting().isEmpty(),
              timeout,
              progress);
      List<ReplayedStatement> all = derivation.search();
      sequences.giveBack();
      return all;
    } catch (TooLongException e) {
      return List.of();
    } catch (OffshootException e) {
      if (e.code().retryable() || e.code() == ErrorCode.CANCELLED) {
        throw e;
      }
      return List.of();
    }
  }

  private static SchemaRehearsal rehearsal(
      Connection base,
      String role,
      List<ReplayedStatement> known,
      Duration timeout,
      Progress progress) {
    List<SqlStatement> statements = new ArrayList<>();
    for (ReplayedStatement each : known) {
      statements.add(new SqlStatement(statements.size(), each.sql(), 1));
    }
    return new SchemaRehearsal(base, role, statements, timeout, progress);
  }

  private static boolean same(CatalogFingerprint wanted, Connection base) throws SQLException {
    return CatalogFingerprint.changes(wanted, CatalogFingerprint.read(base)).isEmpty();
  }

  private List<ReplayedStatement> search() throws SQLException, TooLongException {
    List<SchemaChange> left = changes();
    for (int round = 0; round < MOST_ROUNDS && !left.isEmpty() && !isOver(); round++) {
      tried.clear();
      boolean any = rename();
      for (SchemaChange change : statements.inOrder(any ? changes() : left)) {
        any |= settle(change);
      }
      for (String statement : rules.setBack(ColumnRules.read(base))) {
        any |= attempt(List.of(statement), SAFE_PATH);
      }
      List<SchemaChange> still = any ? changes() : left;
      if (still.equals(left)) {
        break;
      }
      left = still;
    }
    List<ReplayedStatement> all = new ArrayList<>(found);
    all.addAll(waiting);
    return all.size() > MOST_STATEMENTS || characters(all) > MOST_CHARACTERS
        ? List.of()
        : List.copyOf(all);
  }

  /** Before anything is dropped as superfluous; a column's new name may wait for its table's. */
  private boolean rename() throws SQLException, TooLongException {
    boolean any = false;
    boolean more = true;
    while (more) {
      more = false;
      for (String rename : names.renamesBack(CatalogNames.read(base))) {
        more |= attempt(List.of(rename), SAFE_PATH);
      }
      any |= more;
    }
    return any;
  }

  private boolean isOver() {
    return found.size() > MOST_STATEMENTS;
  }

  private static int characters(List<ReplayedStatement> statements) {
    return statements.stream().mapToInt(each -> each.sql().length()).sum();
  }

  private boolean settle(SchemaChange change) throws SQLException, TooLongException {
    boolean isCode = Set.of("function", "procedure").contains(change.objectType());
    for (List<String> way : statements.of(change)) {
      if (attempt(way, isCode ? USUAL_PATH : SAFE_PATH)) {
        return true;
      }
    }
    return false;
  }

  /** Between two rounds: the right that is withheld while statements run is no difference. */
  private List<SchemaChange> changes() throws SQLException {
    sequences.giveBack();
    List<SchemaChange> changes = CatalogFingerprint.changes(wanted, CatalogFingerprint.read(base));
    sequences.withhold();
    return changes;
  }

  /**
   * Runs statements that belong together; after a failure everything is as it was before. One that
   * fails for the rows of the base may do with those of the branch, and is kept for the end.
   */
  private boolean attempt(List<String> way, String searchPath)
      throws SQLException, TooLongException {
    if (isOver() || !tried.add(String.join(";", way))) {
      return false;
    }
    Savepoint savepoint = base.setSavepoint();
    try {
      ExperimentRole.become(base, role, searchPath, timeout);
      for (String sql : way) {
        BoundedStatement.execute(base, sql, timeout, progress);
      }
      Sql.execute(base, "RESET ROLE");
      Sql.execute(base, TRUSTED_NAMES);
      base.releaseSavepoint(savepoint);
      way.forEach(sql -> found.add(new ReplayedStatement(0, sql, searchPath, false)));
      return true;
    } catch (SQLException e) {
      if (SqlErrors.mayPass(e)) {
        throw e;
      }
      base.rollback(savepoint);
      base.releaseSavepoint(savepoint);
      if (SqlErrors.state(e).startsWith(INTEGRITY_VIOLATION) && way.size() == 1) {
        wait(way.get(0), searchPath);
      }
      return false;
    }
  }

  /** A new column that rows lack a value for is made without that demand instead. */
  private void wait(String sql, String searchPath) {
    boolean known = waiting.stream().anyMatch(each -> each.sql().equals(sql));
    if (mayWait && !known && !sql.contains(" ADD COLUMN ")) {
      waiting.add(new ReplayedStatement(0, sql, searchPath, true));
    }
  }
}
