package dev.offshoot.domain;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says everything that is wrong with an {@link ExperimentSpec} without touching anything; the CLI
 * asks it before it starts a workflow and the workflow asks it before it starts a step.
 */
public final class SpecValidation {
  /** Longest lease that anybody can ask for; also Neon's limit for an expiring branch. */
  public static final Duration MAX_TTL = Duration.ofDays(30);

  public static final int MAX_STATEMENTS = 1_000;
  public static final int MAX_CHECKS = 50;
  public static final int MAX_DELTA_COLUMNS = 100;

  /**
   * UTF-8 bytes of all statements and checks. A Temporal payload must stay below 2 MiB, and the
   * judge's holds the specification, the report (at most 500,000 bytes) and the summary (800,000).
   */
  public static final int MAX_SQL_BYTES = 512 * 1024;

  /**
   * The same as JSON writes it: a control character takes six bytes, a quote two, an emoji twelve.
   */
  public static final int MAX_SQL_JSON_BYTES = 720_000;

  public static final int MAX_TEXT = 2_000;
  private static final int MAX_NAME = 200;

  /** First words of statements that would end or split the experiment's transaction. */
  static final Set<String> TRANSACTION_WORDS =
      Set.of("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT");

  private static final Set<String> QUERY_WORDS = Set.of("SELECT", "WITH", "VALUES", "TABLE");

  private SpecValidation() {}

  /** All problems, in the order of the fields; empty if the specification is valid. */
  public static List<SpecProblem> problems(ExperimentSpec spec) {
    List<SpecProblem> problems = new ArrayList<>();
    unknownFields(spec, problems);
    text(problems, "goal", spec.goal(), MAX_TEXT, "say in a sentence what the task is");
    text(problems, "parent", spec.parent(), MAX_NAME, "name the database to branch from");
    text(problems, "requestedBy", spec.requestedBy(), MAX_NAME, "say who asks");
    text(problems, "tenant", spec.tenant(), MAX_NAME, "name the tenant");
    if (spec.reverts() != null) {
      revert(spec, spec.reverts(), problems);
      var unused = fits("checks", spec, problems);
    } else if (spec.session() != null) {
      session(spec, spec.session(), problems);
      var unused = fits("checks", spec, problems);
    } else {
      statements(spec, problems);
    }
    checks(spec, problems);
    ttl("ttl", spec.ttl()).ifPresent(problems::add);
    deltaColumns(spec, problems);
    limits(spec.limits(), problems);
    return List.copyOf(problems);
  }

  /**
   * The statements of a valid specification, whichever way they were given.
   *
   * @throws OffshootException {@link ErrorCode#BAD_SPEC} with every problem if it is not valid
   */
  public static List<SqlStatement> statementsOf(ExperimentSpec spec) {
    requireValid(spec);
    return split(spec, new ArrayList<>());
  }

  /**
   * @throws OffshootException {@link ErrorCode#BAD_SPEC} with every problem
   */
  public static void requireValid(ExperimentSpec spec) {
    List<SpecProblem> problems = problems(spec);
    if (!problems.isEmpty()) {
      throw new OffshootException(
          ErrorCode.BAD_SPEC,
          problems.stream().map(SpecProblem::toString).collect(Collectors.joining("\n")));
    }
  }

  /** What is wrong with a time to live under the name {@code field}. */
  static Optional<SpecProblem> ttl(String field, Duration ttl) {
    if (ttl.isNegative() || ttl.isZero()) {
      return Optional.of(
          new SpecProblem(field, "must be longer than zero; write it like 30m or 2h"));
    }
    if (ttl.compareTo(MAX_TTL) > 0) {
      return Optional.of(
          new SpecProblem(
              field,
              "%s is more than the longest lease of %s; ask for less"
                  .formatted(HumanDuration.format(ttl), HumanDuration.format(MAX_TTL))));
    }
    return Optional.empty();
  }

  private static void unknownFields(ExperimentSpec spec, List<SpecProblem> problems) {
    for (String field : spec.unknownFields().keySet()) {
      problems.add(
          new SpecProblem(
              ShownText.oneLine(field, 60),
              "there is no such field; known are goal, parent, statements, script, checks,"
                  + " requestedBy, tenant, ttl, strictness, deltaColumns, onConflict, autoMerge,"
                  + " transaction, limits, keepBranch, reverts, session"));
    }
  }

  private static void revert(ExperimentSpec spec, String reverts, List<SpecProblem> problems) {
    try {
      var unused = new ExperimentId(reverts);
    } catch (OffshootException e) {
      problems.add(new SpecProblem("reverts", e.failure().message()));
    }
    if (spec.session() != null) {
      problems.add(
          new SpecProblem("session", "is given beside reverts, which run no SQL; leave it out"));
    }
    if (hasScript(spec) || !spec.statements().isEmpty()) {
      problems.add(
          new SpecProblem(
              hasScript(spec) ? "script" : "statements",
              "are given beside reverts; a revert restores what the merge changed and runs no SQL: leave them out"));
    }
    if (spec.onConflict() == OnConflict.REBASE) {
      problems.add(
          new SpecProblem(
              "onConflict",
              "is REBASE, but a revert has no statements to run again; use DROP or ASK"));
    }
  }

