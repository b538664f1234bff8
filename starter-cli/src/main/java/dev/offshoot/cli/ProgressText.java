package dev.offshoot.cli;

import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Failure;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.Resolution;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TimelineEvent;
import dev.offshoot.domain.Verdict;
import dev.offshoot.policy.ResolutionPolicy;
import dev.offshoot.text.ShownValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Events as lines for people; pure. */
final class ProgressText {
  private static final int SQL_LIMIT = 100;
  private static final int TEXT_LIMIT = 400;
  private static final int CELL_LIMIT = 40;
  private static final int RESULT_ROWS = 5;

  private final Colour colour;
  private final DiffRenderer diff;

  ProgressText(Colour colour, int columns) {
    this.colour = colour;
    this.diff = new DiffRenderer(colour, columns);
  }

  /** The lines of one event; none for what only programs need. */
  List<String> lines(ProgressEvent event) {
    Object data = event.data();
    return switch (event.event()) {
      case NOTE -> List.of();
      case STAGE -> stage((TimelineEvent) data(data));
      case BRANCH -> List.of(branch((BranchInfo) data(data)));
      case STATEMENT -> statement((StatementResult) data(data));
      case CHECK -> List.of(done("check is true: " + shown((String) data(data), SQL_LIMIT)));
      case DIFF -> diff((ChangeSummary) data(data));
      case BRANCH_DROPPED ->
          List.of(
              done("branch %s deleted".formatted(((BranchInfo) data(data)).ref().branchName())));
      case HAZARD -> List.of(hazard((HazardFinding) data(data)));
      case VERDICT -> verdict((Verdict) data(data));
      case AWAITING_DECISION -> awaiting((ProgressEvent.Waiting) data(data), event.at());
      case DECISION -> List.of(decision((Decision) data(data)));
      case CONFLICTS -> conflicts((ConflictReport) data(data));
      case RETRY -> List.of(retry((ProgressEvent.Retry) data(data)));
      case MERGE -> merge((MergeReport) data(data));
      case OUTCOME -> outcome((ExperimentOutcome) data(data));
    };
  }

  private static Object data(@Nullable Object data) {
    if (data == null) {
      throw new IllegalStateException("an event without its data");
    }
    return data;
  }

  private List<String> stage(TimelineEvent event) {
    if (event.stage() == Stage.CLOSED) {
      return List.of(); // The outcome says more.
    }
    String name = event.stage().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return List.of(
        colour.strong("%-17s ".formatted(name)) + colour.faint(shown(event.what(), TEXT_LIMIT)));
  }

  private String branch(BranchInfo branch) {
    String again = branch.ref().attempt() > 1 ? ", branch number " + branch.ref().attempt() : "";
    if (branch.source() != null) {
      again += ", of its copy as of " + AuditRenderer.time(branch.branchPoint());
      if (!branch.source().drift().isEmpty()) {
        again +=
            ", whose schema the parent has changed since: "
                + shown(String.join(", ", branch.source().drift()), TEXT_LIMIT);
      }
    }
    if (branch.outageMillis() != null) {
      again += ", the parent's users shut out for " + Numbers.millis(branch.outageMillis());
    }
    return done(
        "branch %s of %s in %s (%s, %s)%s"
            .formatted(
                shown(branch.ref().branchName(), TEXT_LIMIT),
                shown(branch.ref().parent(), TEXT_LIMIT),
                Numbers.millis(branch.createMillis()),
                Numbers.bytes(branch.parentBytes()),
                shown(branch.copyMethod(), TEXT_LIMIT),
                again));
  }

  List<String> statement(StatementResult result) {
    List<String> lines = new ArrayList<>();
    String effect =
        result.rowsAffected() != null
            ? Numbers.of(result.rowsAffected(), "row")
            : result.changedSchema() ? "schema" : result.columns().isEmpty() ? "" : "query";
    lines.add(
        done(
            "%-2d %12s %9s  %s"
                .formatted(
                    result.index() + 1,
                    effect,
                    Numbers.millis(result.millis()),
                    shown(oneSpace(result.sql()), SQL_LIMIT))));
    lines.addAll(resultRows(result));
    return lines;
  }

  private List<String> resultRows(StatementResult result) {
    if (result.columns().isEmpty()) {
      return List.of();
    }
    Table table = new Table(result.columns().size());
    table.row(
        result.columns().stream()
            .map(name -> shown(name, CELL_LIMIT))
            .map(name -> new Table.Cell(name, colour.faint(name)))
            .toList());
    result.rows().stream()
        .limit(RESULT_ROWS)
        .forEach(
            row ->
                table.row(
                    row.stream()
                        .map(value -> Table.Cell.of(ShownValue.of(value, CELL_LIMIT)))
                        .toList()));
    List<String> lines = new ArrayList<>(table.lines("        "));
    if (result.moreRows() || result.rows().size() > RESULT_ROWS) {
      lines.add(colour.faint("        …"));
    }
    return lines;
  }

