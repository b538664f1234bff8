package dev.offshoot.domain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts an {@link ExperimentSpec} together; what is not said keeps its default. Not thread-safe. */
public final class ExperimentSpecBuilder {
  private @Nullable String goal;
  private @Nullable String parent;
  private final List<String> statements = new ArrayList<>();
  private @Nullable String script;
  private final List<String> checks = new ArrayList<>();
  private @Nullable String requestedBy;
  private @Nullable String tenant;
  private @Nullable Duration ttl;
  private @Nullable Strictness strictness;
  private final List<String> deltaColumns = new ArrayList<>();
  private @Nullable OnConflict onConflict;
  private boolean autoMerge;
  private @Nullable TransactionMode transaction;
  private @Nullable Limits limits;
  private boolean keepBranch;
  private @Nullable String reverts;
  private @Nullable SessionSpec session;

  ExperimentSpecBuilder() {}

  public ExperimentSpecBuilder goal(String sentence) {
    this.goal = sentence;
    return this;
  }

  public ExperimentSpecBuilder parent(String name) {
    this.parent = name;
    return this;
  }

  /** Adds one statement. */
  public ExperimentSpecBuilder statement(String sql) {
    this.statements.add(sql);
    return this;
  }

  public ExperimentSpecBuilder script(String sql) {
    this.script = sql;
    return this;
  }

  /** Adds one check: a query that must return true. */
  public ExperimentSpecBuilder check(String query) {
    this.checks.add(query);
    return this;
  }

  public ExperimentSpecBuilder requestedBy(String who) {
    this.requestedBy = who;
    return this;
  }

  public ExperimentSpecBuilder tenant(String name) {
    this.tenant = name;
    return this;
  }

  public ExperimentSpecBuilder ttl(Duration fromStart) {
    this.ttl = fromStart;
    return this;
  }

  public ExperimentSpecBuilder strictness(Strictness value) {
    this.strictness = value;
    return this;
  }

  /** Adds a counter, {@code schema.table.column}: its updates stand for what they add. */
  public ExperimentSpecBuilder deltaColumn(String column) {
    this.deltaColumns.add(column);
    return this;
  }

  public ExperimentSpecBuilder onConflict(OnConflict value) {
    this.onConflict = value;
    return this;
  }

  public ExperimentSpecBuilder autoMerge(boolean value) {
    this.autoMerge = value;
    return this;
  }

  public ExperimentSpecBuilder transaction(TransactionMode value) {
    this.transaction = value;
    return this;
  }

  public ExperimentSpecBuilder limits(Limits value) {
    this.limits = value;
    return this;
  }

  public ExperimentSpecBuilder keepBranch(boolean value) {
    this.keepBranch = value;
    return this;
  }

  /** Makes it the revert of that merged experiment. */
  public ExperimentSpecBuilder reverts(String id) {
    this.reverts = id;
    return this;
  }

  /** Makes it a session instead of statements. */
  public ExperimentSpecBuilder session(SessionSpec value) {
    this.session = value;
    return this;
  }

  /** The specification as it stands; whether it is valid is {@link SpecValidation}'s to say. */
  public ExperimentSpec build() {
    return new ExperimentSpec(
        goal,
        parent,
        statements,
        script,
        checks,
        requestedBy,
        tenant,
        ttl,
        strictness,
        deltaColumns,
        onConflict,
        autoMerge,
        transaction,
        limits,
        keepBranch,
        reverts,
        session,
        Map.of());
  }
}