  private static void session(
      ExperimentSpec spec, SessionSpec session, List<SpecProblem> problems) {
    if (hasScript(spec) || !spec.statements().isEmpty()) {
      problems.add(
          new SpecProblem(
              hasScript(spec) ? "script" : "statements",
              "are given beside session; a session takes its statements one after the other: leave them out, or session"));
    }
    if (spec.onConflict() == OnConflict.REBASE) {
      problems.add(
          new SpecProblem(
              "onConflict",
              "is REBASE, but what an agent saw between a session's statements cannot be shown to it again; use DROP or ASK"));
    }
    ttl("session.idle", session.idle()).ifPresent(problems::add);
  }

  private static void text(
      List<SpecProblem> problems, String field, @Nullable String value, int limit, String remedy) {
    if (value == null || value.isBlank()) {
      problems.add(new SpecProblem(field, "is missing; " + remedy));
    } else if (value.length() > limit) {
      problems.add(
          new SpecProblem(
              field,
              "has %d characters; shorten it to at most %d".formatted(value.length(), limit)));
    } else {
      unsendable(field, value).ifPresent(problems::add);
    }
  }

  /** What Postgres cannot take in any text. */
  private static Optional<SpecProblem> unsendable(String field, String text) {
    boolean halfPair =
        text.codePoints()
            .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    if (text.indexOf('\0') < 0 && !halfPair) {
      return Optional.empty();
    }
    return Optional.of(
        new SpecProblem(
            field,
            "holds %s, which Postgres cannot take; leave it out"
                .formatted(halfPair ? "half a surrogate pair" : "a NUL character")));
  }

  private static void statements(ExperimentSpec spec, List<SpecProblem> problems) {
    boolean hasScript = hasScript(spec);
    String field = hasScript ? "script" : "statements";
    if (hasScript && !spec.statements().isEmpty()) {
      problems.add(
          new SpecProblem("statements", "and script are both given; give the SQL in one of them"));
      return;
    }
    if (!fits(field, spec, problems)) {
      return;
    }
    int before = problems.size();
    List<SqlStatement> statements = split(spec, problems);
    if (problems.size() > before) {
      return;
    }
    if (statements.isEmpty()) {
      problems.add(new SpecProblem(field, "is empty; give at least one statement"));
    } else if (statements.size() > MAX_STATEMENTS) {
      problems.add(
          new SpecProblem(
              field,
              "has %d statements; at most %d run in one experiment: split the task"
                  .formatted(statements.size(), MAX_STATEMENTS)));
    } else {
      statements.forEach(statement -> refused(statement, hasScript, problems));
    }
  }

  /** Whether the SQL can be sent; notes a problem if not. */
  private static boolean fits(String field, ExperimentSpec spec, List<SpecProblem> problems) {
    long bytes = sum(spec, SpecValidation::bytes);
    long json = bytes > MAX_SQL_BYTES ? 0 : sum(spec, SpecValidation::jsonBytes);
    if (bytes > MAX_SQL_BYTES) {
      problems.add(
          new SpecProblem(
              field,
              "is %d bytes of SQL with the checks; at most %d fit: split the task, or load data in a statement that computes it"
                  .formatted(bytes, MAX_SQL_BYTES)));
    } else if (json > MAX_SQL_JSON_BYTES) {
      problems.add(
          new SpecProblem(
              field,
              "is %d bytes as JSON with the checks, because of its quotes, line ends, emojis or control characters; at most %d fit: split the task"
                  .formatted(json, MAX_SQL_JSON_BYTES)));
    }
    return bytes <= MAX_SQL_BYTES && json <= MAX_SQL_JSON_BYTES;
  }

  private static boolean hasScript(ExperimentSpec spec) {
    return spec.script() != null && !spec.script().isBlank();
  }

  /** The statements as far as they can be told; what cannot be is added to {@code problems}. */
  private static List<SqlStatement> split(ExperimentSpec spec, List<SpecProblem> problems) {
    @Nullable String script = spec.script();
    if (script != null && hasScript(spec)) {
      return parts("script", script, problems);
    }
    List<SqlStatement> statements = new ArrayList<>();
    for (int i = 0; i < spec.statements().size(); i++) {
      String field = "statements[%d]".formatted(i);
      int before = problems.size();
      List<SqlStatement> parts = parts(field, spec.statements().get(i), problems);
      if (parts.size() == 1) {
        statements.add(new SqlStatement(i, parts.get(0).text(), 1));
      } else if (problems.size() == before) {
        problems.add(
            new SpecProblem(
                field,
                "holds %d statements; give exactly one each, or use script"
                    .formatted(parts.size())));
      }
    }
    return statements;
  }

