package dev.offshoot.generated;

import dev.offshoot.DatabaseDump;
import dev.offshoot.PostgresServer;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One case played through branch, experiment, diff, drop and merge, and what the oracles say of it.
 *
 * @param result what came of it
 * @param problems what is not as it must be, in words; empty if all is well
 */
record Play(Result result, List<String> problems) {

  /**
   * Collisions that {@link ThreeWay} and {@link Drops} find row by row; the others are those of
   * constraints.
   */
  private static final Set<Conflict.Kind> OF_ROWS =
      EnumSet.of(
          Conflict.Kind.INSERT_EXISTS,
          Conflict.Kind.UPDATE_MISSING,
          Conflict.Kind.UPDATE_UPDATE,
          Conflict.Kind.DELETE_UPDATED,
          Conflict.Kind.DROPPED_WRITTEN);

  /** What is read of a branch before it is dropped. */
  private record BranchContents(
      String dump, Rows base, Rows rows, Drops drops, @Nullable String pgDump) {}

  /** How the parent stands when the merge begins, and what the model makes of it. */
  private record ParentBefore(String base, String dump, Expectation expectation) {}

  /** On an empty stage. */
  static Play of(Scenario scenario, Stage stage, @Nullable PgDump pgDump) throws SQLException {
    try (Connection owner = stage.owner()) {
      for (String statement : scenario.before()) {
        Sql.execute(owner, statement);
      }
    }
    return onStage(scenario, stage, pgDump);
  }

  /** On a stage that stands as the scenario says. */
  static Play onStage(Scenario scenario, Stage stage, @Nullable PgDump pgDump) throws SQLException {
    Play play = played(scenario, stage, pgDump);
    if (play.result() instanceof Result.Refused refused && refused.code() == ErrorCode.INTERNAL) {
      play.problems().add("an error that nobody can do anything about: " + refused.message());
    }
    return play;
  }

  private static Play played(Scenario scenario, Stage stage, @Nullable PgDump pgDump)
      throws SQLException {
    BranchRef branch = stage.branch();
    ExperimentSpec spec = stage.spec(scenario);
    String original = DatabaseDump.of(stage.database());
    try {
      ExperimentReport report;
      ChangeSummary changes;
      BranchContents contents;
      try {
        stage.createBranch(branch, spec);
        report = stage.run(branch, spec);
        changes = stage.diff(branch, spec, report);
        contents = contents(scenario, branch, report, pgDump);
      } finally {
        stage.drop(branch);
      }
      List<String> problems = new ArrayList<>();
      ParentBefore parent;
      try (Connection session = PostgresServer.superuser(stage.database())) {
        parent = parentBefore(scenario, stage, report, contents, original, session, problems);
      }
      return merge(scenario, stage, branch, spec, changes, contents, parent, pgDump, problems);
    } catch (Stage.Stopped e) {
      List<String> problems = new ArrayList<>();
      same("the parent after a refusal", original, DatabaseDump.of(stage.database()), problems);
      return new Play(e.result, problems);
    }
  }

  private static BranchContents contents(
      Scenario scenario, BranchRef branch, ExperimentReport report, @Nullable PgDump pgDump)
      throws SQLException {
    // Where the parent has moved the branch is not what is to come of it.
    boolean compares = pgDump != null && scenario.parent().isEmpty();
    String text = compares ? Objects.requireNonNull(pgDump).of(branch.branchName()) : null;
    try (Connection copy = PostgresServer.superuser(branch.branchName());
        Connection base = PostgresServer.superuser(branch.baseName())) {
      copy.setAutoCommit(false);
      base.setAutoCommit(false);
      Rows before = Expectation.ofBase(base, scenario.experiment(), report);
      base.rollback();
      String dump = DatabaseDump.of(copy);
      Rows after = Rows.read(copy);
      copy.rollback();
      Drops drops = Drops.of(base, copy);
      copy.rollback();
      base.rollback();
      return new BranchContents(dump, before, after, drops, text);
    }
  }

