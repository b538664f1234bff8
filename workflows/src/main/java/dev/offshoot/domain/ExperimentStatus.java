package dev.offshoot.domain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of an experiment now: the answer of the {@code status} query, running or ended.
 *
 * @param id its id
 * @param spec what was asked for
 * @param stage where it stands
 * @param startedAt when its workflow started
 * @param deadline when its lease ends
 * @param branch its branch, once it exists
 * @param branchExists whether base and branch stand right now
 * @param report what the statements did
 * @param changes the change set
 * @param judgement hazards and verdict
 * @param conflicts of the latest merge attempt
 * @param decisions taken and refused, in order
 * @param outcome how it ended
 * @param timeline what happened so far, in order, bounded
 * @param cost what it has used up; its actions are counted by whoever reads the history
 * @param group the group of which it is a variant, which decides for it; absent if it is none
 */
public record ExperimentStatus(
    ExperimentId id,
    ExperimentSpec spec,
    Stage stage,
    Instant startedAt,
    Instant deadline,
    @Nullable BranchInfo branch,
    boolean branchExists,
    @Nullable ExperimentReport report,
    @Nullable ChangeSummary changes,
    @Nullable Judgement judgement,
    @Nullable ConflictReport conflicts,
    List<Decision> decisions,
    @Nullable ExperimentOutcome outcome,
    List<TimelineEvent> timeline,
    @Nullable Cost cost,
    @Nullable ExperimentId group) {

  /** One by itself, as long as nothing is known of its cost. */
  public ExperimentStatus(
      ExperimentId id,
      ExperimentSpec spec,
      Stage stage,
      Instant startedAt,
      Instant deadline,
      @Nullable BranchInfo branch,
      boolean branchExists,
      @Nullable ExperimentReport report,
      @Nullable ChangeSummary changes,
      @Nullable Judgement judgement,
      @Nullable ConflictReport conflicts,
      List<Decision> decisions,
      @Nullable ExperimentOutcome outcome,
      List<TimelineEvent> timeline) {
    this(
        id,
        spec,
        stage,
        startedAt,
        deadline,
        branch,
        branchExists,
        report,
        changes,
        judgement,
        conflicts,
        decisions,
        outcome,
        timeline,
        null,
        null);
  }

  /** The same at another cost. */
  public ExperimentStatus at(Cost newCost) {
    return new ExperimentStatus(
        id,
        spec,
        stage,
        startedAt,
        deadline,
        branch,
        branchExists,
        report,
        changes,
        judgement,
        conflicts,
        decisions,
        outcome,
        timeline,
        newCost,
        group);
  }
}
