package dev.offshoot.worker.crash;

import dev.offshoot.DatabaseDump;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What must be true when experiments have ended, however often something was killed. */
final class Aftermath {
  private static final String LEFT_ON_THE_SERVER =
      """
      SELECT 'database ' || datname FROM pg_database WHERE datname LIKE 'offshoot\\_%'
      UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE rolname LIKE 'offshoot\\_%'
      UNION ALL SELECT 'slot ' || slot_name FROM pg_replication_slots
      UNION ALL SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts
      UNION ALL SELECT 'session on ' || datname || ': ' || state FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
          AND (datname LIKE 'offshoot\\_%' OR xact_start < now() - interval '10 s')
      ORDER BY 1
      """;
  private static final String LEFT_IN_A_PARENT =
      """
      SELECT 'temporary ' || relname FROM pg_class WHERE relpersistence = 't'
      UNION ALL SELECT 'session on the parent: ' || state FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND backend_type = 'client backend'
      UNION ALL SELECT 'disabled trigger ' || tgname FROM pg_trigger WHERE tgenabled = 'D'
      """;
  private static final String LEFT_IN_THE_LEDGER =
      """
      SELECT 'branch of ' || experiment FROM offshoot_ledger.branch WHERE dropped_at IS NULL
      UNION ALL SELECT 'half a change set of ' || owner FROM offshoot_ledger.change_set
        WHERE digest IS NULL
      """;
  private static final String RECEIPTS =
      """
      SELECT count(*) FROM offshoot.merge_receipt
      """;

  private static final Pattern SEQUENCE = Pattern.compile("(?m)^(sequence .* last)=(\\d+)$");
  private static final int MOST_SKIPPED = 32;

  private final CrashWorld world;
  private final Map<List<String>, String> expected = new HashMap<>();

  Aftermath(CrashWorld world) {
    this.world = world;
  }

  /** Everything that is not as it must be, in words. */
  List<String> problems(List<Trial> trials) throws Exception {
    List<String> problems = new ArrayList<>();
    for (Trial trial : trials) {
      String ended = trial.ended();
      if (!trial.kind().outcome().name().equals(ended)) {
        problems.add("%s ended as %s".formatted(trial, ended));
      }
      problems.addAll(ofEnded(trial));
    }
    problems.addAll(left());
    problems.addAll(leaked());
    return problems;
  }

  /** Files of Temporal's, of the workers' and of the server's in which a password stands. */
  List<String> leaked() throws IOException {
    List<String> leaked = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.walk(world.folder())) {
      files = all.filter(Aftermath::isRead).toList();
    }
    for (Path file : files) {
      String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
      for (String secret : world.secrets()) {
        if (bytes.contains(secret)) {
          leaked.add("a password stands in " + world.folder().relativize(file));
        }
      }
    }
    return leaked;
  }

  /** Temporal's database with every history in it, and all logs. */
  private static boolean isRead(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file) && (name.startsWith("temporal.db") || name.endsWith(".log"));
  }

  /**
   * The same of an experiment that failed because its steps were killed again and again: nothing of
   * it may be on the parent.
   */
  List<String> ofFailed(Trial trial) throws SQLException {
    return ofParent(trial.parent(), trial.collided() ? List.of(Kind.MEANWHILE) : List.of(), 0);
  }

  /** What is wrong with the parent of an experiment that ended as its kind must. */
  List<String> ofEnded(Trial trial) throws SQLException {
    return ofParent(trial.parent(), trial.kind().toTheEnd(), trial.kind().merges());
  }

  /**
   * What is wrong with a parent.
   *
   * @param statements what makes a fresh one as it must be
   * @param merges how many receipts it must have
   */
  List<String> ofParent(String parent, List<String> statements, int merges) throws SQLException {
    List<String> problems = new ArrayList<>();
    try (Connection superuser = world.superuser(parent)) {
      String dump = asIfNothingWasSkipped(DatabaseDump.of(superuser), expected(statements));
      if (!dump.equals(expected(statements))) {
        problems.add(
            "%s: the parent is not as it must be: %s"
                .formatted(parent, difference(dump, expected(statements))));
      }
      int receipts = receipts(superuser);
      if (receipts != merges) {
        problems.add("%s: %d receipts".formatted(parent, receipts));
      }
      list(superuser, LEFT_IN_A_PARENT).forEach(left -> problems.add(parent + ": " + left));
    }
    return problems;
  }

  /**
   * A Postgres that was killed goes on with a sequence up to 32 values later, since it writes so
   * many ahead into its log (SEQ_LOG_VALS): of a branch's too, which the parent then has.
   */
  private String asIfNothingWasSkipped(String dump, String wanted) {
    if (!world.postgresWasKilled()) {
      return dump;
    }
    Map<String, String> sequences = new HashMap<>();
    wanted
        .lines()
        .filter(line -> SEQUENCE.matcher(line).matches())
        .forEach(line -> sequences.put(line.substring(0, line.lastIndexOf('=')), line));
    return SEQUENCE
        .matcher(dump)
        .replaceAll(
            found -> {
              String line = sequences.get(found.group(1));
              long skipped =
                  line == null
                      ? -1
                      : Long.parseLong(found.group(2))
                          - Long.parseLong(line.substring(line.lastIndexOf('=') + 1));
              return Matcher.quoteReplacement(
                  line != null && skipped >= 0 && skipped <= MOST_SKIPPED ? line : found.group());
            });
  }

  /** Lines that are too many ({@code >}) and lines that are missing ({@code <}). */
  private static List<String> difference(String is, String wanted) {
    List<String> all = new ArrayList<>();
    List<String> there = is.lines().toList();
    List<String> expected = wanted.lines().toList();
    there.stream().filter(line -> !expected.contains(line)).forEach(line -> all.add("> " + line));
    expected.stream().filter(line -> !there.contains(line)).forEach(line -> all.add("< " + line));
    return all;
  }

  private static int receipts(Connection superuser) throws SQLException {
    return list(superuser, "SELECT to_regclass('offshoot.merge_receipt')::text").contains(null)
        ? 0
        : Integer.parseInt(list(superuser, RECEIPTS).get(0));
  }

  /** What a parent must be like: the same done by hand. */
  private String expected(List<String> statements) throws SQLException {
    if (!expected.containsKey(statements)) {
      String name = "expected_" + expected.size();
      world.database(name);
      try (Connection owner = world.owner(name);
          Statement statement = owner.createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      }
      try (Connection superuser = world.superuser(name)) {
        expected.put(statements, DatabaseDump.of(superuser));
      }
    }
    return expected.get(statements);
  }

  /** Branches may be deleted beside the path: what is left a little later is left. */
  List<String> left() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      List<String> left = new ArrayList<>();
      try (Connection superuser = world.superuser("postgres")) {
        left.addAll(list(superuser, LEFT_ON_THE_SERVER));
      }
      try (Connection superuser = world.superuser("ledger")) {
        left.addAll(list(superuser, LEFT_IN_THE_LEDGER));
      }
      if (left.isEmpty() || System.nanoTime() > end) {
        return left;
      }
      Thread.sleep(200);
    }
  }

  private static List<String> list(Connection session, String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