  /** Lets the parent's users do what they do, and what is then to be expected of a merge. */
  private static ParentBefore parentBefore(
      Scenario scenario,
      Stage stage,
      ExperimentReport report,
      BranchContents contents,
      String original,
      Connection session,
      List<String> problems)
      throws SQLException {
    String dump = DatabaseDump.of(session);
    same("the parent before the merge", original, dump, problems);
    if (!scenario.parent().isEmpty()) {
      try (Connection owner = stage.owner()) {
        for (String statement : scenario.parent()) {
          Sql.execute(owner, statement);
        }
      }
      dump = DatabaseDump.of(session);
    }
    session.setAutoCommit(false);
    Expectation expectation =
        Expectation.of(
            session,
            contents.base(),
            contents.rows(),
            contents.drops(),
            scenario.experiment(),
            report,
            scenario.strictness());
    session.rollback();
    return new ParentBefore(original, dump, expectation);
  }

  private static Play merge(
      Scenario scenario,
      Stage stage,
      BranchRef branch,
      ExperimentSpec spec,
      ChangeSummary changes,
      BranchContents contents,
      ParentBefore parentBefore,
      @Nullable PgDump pgDump,
      List<String> problems)
      throws SQLException {
    boolean moved = !scenario.parent().isEmpty();
    Expectation expectation = parentBefore.expectation();
    String before = parentBefore.dump();
    String pgDumpBefore = moved || pgDump == null ? null : pgDump.of(stage.database());
    Result result = stage.merge(branch, spec, changes.digest());
    try (Connection parent = PostgresServer.superuser(stage.database())) {
      String after = DatabaseDump.of(parent);
      if (result instanceof Result.Merged) {
        if (moved) {
          compareWithModel(expectation, after, problems);
        } else {
          same("the parent and the branch", contents.dump(), after, problems);
          if (contents.pgDump() != null && pgDump != null) {
            String parentText = pgDump.of(stage.database());
            same("the parent and the branch by pg_dump", contents.pgDump(), parentText, problems);
            agree(before, contents, Objects.requireNonNull(pgDumpBefore), problems);
          }
        }
        problems.addAll(Sequences.leftBehind(parentBefore.base(), before, contents.dump(), after));
        Invariants.broken(parent)
            .forEach(broken -> problems.add("does not hold on the parent: " + broken));
      } else {
        same("the parent after a merge that was not done", before, after, problems);
        if (result instanceof Result.Conflicted conflicted) {
          compareConflicts(
              expectation, conflicted, moved, !changes.schemaScript().isEmpty(), problems);
        }
      }
    }
    ask(scenario, stage, problems);
    if (result instanceof Result.Merged) {
      takeBack(stage, branch, changes, before, problems);
    }
    return new Play(result, problems);
  }

  private static void ask(Scenario scenario, Stage stage, List<String> problems)
      throws SQLException {
    for (String question : scenario.then()) {
      String[] parts = question.split(" => ", -1);
      try (Connection parent = PostgresServer.superuser(stage.database())) {
        String answer = Sql.only(parent, parts[0], row -> row.getString(1));
        if (!parts[1].equals(answer)) {
          problems.add("%s => %s, and not %s".formatted(parts[0], answer, parts[1]));
        }
      }
    }
  }

  /** A merge that nobody wrote after is taken back whole, or said not to be before it is done. */
  private static void takeBack(
      Stage stage, BranchRef branch, ChangeSummary changes, String before, List<String> problems)
      throws SQLException {
    Result result = stage.revert(branch);
    boolean promised = changes.reversal().obstacle() == null;
    if (promised && result instanceof Result.Conflicted shut && isShut(shut, stage)) {
      return;
    }
    if (promised != result instanceof Result.Merged) {
      problems.add(
          "%s to be reverted, and the revert gave %s"
              .formatted(promised ? "said" : "said not", result.told()));
    }
    if (promised) {
      same("the parent before and the revert", before, DatabaseDump.of(stage.database()), problems);
    }
  }