  /** The statements in one text; none and a problem if it cannot be split. */
  static List<SqlStatement> parts(String field, @Nullable String sql, List<SpecProblem> problems) {
    if (sql == null) {
      return List.of();
    }
    Optional<SpecProblem> unsendable = unsendable(field, sql);
    if (unsendable.isPresent()) {
      problems.add(unsendable.get());
      return List.of();
    }
    try {
      return SqlScript.split(sql);
    } catch (OffshootException e) {
      problems.add(new SpecProblem(field, e.failure().message()));
      return List.of();
    }
  }

  private static void refused(
      SqlStatement statement, boolean inScript, List<SpecProblem> problems) {
    List<String> words = SqlScript.leadingWords(statement.text(), 2);
    String word = words.isEmpty() ? "" : words.get(0);
    if (TRANSACTION_WORDS.contains(word) || words.equals(List.of("PREPARE", "TRANSACTION"))) {
      String reason =
          "%s is not for the script: the worker opens and ends the transaction; leave it out (transaction: PER_STATEMENT commits after each)"
              .formatted(word);
      problems.add(
          inScript
              ? new SpecProblem(
                  "script",
                  "statement %d (line %d): %s"
                      .formatted(statement.index() + 1, statement.line(), reason))
              : new SpecProblem("statements[%d]".formatted(statement.index()), reason));
    }
  }

  private static void checks(ExperimentSpec spec, List<SpecProblem> problems) {
    if (spec.checks().size() > MAX_CHECKS) {
      problems.add(
          new SpecProblem(
              "checks", "has %d queries; at most %d".formatted(spec.checks().size(), MAX_CHECKS)));
      return;
    }
    for (int i = 0; i < spec.checks().size(); i++) {
      String field = "checks[%d]".formatted(i);
      int before = problems.size();
      List<SqlStatement> parts = parts(field, spec.checks().get(i), problems);
      if (problems.size() > before) {
        continue;
      }
      if (parts.size() != 1) {
        problems.add(
            new SpecProblem(
                field, "holds %d statements; give exactly one query".formatted(parts.size())));
      } else if (!QUERY_WORDS.contains(SqlScript.leadingWord(parts.get(0).text()))) {
        problems.add(
            new SpecProblem(
                field, "is not a query; write a SELECT that returns a single true or false"));
      }
    }
  }

  private static void deltaColumns(ExperimentSpec spec, List<SpecProblem> problems) {
    if (spec.deltaColumns().size() > MAX_DELTA_COLUMNS) {
      problems.add(
          new SpecProblem(
              "deltaColumns",
              "has %d columns; at most %d"
                  .formatted(spec.deltaColumns().size(), MAX_DELTA_COLUMNS)));
      return;
    }
    Set<ColumnName> named = new HashSet<>();
    for (int i = 0; i < spec.deltaColumns().size(); i++) {
      String field = "deltaColumns[%d]".formatted(i);
      @Nullable String text = spec.deltaColumns().get(i);
      Optional<ColumnName> column =
          text == null || text.length() > MAX_NAME ? Optional.empty() : ColumnName.parse(text);
      if (column.isEmpty()) {
        problems.add(
            new SpecProblem(
                field, "is no column; write schema.table.column, like public.products.stock"));
      } else if (!named.add(column.get())) {
        problems.add(new SpecProblem(field, "is named twice; leave one out"));
      }
    }
  }

  private static void limits(Limits limits, List<SpecProblem> problems) {
    if (limits.maxChangedRows() < 1) {
      problems.add(new SpecProblem("limits.maxChangedRows", "must be 1 or more"));
    }
    if (limits.statementTimeout().isNegative() || limits.statementTimeout().isZero()) {
      problems.add(new SpecProblem("limits.statementTimeout", "must be longer than zero"));
    }
    if (limits.maxRuntime().isNegative()
        || limits.maxRuntime().isZero()
        || limits.maxRuntime().compareTo(MAX_TTL) > 0) {
      problems.add(
          new SpecProblem("limits.maxRuntime", "must be longer than zero and at most 30d"));
    }
    if (limits.resultRows() < 0 || limits.resultRows() > Limits.MOST_RESULT_ROWS) {
      problems.add(
          new SpecProblem(
              "limits.resultRows", "must be 0 to %d".formatted(Limits.MOST_RESULT_ROWS)));
    }
  }

  private static long sum(ExperimentSpec spec, ToLongFunction<@Nullable String> size) {
    long sum = size.applyAsLong(spec.script());
    for (String statement : spec.statements()) {
      sum += size.applyAsLong(statement);
    }
    for (String check : spec.checks()) {
      sum += size.applyAsLong(check);
    }
    return sum;
  }

  static long jsonBytes(@Nullable String text) {
    return text == null ? 0 : bytes(text) + text.chars().mapToLong(SpecValidation::escaping).sum();
  }

  /** Bytes that JSON adds to a character; a pair of surrogates becomes two escapes. */
  private static long escaping(int c) {
    if (c == '"' || c == '\\' || "\b\t\n\f\r".indexOf(c) >= 0) {
      return 1;
    }
    if (c < ' ') {
      return 5;
    }
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 4 : 0;
  }

  static long bytes(@Nullable String text) {
    return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
  }
}
