package dev.offshoot.experiment;

import dev.offshoot.DatabaseDump;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

/** A parent with a small shop, and experiments on fresh branches of it. */
final class OnBranch implements AutoCloseable {
  static final String SHOP =
      """
      CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL, city text);
      INSERT INTO customer SELECT g, 'customer ' || g, 'Rome' FROM generate_series(1, 200) g;
      CREATE TABLE orders (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer int NOT NULL REFERENCES customer DEFERRABLE INITIALLY DEFERRED,
        amount numeric(10, 2) NOT NULL CHECK (amount >= 0));
      INSERT INTO orders (customer, amount) SELECT 1 + g % 200, g FROM generate_series(1, 500) g;
      CREATE TABLE empty_one (id int);
      CREATE TABLE audit (what text);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO audit VALUES (TG_OP); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON customer
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
      CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
      CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      """;

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final TestParent parent;
  private final PostgresBranchProvider provider;
  private @Nullable BranchRef untouched;
  private String untouchedDump = "";

  OnBranch() throws SQLException {
    this(SHOP);
  }

  OnBranch(String setup) throws SQLException {
    this.parent = PostgresServer.parent(setup);
    this.provider = new PostgresBranchProvider(parent.config());
  }

  ParentConfig config() {
    return parent.config();
  }

  PostgresBranchProvider provider() {
    return provider;
  }

  static ExperimentSpecBuilder script(String sql) {
    return ExperimentSpec.builder().goal("try").parent("shop").requestedBy("agent").script(sql);
  }

  static ExperimentSpecBuilder statements(String... sql) {
    ExperimentSpecBuilder spec =
        ExperimentSpec.builder().goal("try").parent("shop").requestedBy("agent");
    for (String statement : sql) {
      spec.statement(statement);
    }
    return spec;
  }

  BranchRef freshBranch() {
    BranchRef ref =
        new BranchRef(
            new ExperimentId("x" + NUMBER.incrementAndGet() + "-" + parent.database()),
            1,
            parent.database());
    provider.create(ref, Instant.now().plus(Duration.ofHours(1)), Progress.NONE);
    return ref;
  }

  /** Runs an experiment on a fresh branch. */
  ExperimentReport run(ExperimentSpecBuilder spec) {
    BranchRef ref = freshBranch();
    try {
      return run(ref, spec, Progress.NONE);
    } finally {
      provider.drop(ref);
    }
  }

  ExperimentReport run(BranchRef ref, ExperimentSpecBuilder spec, Progress progress) {
    return run(ref, spec, config().maxBranchGrowth(), progress);
  }

  ExperimentReport run(
      BranchRef ref, ExperimentSpecBuilder spec, long maxGrowth, Progress progress) {
    return new ExperimentRun(provider, ref, spec.build(), maxGrowth, progress).run();
  }

  /**
   * Runs an experiment that fails; says how. Nothing that it did is left on the branch, which
   * therefore serves the next one too.
   */
  Failure failure(ExperimentSpecBuilder spec) throws SQLException {
    if (untouched == null) {
      untouched = freshBranch();
      untouchedDump = withoutSequences(untouched);
    }
    Failure failure = failureOn(untouched, spec);
    Assertions.assertThat(withoutSequences(untouched)).isEqualTo(untouchedDump);
    return failure;
  }

  /** The branch on which experiments fail. */
  BranchRef untouched() {
    return Objects.requireNonNull(untouched, "no experiment has failed yet");
  }

  /** Sequences keep what a rolled back transaction took from them. */
  private static String withoutSequences(BranchRef ref) throws SQLException {
    return dump(ref).replaceAll("(?m)^sequence .*$", "");
  }

  Failure failureOn(BranchRef ref, ExperimentSpecBuilder spec) {
    try {
      run(ref, spec, Progress.NONE);
    } catch (OffshootException e) {
      Assertions.assertThat(e.code()).isNotEqualTo(ErrorCode.INTERNAL);
      return e.failure();
    }
    throw new AssertionError("the experiment did not fail");
  }

  static String dump(BranchRef ref) throws SQLException {
    return DatabaseDump.of(ref.branchName());
  }

  /** Object id of a table, the same in parent, base and branch. */
  long oid(String table) throws SQLException {
    try (Connection connection = parent.superuserConnection()) {
      return Sql.only(
          connection, "SELECT '%s'::regclass::oid".formatted(table), row -> row.getLong(1));
    }
  }

  @Override
  public void close() throws SQLException {
    provider.close();
    parent.close();
  }
}
