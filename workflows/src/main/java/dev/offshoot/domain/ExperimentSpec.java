package dev.offshoot.domain;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an agent asks for: the one input of the {@code Experiment} workflow.
 *
 * <p>The constructor fills in defaults and accepts what is wrong, so that a bad specification from
 * any language reaches {@link SpecValidation}, which answers with every problem at once.
 *
 * @param goal what the task is, in a sentence; shown to reviewers and to the judge
 * @param parent name of the database to branch from, as the worker knows it
 * @param statements SQL statements in order; either these or {@code script}
 * @param script SQL statements in one text, separated by semicolons; either this or {@code
 *     statements}
 * @param checks queries that must each return a single {@code true}, on the branch after the
 *     statements and again on the parent before the merge commits
 * @param requestedBy who asks; that one cannot approve
 * @param tenant on whose behalf; {@code default} if absent
 * @param ttl time from the start after which the experiment ends and its branch is deleted; one
 *     hour if absent
 * @param strictness what counts as a collision
 * @param deltaColumns counters, as {@code schema.table.column}: what an update adds to one is added
 *     to the parent's value, and that the parent changed it meanwhile is no collision
 * @param onConflict what happens on one
 * @param autoMerge merge without a person if there is no hazard and the judge approves
 * @param transaction how the statements are bound together
 * @param limits what it may use
 * @param keepBranch keep the branch after the change set is frozen, for a reviewer who wants to
 *     look inside, until the experiment ends
 * @param reverts id of the merged experiment that this one reverts; then it has no statements, and
 *     its strictness is {@link Strictness#CELL} if absent
 * @param session a session instead of statements: the agent sends them one after the other
 * @param unknownFields fields that a specification had and that do not exist; any makes it invalid
 */
public record ExperimentSpec(
    @Nullable String goal,
    @Nullable String parent,
    List<String> statements,
    @Nullable String script,
    List<String> checks,
    @Nullable String requestedBy,
    String tenant,
    Duration ttl,
    Strictness strictness,
    List<String> deltaColumns,
    OnConflict onConflict,
    boolean autoMerge,
    TransactionMode transaction,
    Limits limits,
    boolean keepBranch,
    @Nullable String reverts,
    @Nullable SessionSpec session,
    @JsonIgnore Map<String, Object> unknownFields) {

  public static final Duration DEFAULT_TTL = Duration.ofHours(1);

  public ExperimentSpec(
      @Nullable String goal,
      @Nullable String parent,
      @Nullable List<String> statements,
      @Nullable String script,
      @Nullable List<String> checks,
      @Nullable String requestedBy,
      @Nullable String tenant,
      @Nullable Duration ttl,
      @Nullable Strictness strictness,
      @Nullable List<String> deltaColumns,
      @Nullable OnConflict onConflict,
      boolean autoMerge,
      @Nullable TransactionMode transaction,
      @Nullable Limits limits,
      boolean keepBranch,
      @Nullable String reverts,
      @Nullable SessionSpec session,
      @JsonAnySetter @Nullable Map<String, Object> unknownFields) {
    this.goal = goal;
    this.parent = parent;
    this.statements = frozen(statements);
    this.script = script;
    this.checks = frozen(checks);
    this.requestedBy = requestedBy;
    this.tenant = tenant == null || tenant.isBlank() ? "default" : tenant;
    this.ttl = ttl == null ? DEFAULT_TTL : ttl;
    Strictness usual = reverts == null ? Strictness.ROW : Strictness.CELL;
    this.strictness = strictness == null ? usual : strictness;
    this.deltaColumns = frozen(deltaColumns);
    this.onConflict = onConflict == null ? OnConflict.DROP : onConflict;
    this.autoMerge = autoMerge;
    this.transaction = transaction == null ? TransactionMode.SINGLE : transaction;
    this.limits = limits == null ? Limits.DEFAULT : limits;
    this.keepBranch = keepBranch;
    this.reverts = reverts;
    this.session = session;
    this.unknownFields =
        unknownFields == null
            ? Map.of()
            : Collections.unmodifiableMap(new LinkedHashMap<>(unknownFields));
  }

  public static ExperimentSpecBuilder builder() {
    return new ExperimentSpecBuilder();
  }

  /** The same with what a session has handed in, each statement in a transaction of its own. */
  public ExperimentSpec handedIn(List<String> applied) {
    return new ExperimentSpec(
        goal,
        parent,
        applied,
        null,
        checks,
        requestedBy,
        tenant,
        ttl,
        strictness,
        deltaColumns,
        onConflict,
        autoMerge,
        TransactionMode.PER_STATEMENT,
        limits,
        keepBranch,
        reverts,
        null,
        unknownFields);
  }

  /** Unlike {@code List.copyOf}, keeps a null element for the validation to name. */
  private static List<String> frozen(@Nullable List<String> list) {
    return list == null ? List.of() : Collections.unmodifiableList(new ArrayList<>(list));
  }
}