  private List<String> diff(ChangeSummary changes) {
    List<String> lines = new ArrayList<>();
    lines.add(
        done(
            "change set %s frozen in %s"
                .formatted(shortDigest(changes.digest()), Numbers.millis(changes.millis()))));
    diff.stat(changes).forEach(line -> lines.add("   " + line));
    return lines;
  }

  String hazard(HazardFinding finding) {
    String name = finding.hazard().name();
    String painted =
        finding.severity() == Severity.NOTICE ? colour.changed(name) : colour.warning(name);
    return "  %s %s  %s%s"
        .formatted(
            finding.severity() == Severity.NOTICE ? "!" : colour.warning("!"),
            painted,
            shown(finding.evidence(), TEXT_LIMIT),
            switch (finding.severity()) {
              case NOTICE -> "";
              case NEEDS_NAME -> colour.faint("  (an approval must name it)");
              case FORBIDDEN -> colour.bad("  (forbidden: it cannot be merged)");
            });
  }

  List<String> verdict(Verdict verdict) {
    List<String> lines = new ArrayList<>();
    String sure =
        verdict.confidence() == null
            ? ""
            : ", %d%% sure".formatted(Math.round(verdict.confidence() * 100));
    lines.add(
        "  judge says %s (%s%s)"
            .formatted(verdict.opinion(), shown(verdict.by(), TEXT_LIMIT), sure));
    verdict.reasons().forEach(reason -> lines.add("      " + shown(reason.toString(), TEXT_LIMIT)));
    verdict.questions().forEach(question -> lines.add("      ? " + shown(question, TEXT_LIMIT)));
    return lines;
  }

  private List<String> awaiting(ProgressEvent.Waiting waiting, Instant at) {
    Duration left = Duration.between(at, waiting.deadline());
    String rest =
        left.isNegative()
            ? ""
            : " (%s left)".formatted(HumanDuration.format(Duration.ofSeconds(left.toSeconds())));
    return List.of("  deadline " + waiting.deadline() + rest);
  }

  /** Who may approve and how many must, where that is not anybody and one. */
  List<String> approvals(ExperimentStatus status) {
    if (status.judgement() == null) {
      return List.of();
    }
    ApprovalRule rule = status.judgement().approval();
    int needed = rule.needed(status.judgement().hazards());
    List<String> lines = new ArrayList<>();
    if (needed > 1) {
      lines.add("  %d different people must approve".formatted(needed));
    }
    if (!rule.approvers().isEmpty()) {
      lines.add("  may approve: " + shown(String.join(", ", rule.approvers()), TEXT_LIMIT));
    }
    return lines;
  }

  String decision(Decision decision) {
    String who = decision.by() == null ? "nobody named" : shown(decision.by(), TEXT_LIMIT);
    String why =
        decision.reason() == null || decision.reason().isBlank()
            ? ""
            : ": " + shown(decision.reason(), TEXT_LIMIT);
    String text =
        "%s by %s (%s)%s"
            .formatted(
                decision.kind().name().toLowerCase(Locale.ROOT),
                who,
                decision.channel().name().toLowerCase(Locale.ROOT),
                why);
    if (!decision.resolve().isEmpty()) {
      text +=
          decision.resolve().stream()
              .map(ProgressText::resolution)
              .collect(Collectors.joining(", ", "; conflicts: ", ""));
    }
    if (decision.resolvedDigest() != null) {
      text += ", which gives change set " + shortDigest(decision.resolvedDigest());
    }
    if (decision.accepted() && decision.stillNeeded() != null) {
      text += "; %s must approve".formatted(more(decision.stillNeeded()));
    }
    return decision.refusal() == null
        ? done(text)
        : colour.warning("  x ")
            + text
            + " — not counted: "
            + shown(decision.refusal(), TEXT_LIMIT);
  }

  private static String more(int people) {
    return people == 1 ? "one more person" : people + " more people";
  }

  /** {@code items UPDATE_UPDATE: branch}. */
  static String resolution(Resolution resolution) {
    String what =
        "%s %s"
            .formatted(
                resolution.table() == null ? "" : DiffRenderer.shown(resolution.table()),
                resolution.kind() == null ? "" : resolution.kind())
            .strip();
    return "%s: %s"
        .formatted(
            what.isEmpty() ? "all" : what, resolution.take().name().toLowerCase(Locale.ROOT));
  }

