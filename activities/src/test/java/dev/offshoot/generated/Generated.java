package dev.offshoot.generated;

import dev.offshoot.domain.Strictness;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code number}th case of a seed: made up, then tried, so that it holds only statements that
 * the server runs.
 */
final class Generated {
  private static final String KEEP_SEQUENCES =
      """
      SELECT format('ALTER SEQUENCE %I.%I INCREMENT BY %s', schemaname, sequencename, increment_by)
      FROM pg_sequences
      """;

  private Generated() {}

  /** What a case is made of before it was tried. */
  static Scenario madeUp(long seed, int number) {
    Dice dice = new Dice(seed * 1_000_003L + number);
    Model model = new Model();
    List<String> before = new StartingPoint(dice, model).statements();
    Model meanwhile = model.copy();
    boolean schema = dice.percent(45);
    RowStatements rows = new RowStatements(dice, model);
    SchemaStatements schemas = new SchemaStatements(dice, model);
    List<String> experiment = new ArrayList<>();
    // Twice as many as are wanted: the server will refuse some.
    int length = dice.between(1, 6);
    for (int i = 0; i < 2 * length; i++) {
      experiment.add(schema && dice.percent(55) ? schemas.next() : rows.next());
    }
    List<String> parent = new ArrayList<>();
    if (dice.percent(65)) {
      RowStatements theirs = new RowStatements(dice, meanwhile);
      SchemaStatements theirSchema = new SchemaStatements(dice, meanwhile);
      meanwhile.number += 1000;
      boolean alters = dice.percent(15);
      int changes = dice.between(1, 4);
      for (int i = 0; i < changes; i++) {
        parent.add(alters && dice.percent(50) ? theirSchema.next() : theirs.next());
      }
    }
    return new Scenario(
        "seed %d, case %d".formatted(seed, number),
        dice.percent(80) ? TransactionMode.SINGLE : TransactionMode.PER_STATEMENT,
        dice.percent(65) ? Strictness.ROW : Strictness.CELL,
        before,
        experiment,
        parent,
        List.of(),
        List.of());
  }

  /** The case with what the server runs of it; the stage, which was empty, stands as it says. */
  static Scenario onStage(Scenario madeUp, Stage stage) throws SQLException {
    try (Connection owner = stage.owner()) {
      owner.setAutoCommit(false);
      List<String> before = running(owner, madeUp.before(), madeUp.before().size(), true);
      owner.commit();
      List<String> experiment =
          tried(owner, madeUp.experiment(), (madeUp.experiment().size() + 1) / 2, madeUp.mode());
      List<String> parent =
          tried(owner, madeUp.parent(), madeUp.parent().size(), TransactionMode.PER_STATEMENT);
      return madeUp
          .withBefore(before)
          .withExperiment(experiment.isEmpty() ? List.of("SELECT 1") : experiment)
          .withParent(parent);
    }
  }

  private static List<String> tried(
      Connection owner, List<String> statements, int most, TransactionMode mode)
      throws SQLException {
    boolean checkEach = mode == TransactionMode.PER_STATEMENT;
    List<String> running = attempt(owner, statements, most, checkEach);
    return running.isEmpty() && !checkEach ? attempt(owner, statements, most, true) : running;
  }

  /** Empty if constraints that wait for the commit do not hold. */
  private static List<String> attempt(
      Connection owner, List<String> statements, int most, boolean checkEach) throws SQLException {
    for (String keep : Sql.list(owner, KEEP_SEQUENCES, row -> row.getString(1))) {
      Sql.execute(owner, keep);
    }
    try {
      List<String> running = running(owner, statements, most, checkEach);
      Sql.execute(owner, "SET CONSTRAINTS ALL IMMEDIATE");
      return running;
    } catch (SQLException e) {
      return List.of();
    } finally {
      owner.rollback();
    }
  }

  private static List<String> running(
      Connection owner, List<String> statements, int most, boolean checkEach) throws SQLException {
    List<String> running = new ArrayList<>();
    for (String statement : statements) {
      if (running.size() == most) {
        break;
      }
      Savepoint savepoint = owner.setSavepoint();
      try {
        Sql.execute(owner, statement);
        if (checkEach) {
          Sql.execute(owner, "SET CONSTRAINTS ALL IMMEDIATE");
        }
        running.add(statement);
        owner.releaseSavepoint(savepoint);
      } catch (SQLException e) {
        owner.rollback(savepoint);
      }
    }
    return running;
  }
}
