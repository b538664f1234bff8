package dev.offshoot.workflow;

import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.SourceInfo;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.Verdict;
import dev.offshoot.text.DiffLine;
import dev.offshoot.text.SchemaOutline;
import dev.offshoot.text.SqlLiteral;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the Temporal UI shows of an experiment, as Markdown.
 *
 * <p>That page passes HTML through, curls straight quotes outside code, cuts off the last block and
 * holds 20,000 bytes (seen in UI 2.42.1). So every value stands inside a code fence, escaped; what
 * a person must act on comes first; and the last block says nothing.
 */
final class CurrentDetails {
  /** Room for the rows, after which the rest is only counted. */
  private static final int ROWS_BUDGET = 9_000;

  private static final int LEAST_ROWS_BUDGET = 500;

  /** Less than the page may have, for the words around the rows. */
  private static final int PAGE_BUDGET = 19_000;

  private static final int SECTION_BUDGET = 2_500;
  private static final int TABLES_SHOWN = 12;
  private static final int CONFLICT_GROUPS = 10;

  private CurrentDetails() {}

  static String atWork(ExperimentSpec spec, Stage stage, String what) {
    MarkdownPage page = new MarkdownPage();
    page.heading("Offshoot: " + stage);
    page.fence(
        "text",
        SECTION_BUDGET,
        fence -> {
          fence.line(what);
          asked(spec, fence);
        });
    return page.end();
  }

  /**
   * Until when who is asked.
   *
   * @param deadline when it ends without a decision
   * @param soon whether that is near
   * @param membership of a variant, for which its group decides; absent of all others
   */
  record Asking(Instant deadline, boolean soon, @Nullable Membership membership) {}

  static String awaitingDecision(
      ExperimentSpec spec,
      Asking asking,
      @Nullable BranchInfo branch,
      ChangeSummary changes,
      Judgement judgement,
      @Nullable ConflictReport conflicts,
      List<Decision> decisions,
      List<String> approvedBy) {
    MarkdownPage page = new MarkdownPage();
    page.heading("Offshoot: waiting for your decision" + (asking.soon() ? ", expires soon" : ""));
    page.fence(
        "text",
        SECTION_BUDGET,
        fence -> {
          asked(spec, fence);
          fence.line("deadline     " + asking.deadline());
          if (asking.soon()) {
            fence.line("             SOON: it expires then; the update extendTtl moves it");
          }
          branchPoint(branch, fence);
          fence.line("digest       " + changes.digest());
          fence.line(
              "changes      %d inserted, %d updated, %d deleted, %d schema changes"
                  .formatted(
                      changes.inserted(),
                      changes.updated(),
                      changes.deleted(),
                      changes.schemaChangeCount()));
          verdict(judgement.verdict(), fence);
          approvals(judgement, approvedBy, fence);
        });
    refusals(page, decisions);
    conflicts(page, conflicts);
    hazards(page, judgement);
    toMerge(page, asking.membership());
    page.fence(
        "json",
        SECTION_BUDGET,
        fence ->
            fence.lines(approveJson(variant(asking.membership()), changes, judgement, conflicts)));
    if (conflicts != null && !conflicts.counts().isEmpty()) {
      page.text(
          "`take` is `PARENT` (the parent keeps what it has) or `BRANCH` (it gets what the branch has). Without `resolve` the merge is tried again as it is.");
    }
    page.text("**To drop**, send the signal `reject` with this JSON:");
    page.fence("json", SECTION_BUDGET, fence -> fence.lines(rejectJson()));
    schema(page, changes);
    differences(page, changes);
    rows(page, changes);
    return page.end();
  }

  static String closed(ExperimentSpec spec, ExperimentOutcome outcome, String duration) {
    MarkdownPage page = new MarkdownPage();
    page.heading("Offshoot: " + outcome.outcome());
    page.fence(
        "text",
        SECTION_BUDGET,
        fence -> {
          fence.line("by           " + outcome.by());
          fence.line("why          " + outcome.why());
          fence.line("after        " + duration);
          if (outcome.digest() != null) {
            fence.line("digest       " + outcome.digest());
          }
          asked(spec, fence);
        });
    conflicts(page, outcome.conflicts());
    return page.end();
  }

