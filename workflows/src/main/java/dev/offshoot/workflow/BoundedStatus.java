package dev.offshoot.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TableChanges;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A status that fits into the answer of a query. Each of its parts is bounded, but all of them at
 * their bounds are more than Temporal carries. What history has anyway is cut first, and texts that
 * were cut say how long they are.
 */
final class BoundedStatus {
  /** Temporal's limit is 2 MiB; encryption and its description need some of it. */
  static final int MOST_BYTES = 1_900_000;

  private static final int ROOM_FOR_SQL = 100_000;
  private static final int LEAST_SQL = 40;
  private static final int REASON = 100;
  private static final int STATEMENT = 80;

  private static final List<UnaryOperator<ExperimentStatus>> CUTS =
      List.of(
          status -> with(status, cut(status.spec()), status.report(), status.changes()),
          status -> with(status, status.spec(), cut(status.report()), status.changes()),
          BoundedStatus::withShortReasons,
          status -> with(status, status.spec(), status.report(), cut(status.changes())));

  private BoundedStatus() {}

  static ExperimentStatus of(ExperimentStatus whole) {
    ExperimentStatus status = whole;
    for (UnaryOperator<ExperimentStatus> cut : CUTS) {
      if (bytes(status) <= MOST_BYTES) {
        return status;
      }
      status = cut.apply(status);
    }
    return status;
  }

  private static int bytes(ExperimentStatus status) {
    try {
      return OffshootJson.mapper().writeValueAsBytes(status).length;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a status is JSON", e);
    }
  }

  private static ExperimentSpec cut(ExperimentSpec spec) {
    int texts = spec.statements().size() + spec.checks().size() + 1;
    int each = Math.max(LEAST_SQL, ROOM_FOR_SQL / texts);
    return new ExperimentSpec(
        spec.goal(),
        spec.parent(),
        elided(spec.statements(), each),
        spec.script() == null ? null : ShownText.elided(spec.script(), each),
        elided(spec.checks(), each),
        spec.requestedBy(),
        spec.tenant(),
        spec.ttl(),
        spec.strictness(),
        spec.deltaColumns(),
        spec.onConflict(),
        spec.autoMerge(),
        spec.transaction(),
        spec.limits(),
        spec.keepBranch(),
        spec.reverts(),
        spec.session(),
        spec.unknownFields());
  }

  private static List<String> elided(List<String> texts, int limit) {
    return texts.stream().map(text -> ShownText.elided(text, limit)).toList();
  }

  private static @Nullable ExperimentReport cut(@Nullable ExperimentReport report) {
    return report == null
        ? null
        : new ExperimentReport(
            report.statements().stream()
                .map(
                    each ->
                        new StatementResult(
                            each.index(),
                            ShownText.elided(each.sql(), STATEMENT),
                            each.millis(),
                            each.rowsAffected(),
                            each.columns(),
                            List.of(),
                            each.moreRows() || !each.rows().isEmpty(),
                            each.changedSchema()))
                .toList(),
            report.checks(),
            report.schemaStatements(),
            report.touchedTables(),
            report.millis(),
            report.writtenRows());
  }

  private static @Nullable ChangeSummary cut(@Nullable ChangeSummary changes) {
    return changes == null
        ? null
        : new ChangeSummary(
            changes.digest(),
            List.of(),
            changes.schemaChangeCount(),
            changes.schemaScript().stream().map(sql -> ShownText.elided(sql, STATEMENT)).toList(),
            changes.tables().stream().map(BoundedStatus::countsOf).toList(),
            changes.rewrittenTables(),
            changes.sequences(),
            changes.millis(),
            changes.reversal(),
            changes.observed());
  }

  private static TableChanges countsOf(TableChanges table) {
    return new TableChanges(
        table.table(),
        List.of(),
        List.of(),
        table.inserted(),
        table.updated(),
        table.deleted(),
        table.rowsInBase(),
        List.of(),
        List.of());
  }

  private static ExperimentStatus withShortReasons(ExperimentStatus status) {
    return new ExperimentStatus(
        status.id(),
        status.spec(),
        status.stage(),
        status.startedAt(),
        status.deadline(),
        status.branch(),
        status.branchExists(),
        status.report(),
        status.changes(),
        status.judgement(),
        status.conflicts(),
        status.decisions().stream().map(BoundedStatus::withShortReason).toList(),
        status.outcome(),
        status.timeline(),
        status.cost(),
        status.group());
  }

  private static Decision withShortReason(Decision decision) {
    @Nullable String reason = decision.reason();
    return new Decision(
        decision.kind(),
        decision.by(),
        reason == null ? null : ShownText.elided(reason, REASON),
        decision.digest(),
        decision.acceptedHazards(),
        decision.at(),
        decision.channel(),
        decision.refusal(),
        decision.resolve(),
        decision.resolvedDigest(),
        decision.stillNeeded());
  }

  private static ExperimentStatus with(
      ExperimentStatus status,
      ExperimentSpec spec,
      @Nullable ExperimentReport report,
      @Nullable ChangeSummary changes) {
    return new ExperimentStatus(
        status.id(),
        spec,
        status.stage(),
        status.startedAt(),
        status.deadline(),
        status.branch(),
        status.branchExists(),
        report,
        changes,
        status.judgement(),
        status.conflicts(),
        status.decisions(),
        status.outcome(),
        status.timeline(),
        status.cost(),
        status.group());
  }
}
