package dev.offshoot.cli;

import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.domain.AuditSeal;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.ResolveResult;
import io.temporal.api.common.v1.Payloads;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What each finished step of an experiment says in the audit. */
final class AuditSteps {
  /**
   * @param what the step's name and how it ended
   * @param detail what came of it
   * @param digest the change set that it is about
   */
  record Done(String what, String detail, @Nullable String digest) {}

  private AuditSteps() {}

  /** The name that people know of the activity type. */
  static String name(String activityType) {
    return switch (activityType) {
      case "CreateBranch" -> "create branch";
      case "RunExperiment" -> "run experiment";
      case "ComputeDiff" -> "compute diff";
      case "ComputeRevert" -> "compute revert";
      case "EndRevert" -> "end revert";
      case "Judge" -> "judge";
      case "Merge" -> "merge";
      case "ResolveConflicts" -> "resolve conflicts";
      case "ReleaseSequences" -> "release sequences";
      case "DropBranch" -> "drop branch";
      case "ExtendLease" -> "extend lease";
      case "ExtendRevert" -> "extend revert";
      case "KeepAudit" -> "keep audit";
      default -> activityType;
    };
  }

  /**
   * @param payload reads input and result
   */
  static Done done(String activityType, Payload payload, Payloads input, Payloads result) {
    String what = name(activityType) + " done";
    return switch (activityType) {
      case "CreateBranch" -> new Done(what, branch(payload.first(result, BranchInfo.class)), null);
      case "RunExperiment" ->
          new Done(what, report(payload.first(result, ExperimentReport.class)), null);
      case "ComputeDiff", "ComputeRevert" -> diff(what, payload.first(result, ChangeSummary.class));
      case "Judge" -> judge(what, payload.first(result, Judgement.class));
      case "Merge" ->
          merge(
              what,
              payload.first(input, MergeActivities.MergeRequest.class),
              payload.first(result, MergeResult.class));
      case "ResolveConflicts" ->
          resolved(
              what,
              payload.first(input, MergeActivities.ResolveConflicts.class),
              payload.first(result, ResolveResult.class));
      case "DropBranch" ->
          new Done(what, drop(payload.first(input, BranchActivities.DropBranch.class)), null);
      case "KeepAudit" -> new Done(what, seal(payload.first(result, AuditSeal.class)), null);
      default -> new Done(what, "", null);
    };
  }

  private static String branch(@Nullable BranchInfo info) {
    return info == null
        ? ""
        : "%s in %s (%s, parent of %s)"
            .formatted(
                info.ref().branchName(),
                Numbers.millis(info.createMillis()),
                info.copyMethod(),
                Numbers.bytes(info.parentBytes()));
  }

  private static String report(@Nullable ExperimentReport report) {
    return report == null
        ? ""
        : "%s, %s in %s"
            .formatted(
                Numbers.of(report.statements().size(), "statement"),
                Numbers.of(report.checks().size(), "check"),
                Numbers.millis(report.millis()));
  }

  private static Done diff(String what, @Nullable ChangeSummary changes) {
    if (changes == null) {
      return new Done(what, "", null);
    }
    String detail =
        "+%s ~%s -%s in %s, %s"
            .formatted(
                Numbers.grouped(changes.inserted()),
                Numbers.grouped(changes.updated()),
                Numbers.grouped(changes.deleted()),
                Numbers.of(changes.tables().size(), "table"),
                Numbers.of(changes.schemaChangeCount(), "schema change"));
    return new Done(what, detail, changes.digest());
  }

  private static Done judge(String what, @Nullable Judgement judgement) {
    if (judgement == null) {
      return new Done(what, "", null);
    }
    String hazards =
        judgement.hazards().stream()
            .map(HazardFinding::hazard)
            .map(Enum::name)
            .collect(Collectors.joining(", "));
    String detail =
        "%s by %s; hazards: %s"
            .formatted(
                judgement.verdict().opinion(),
                judgement.verdict().by(),
                hazards.isEmpty() ? "none" : hazards);
    return new Done(what, detail, judgement.digest());
  }

  private static Done merge(
      String what, MergeActivities.@Nullable MergeRequest request, @Nullable MergeResult result) {
    @Nullable String digest = request == null ? null : request.digest();
    if (result == null) {
      return new Done(what, "", digest);
    }
    @Nullable MergeReport report = result.report();
    if (report == null) {
      int total = result.conflicts() == null ? 0 : result.conflicts().total();
      return new Done(
          "merge refused", Numbers.of(total, "conflict") + "; nothing was written", digest);
    }
    String detail =
        "receipt: +%s ~%s -%s rows, %s, %s converged, in %s at %s (parent's clock); %s"
            .formatted(
                Numbers.grouped(report.inserted()),
                Numbers.grouped(report.updated()),
                Numbers.grouped(report.deleted()),
                Numbers.of(report.schemaStatements(), "schema statement"),
                Numbers.grouped(report.converged()),
                Numbers.millis(report.millis()),
                report.mergedAt(),
                ProgressText.lockWaits(report));
    return new Done(what, detail, report.digest());
  }

  private static Done resolved(
      String what,
      MergeActivities.@Nullable ResolveConflicts request,
      @Nullable ResolveResult result) {
    if (request == null || result == null) {
      return new Done(what, "", null);
    }
    String said =
        request.merge().decision().resolve().stream()
            .map(ProgressText::resolution)
            .collect(Collectors.joining(", "));
    @Nullable ChangeSummary changes = result.changes();
    return changes == null
        ? new Done(
            "resolve conflicts refused",
            "%s: %s".formatted(said, result.why()),
            request.merge().digest())
        : diff("%s (%s)".formatted(what, said), changes);
  }

  private static String seal(@Nullable AuditSeal seal) {
    return seal == null
        ? ""
        : "record %d, sealed %s".formatted(seal.number(), ProgressText.shortDigest(seal.hash()));
  }

  private static String drop(BranchActivities.@Nullable DropBranch request) {
    return request == null ? "" : request.ref().branchName() + " (" + request.reason() + ")";
  }
}