  private static void toMerge(MarkdownPage page, @Nullable Membership membership) {
    page.text(
        membership == null
            ? "**To merge**, send the signal `approve` with this JSON (put in your name and why):"
            : "**This is variant `%d` of a group, which decides.** Compare them on the page of workflow `%s`; to merge this one and drop the others, send it the signal `pick` with this JSON:"
                .formatted(membership.number(), membership.group().variantsWorkflowId()));
  }

  private static String variant(@Nullable Membership membership) {
    return membership == null ? "" : "\n  \"variant\": \"%d\",".formatted(membership.number());
  }

  private static void asked(ExperimentSpec spec, MarkdownPage.Fence fence) {
    if (spec.reverts() != null) {
      fence.line("reverts      " + spec.reverts());
    }
    fence.line("goal         " + spec.goal());
    fence.line("parent       " + spec.parent());
    fence.line("requested by " + spec.requestedBy());
    if (!spec.deltaColumns().isEmpty()) {
      fence.line("counters     " + String.join(", ", spec.deltaColumns()));
    }
  }

  private static void verdict(Verdict verdict, MarkdownPage.Fence fence) {
    String sure =
        verdict.confidence() == null
            ? ""
            : ", %d%% sure".formatted(Math.round(verdict.confidence() * 100));
    fence.line("judge        %s by %s%s".formatted(verdict.opinion(), verdict.by(), sure));
    verdict.reasons().forEach(reason -> fence.line("             " + reason));
    verdict.questions().forEach(question -> fence.line("             ? " + question));
  }

  private static void approvals(
      Judgement judgement, List<String> approvedBy, MarkdownPage.Fence fence) {
    ApprovalRule rule = judgement.approval();
    int needed = rule.needed(judgement.hazards());
    if (needed > 1) {
      fence.line(
          "approvals    %d of %d needed%s"
              .formatted(
                  approvedBy.size(),
                  needed,
                  approvedBy.isEmpty() ? "" : ": " + String.join(", ", approvedBy)));
    }
    if (!rule.approvers().isEmpty()) {
      fence.line("may approve  " + String.join(", ", rule.approvers()));
    }
  }

  private static void branchPoint(@Nullable BranchInfo branch, MarkdownPage.Fence fence) {
    if (branch == null) {
      return;
    }
    @Nullable SourceInfo source = branch.source();
    fence.line(
        "branch point %s%s"
            .formatted(
                branch.branchPoint(),
                source == null ? "" : " (when source copy " + source.database() + " was made)"));
    if (source != null && !source.drift().isEmpty()) {
      fence.line("since then the parent has changed " + String.join(", ", source.drift()));
    }
    if (branch.outageMillis() != null) {
      fence.line("outage       %d ms for the parent's users".formatted(branch.outageMillis()));
    }
  }

  private static void refusals(MarkdownPage page, List<Decision> decisions) {
    List<Decision> refused = decisions.stream().filter(decision -> !decision.accepted()).toList();
    if (refused.isEmpty()) {
      return;
    }
    page.text("**Not counted:**");
    page.fence(
        "text",
        SECTION_BUDGET,
        fence -> {
          for (Decision decision :
              refused.subList(Math.max(0, refused.size() - 5), refused.size())) {
            fence.line(
                "%s %s by %s: %s"
                    .formatted(decision.at(), decision.kind(), decision.by(), decision.refusal()));
          }
        });
  }

  private static void conflicts(MarkdownPage page, @Nullable ConflictReport conflicts) {
    if (conflicts == null) {
      return;
    }
    page.text("**Conflicts with the parent: `" + conflicts.total() + "`**; nothing was written.");
    page.fence(
        "text",
        SECTION_BUDGET,
        fence -> {
          for (Conflict conflict : conflicts.conflicts()) {
            fence.line(
                "%s %s %s %s base=%s parent=%s branch=%s %s"
                    .formatted(
                        conflict.kind(),
                        conflict.table() == null ? "" : conflict.table(),
                        conflict.key(),
                        conflict.column() == null ? "" : conflict.column(),
                        conflict.base(),
                        conflict.parent(),
                        conflict.branch(),
                        conflict.note()));
          }
        });
  }