  /** A constraint of the parent's own that is NOT VALID keeps out what went before it came. */
  private static boolean isShut(Result.Conflicted result, Stage stage) throws SQLException {
    try (Connection parent = PostgresServer.superuser(stage.database())) {
      return result.conflicts().stream().allMatch(c -> c.kind() == Conflict.Kind.CONSTRAINT)
          && Sql.only(
              parent,
              "SELECT EXISTS (SELECT FROM pg_constraint WHERE NOT convalidated)",
              row -> row.getBoolean(1));
    }
  }

  /** Our own dump sees a difference between two databases exactly where pg_dump sees one. */
  private static void agree(
      String before, BranchContents contents, String pgDumpBefore, List<String> problems) {
    boolean ours = comparable(before).equals(comparable(contents.dump()));
    boolean theirs =
        comparable(pgDumpBefore).equals(comparable(Objects.requireNonNull(contents.pgDump())));
    if (ours != theirs) {
      problems.add(
          "before the merge parent and branch are %s to our dump, and %s to pg_dump"
              .formatted(ours ? "equal" : "different", theirs ? "equal" : "different"));
    }
  }

  private static void compareWithModel(
      Expectation expectation, String after, List<String> problems) {
    if (expectation.dump() == null) {
      problems.add(
          "merged, although the model finds %s %s"
              .formatted(expectation.rowConflicts(), expectation.broken()));
    } else {
      same("the parent and the model", expectation.dump(), after, problems);
    }
  }

  private static void compareConflicts(
      Expectation expectation,
      Result.Conflicted result,
      boolean moved,
      boolean hasScript,
      List<String> problems) {
    if (!moved) {
      problems.add("a parent that has not moved conflicts: " + result.told());
      return;
    }
    Set<String> ofRows =
        result.conflicts().stream()
            .filter(conflict -> OF_ROWS.contains(conflict.kind()))
            .map(Result.Conflicted::told)
            .collect(Collectors.toCollection(TreeSet::new));
    boolean schema =
        result.conflicts().stream().anyMatch(c -> c.kind() == Conflict.Kind.SCHEMA_CHANGED);
    // Where the parent's rows refuse a schema statement, tables lack what is to be compared.
    boolean refused =
        hasScript
            && result.conflicts().stream()
                .anyMatch(c -> c.kind() == Conflict.Kind.CONSTRAINT && c.key().isEmpty());
    if (!schema && !refused && !ofRows.equals(expectation.rowConflicts())) {
      problems.add(
          "conflicts of rows: the model finds %s, the merge %s"
              .formatted(expectation.rowConflicts(), ofRows));
    }
    if (expectation.dump() != null && !schema) {
      problems.add("conflicts although the model merges: " + result.told());
    }
  }

  /** Line by line, order aside. */
  private static void same(String what, String expected, String actual, List<String> problems) {
    if (expected.equals(actual)) {
      return;
    }
    List<String> missing = comparable(expected);
    List<String> extra = comparable(actual);
    for (String line : comparable(expected)) {
      if (extra.remove(line)) {
        missing.remove(line);
      }
    }
    if (!missing.isEmpty() || !extra.isEmpty()) {
      problems.add(
          "%s differ\n  only expected:\n%s\n  only actual:\n%s"
              .formatted(what, indented(missing), indented(extra)));
    }
  }

  private static String indented(List<String> lines) {
    return lines.stream().map(line -> "    " + line).collect(Collectors.joining("\n"));
  }

  /** Where a sequence stands is compared apart, see {@link Sequences}. */
  private static List<String> comparable(String dump) {
    return new ArrayList<>(
        dump.lines()
            .filter(line -> !line.startsWith("SELECT pg_catalog.setval("))
            .map(line -> line.startsWith("sequence ") ? line.replaceFirst(" last=.*", "") : line)
            .toList());
  }
}