  List<String> conflicts(ConflictReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        colour.bad("  x ")
            + "%s with the parent; nothing was written"
                .formatted(Numbers.of(report.total(), "conflict")));
    report
        .counts()
        .forEach(group -> lines.add("      " + colour.strong(ResolutionPolicy.named(group))));
    for (Conflict conflict : report.conflicts()) {
      String where = conflict.table() == null ? "" : " " + DiffRenderer.shown(conflict.table());
      String key =
          conflict.key().isEmpty()
              ? ""
              : conflict.key().stream()
                  .map(value -> ShownValue.of(value, CELL_LIMIT))
                  .collect(Collectors.joining(", ", " (", ")"));
      String column = conflict.column() == null ? "" : " " + shown(conflict.column(), CELL_LIMIT);
      lines.add("      " + conflict.kind() + where + key + column);
      if (conflict.base() != null || conflict.parent() != null || conflict.branch() != null) {
        lines.add(
            "        base %s   parent now %s   branch %s"
                .formatted(
                    ShownValue.of(conflict.base(), CELL_LIMIT),
                    ShownValue.of(conflict.parent(), CELL_LIMIT),
                    ShownValue.of(conflict.branch(), CELL_LIMIT)));
      }
      if (!conflict.note().isBlank()) {
        lines.add(colour.faint("        " + shown(conflict.note(), TEXT_LIMIT)));
      }
    }
    int more = report.total() - report.conflicts().size();
    if (more > 0) {
      lines.add("      … and %d more".formatted(more));
    }
    return lines;
  }

  private String retry(ProgressEvent.Retry retry) {
    return colour.warning("  . ")
        + "%s: attempt %d follows; %s"
            .formatted(
                AuditSteps.name(retry.step()), retry.attempt(), shown(retry.failure(), TEXT_LIMIT));
  }

  private List<String> merge(MergeReport report) {
    return List.of(
        done(
            "merged in one transaction of %s: %s %s %s rows, %s%s"
                .formatted(
                    Numbers.millis(report.millis()),
                    colour.added("+" + Numbers.grouped(report.inserted())),
                    colour.changed("~" + Numbers.grouped(report.updated())),
                    colour.removed("-" + Numbers.grouped(report.deleted())),
                    Numbers.of(report.schemaStatements(), "schema statement"),
                    report.rehearsed() == null
                        ? ""
                        : ", rehearsed " + shown(report.rehearsed(), TEXT_LIMIT))),
        colour.faint("    " + lockWaits(report)));
  }

  /** What the merge cost in locks, for it and for others. */
  static String lockWaits(MergeReport report) {
    @Nullable Long others = report.longestWaitForMergeMillis();
    String merge = Numbers.millis(report.longestLockWaitMillis());
    return others == null
        ? "longest wait for a lock: the merge at most %s; others are not known".formatted(merge)
        : "longest wait for a lock: the merge %s, others for the merge %s"
            .formatted(merge, Numbers.millis(others));
  }

  List<String> outcome(ExperimentOutcome outcome) {
    List<String> lines = new ArrayList<>();
    String name = outcome.outcome().name();
    lines.add(
        "%s by %s: %s"
            .formatted(
                ExitCode.of(outcome) == ExitCode.DONE ? colour.good(name) : colour.bad(name),
                shown(outcome.by(), TEXT_LIMIT),
                shown(firstLine(outcome.why()), TEXT_LIMIT)));
    outcome.why().lines().skip(1).forEach(line -> lines.add("    " + shown(line, TEXT_LIMIT)));
    @Nullable Failure failure = outcome.failure();
    if (failure != null && outcome.outcome() == Outcome.FAILED) {
      String where =
          failure.statement() == null
              ? ""
              : " in statement %d%s"
                  .formatted(
                      failure.statement() + 1,
                      failure.position() == null ? "" : " at character " + failure.position());
      String state = failure.sqlState() == null ? "" : ", SQLSTATE " + failure.sqlState();
      lines.add("    %s%s%s".formatted(failure.code(), where, state));
    }
    return lines;
  }

  private String done(String text) {
    return colour.good("  * ") + text;
  }

  static String shortDigest(String digest) {
    return digest.substring(0, Math.min(12, digest.length()));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static String oneSpace(String sql) {
    return sql.replaceAll("\\s+", " ").strip();
  }

  private static String shown(String text, int limit) {
    return ShownText.oneLine(text, limit);
  }
}
