package dev.offshoot.hostile;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.offshoot.PostgresServer;
import dev.offshoot.StepByStep;
import dev.offshoot.TestParent;
import dev.offshoot.branch.CopyMethod;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What an attack finds around its branch: its parent, another branch of it that stands, a parent of
 * others on the same server, a file beside the server's. Each holds a canary: a word that must not
 * be told by anybody.
 */
final class Scene implements AutoCloseable {
  /** Begins every word that must not be told. */
  static final String CANARY = "canary-";

  private static final Pattern CHARACTER = Pattern.compile("\\{u\\+([0-9a-f]{4,6})}");
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static final String SHOP =
      """
      CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, email text);
      INSERT INTO customers SELECT g, 'customer ' || g, g || '@example.org' FROM generate_series(1, 30) g;
      CREATE TABLE orders (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer int NOT NULL REFERENCES customers,
        amount numeric(10, 2) NOT NULL CHECK (amount >= 0));
      INSERT INTO orders (customer, amount) SELECT 1 + g % 30, g FROM generate_series(1, 60) g;
      CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL);
      INSERT INTO accounts VALUES (1, 100), (2, 200);
      CREATE TABLE items (id int PRIMARY KEY, note text);
      INSERT INTO items VALUES (1, 'a'), (2, 'b');
      CREATE TABLE armed (yes boolean);
      CREATE TABLE scribbles (line text);
      INSERT INTO scribbles VALUES ('one'), ('two');
      CREATE SEQUENCE tickets;
      CREATE VIEW rich AS SELECT id FROM accounts WHERE balance > 150;
      """;

  /** What a superuser once set up, with a login to another server that branches must not have. */
  private static final String EXTENSIONS =
      """
      CREATE EXTENSION dblink;
      CREATE EXTENSION postgres_fdw;
      GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO %1$s;
      SET ROLE %1$s;
      CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw
        OPTIONS (host '127.0.0.1', port '%2$d', dbname '%3$s');
      CREATE USER MAPPING FOR %1$s SERVER elsewhere OPTIONS (user '%4$s', password '%5$s');
      CREATE FOREIGN TABLE far (word text) SERVER elsewhere OPTIONS (table_name 'treasure');
      RESET ROLE;
      """;

  /** Statements of plpgsql that do what only somebody with more rights than a branch's may. */
  private static final String GRAB =
      """
      BEGIN EXECUTE $q$CREATE ROLE grabbed$q$; EXCEPTION WHEN OTHERS THEN NULL; END;
      BEGIN EXECUTE $q$COPY (SELECT 1) TO '{folder}/grabbed'$q$; EXCEPTION WHEN OTHERS THEN NULL; END;
      """;

  final TestParent parent;
  final TestParent stranger;
  final BranchRef neighbour;
  final Path canaryFile;
  private final HikariDataSource ledger;
  private final String ledgerPassword;
  private final Ledger ledgerOfSteps;
  private final StepByStep steps;
  private @Nullable Surroundings left;

  private Scene() throws SQLException, IOException {
    this.stranger = PostgresServer.parent("CREATE TABLE treasure (word text)");
    stranger.execute("INSERT INTO treasure VALUES ('%s')".formatted(CANARY + "treasure"));
    this.parent = PostgresServer.parent(SHOP);
    try (Connection superuser = parent.superuserConnection()) {
      Sql.execute(
          superuser,
          EXTENSIONS.formatted(
              parent.config().username(),
              PostgresServer.port(),
              stranger.database(),
              stranger.config().username(),
              stranger.config().password()));
    }
    onServer("CREATE DATABASE %s OWNER %s TEMPLATE %s".formatted(original(), owner(), database()));
    PGSimpleDataSource database = (PGSimpleDataSource) PostgresServer.freshLedger();
    this.ledgerPassword = String.valueOf(database.getPassword());
    HikariConfig pool = new HikariConfig();
    pool.setDataSource(database);
    pool.setMaximumPoolSize(3);
    this.ledger = new HikariDataSource(pool);
    this.ledgerOfSteps = new Ledger(ledger);
    ledgerOfSteps.migrate();
    this.steps = StepByStep.on(config(1L << 30), ledgerOfSteps);
    this.canaryFile = writeCanary();
    this.neighbour = newBranch();
    ExperimentSpec spec =
        steps
            .spec()
            .statement("INSERT INTO scribbles VALUES ('%sneighbour')".formatted(CANARY))
            .build();
    var unused = steps.create(neighbour, spec);
    var report = steps.run(neighbour, spec);
    if (report.statements().size() != 1) {
      throw new IllegalStateException("the neighbour has not written");
    }
  }