  private static void hazards(MarkdownPage page, Judgement judgement) {
    if (judgement.hazards().isEmpty()) {
      page.text("**No hazards.**");
      return;
    }
    page.text("**Hazards:**");
    page.fence(
        "text",
        SECTION_BUDGET,
        fence -> {
          for (HazardFinding finding : judgement.hazards()) {
            fence.line(
                "! %s (%s): %s"
                    .formatted(finding.hazard(), finding.severity(), finding.evidence()));
          }
        });
  }

  private static void schema(MarkdownPage page, ChangeSummary changes) {
    if (changes.schemaScript().isEmpty()) {
      return;
    }
    page.text("**Schema**, as it will be replayed:");
    page.fence(
        "sql",
        SECTION_BUDGET,
        fence -> {
          for (String statement : changes.schemaScript()) {
            fence.lines(statement + ";");
          }
          for (String statement : changes.reversal().script()) {
            fence.line("-- a revert would run: " + statement);
          }
        });
  }

  private static void differences(MarkdownPage page, ChangeSummary changes) {
    List<DiffLine> lines = SchemaOutline.of(changes);
    if (lines.isEmpty()) {
      return;
    }
    page.text("**What differs in the schema:**");
    page.fence(
        "diff",
        SECTION_BUDGET,
        fence -> {
          for (DiffLine line : lines) {
            fence.line(line.sign() + " " + "  ".repeat(line.depth()) + line.text());
          }
        });
  }

  private static void rows(MarkdownPage page, ChangeSummary changes) {
    if (changes.tables().isEmpty()) {
      return;
    }
    page.text("**Rows** (first of each table; all of them with `offshoot experiment diff`):");
    page.fence(
        "diff",
        Math.max(LEAST_ROWS_BUDGET, Math.min(ROWS_BUDGET, PAGE_BUDGET - page.bytes())),
        fence -> {
          for (TableChanges table :
              changes.tables().subList(0, Math.min(TABLES_SHOWN, changes.tables().size()))) {
            fence.line(
                "# %s: %d inserted, %d updated, %d deleted of %d"
                    .formatted(
                        SqlLiteral.shown(table.table()),
                        table.inserted(),
                        table.updated(),
                        table.deleted(),
                        table.rowsInBase()));
            table.sample().forEach(row -> fence.line(RowText.of(table, row)));
          }
          if (changes.tables().size() > TABLES_SHOWN) {
            fence.line("# and %d more tables".formatted(changes.tables().size() - TABLES_SHOWN));
          }
        });
  }

  /** Laid out by hand: the digest on a line of its own fits the page, so nothing scrolls away. */
  private static String approveJson(
      String first,
      ChangeSummary changes,
      Judgement judgement,
      @Nullable ConflictReport conflicts) {
    String accepted =
        judgement.hazards().stream()
            .filter(finding -> finding.severity() == Severity.NEEDS_NAME)
            .map(finding -> "\n    \"" + finding.hazard().name() + "\"")
            .collect(Collectors.joining(","));
    if (!accepted.isEmpty()) {
      accepted += "\n  ";
    }
    return """
        {%s
          "by": "",
          "reason": "",
          "digest":
            "%s",
          "acceptHazards": [%s]%s
        }"""
        .formatted(first, changes.digest(), accepted, resolveJson(conflicts));
  }

  /** Which side is not filled in: a person has to say it. */
  private static String resolveJson(@Nullable ConflictReport conflicts) {
    if (conflicts == null || conflicts.counts().isEmpty()) {
      return "";
    }
    return conflicts.counts().stream()
        .limit(CONFLICT_GROUPS)
        .map(
            group ->
                "\n    {\"kind\": \"%s\"%s,\n      \"take\": \"\"}"
                    .formatted(
                        group.kind(),
                        group.table() == null
                            ? ""
                            : ",\n      \"table\": "
                                + OffshootJson.text(
                                    group.table().schema() + "." + group.table().name())))
        .collect(Collectors.joining(",", ",\n  \"resolve\": [", "\n  ]"));
  }

  private static String rejectJson() {
    return """
        {
          "by": "",
          "reason": ""
        }""";
  }
}