  static Scene open() throws SQLException, IOException {
    return new Scene();
  }

  /** Makes the parent what it was at first, with {@code more} in it. */
  void restore(String more) throws SQLException {
    left = null;
    onServer("DROP DATABASE %s WITH (FORCE)".formatted(database()));
    onServer("CREATE DATABASE %s OWNER %s TEMPLATE %s".formatted(database(), owner(), original()));
    onServer("REVOKE CONNECT, TEMPORARY ON DATABASE %s FROM PUBLIC".formatted(database()));
    if (!more.isBlank()) {
      parent.execute(more);
    }
  }

  private String database() {
    return parent.database();
  }

  /** Kept for {@link #restore}; belongs to the parent's owner and goes with the parent. */
  private String original() {
    return parent.database() + "_original";
  }

  private String owner() {
    return parent.config().username();
  }

  /** Waits until the server lets somebody in: a session that ends takes a moment to let go. */
  static void awaitRoom() throws SQLException {
    long end = System.nanoTime() + 5_000_000_000L;
    while (true) {
      try {
        PostgresServer.superuser("postgres").close();
        return;
      } catch (SQLException e) {
        if (!"53200".equals(e.getSQLState()) || System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  private static void onServer(String statement) throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(superuser, statement);
    }
  }

  /** As they were left by the attack before, where nothing has happened since. */
  Surroundings surroundings() throws SQLException, IOException {
    @Nullable Surroundings known = left;
    return known == null ? Surroundings.of(this) : known;
  }

  /** Tells how all was left; null if that is not known. */
  void leave(@Nullable Surroundings surroundings) {
    left = surroundings;
  }

  /**
   * The steps on this parent, where branches may grow by so much and statements of a merge may take
   * so long; the caller closes them.
   */
  StepByStep steps(long maxGrowth, Duration mergeTimeout) {
    return StepByStep.on(
        config(maxGrowth).toBuilder().mergeStatementTimeout(mergeTimeout).build(), ledgerOfSteps);
  }

  BranchRef newBranch() {
    return steps.ref("h" + NUMBER.incrementAndGet());
  }

  /** Words that no result, message or log may hold. */
  List<String> secrets() {
    return List.of(
        parent.config().password(), stranger.config().password(), ledgerPassword, CANARY);
  }

  /**
   * {@code text} with names in place of words in braces, and characters in place of {@code
   * {u+202e}}, which would not be seen in a file.
   */
  String named(String text, BranchRef branch) {
    return CHARACTER
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(Character.toString(Integer.parseInt(found.group(1), 16))))
        .replace("{parent}", parent.database())
        .replace("{owner}", parent.config().username())
        .replace("{branch}", branch.branchName())
        .replace("{base}", branch.baseName())
        .replace("{neighbour}", neighbour.branchName())
        .replace("{stranger}", stranger.database())
        .replace("{port}", Integer.toString(PostgresServer.port()))
        .replace("{grab}", GRAB.replace("{folder}", canaryFile.getParent().toString()))
        .replace("{file}", canaryFile.toString())
        .replace("{folder}", canaryFile.getParent().toString());
  }

  private ParentConfig config(long maxGrowth) {
    return parent.config().toBuilder()
        .copyMethod(CopyMethod.FILE_COPY)
        .maxBranchGrowth(maxGrowth)
        .build();
  }

  /** Where the server could reach it. */
  private static Path writeCanary() throws IOException {
    Path folder = Files.createTempDirectory("hostile");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    return Files.writeString(folder.resolve("canary.txt"), CANARY + "file\n");
  }

  @Override
  public void close() throws SQLException, IOException {
    steps.close();
    parent.close();
    stranger.close();
    ledger.close();
    try (var files = Files.list(canaryFile.getParent())) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(canaryFile.getParent());
  }
}
