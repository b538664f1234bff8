package dev.offshoot.cli;

import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.Cost;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.Reverted;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One experiment on one screen; pure. */
final class StatusRenderer {
  private static final int TEXT_LIMIT = 400;

  private final Colour colour;
  private final ProgressText text;
  private final DiffRenderer diff;

  StatusRenderer(Colour colour, int columns) {
    this.colour = colour;
    this.text = new ProgressText(colour, columns);
    this.diff = new DiffRenderer(colour, columns);
  }

  List<String> lines(ShownExperiment experiment, Instant now) {
    ExperimentStatus status = experiment.status();
    List<String> lines = new ArrayList<>();
    head(lines, experiment, now);
    if (status.report() != null) {
      heading(lines, "statements");
      status.report().statements().forEach(result -> lines.addAll(text.statement(result)));
      status.report().checks().forEach(check -> lines.add("  * check is true: " + shown(check)));
    }
    if (status.changes() != null) {
      heading(lines, "changes");
      lines.addAll(diff.schema(status.changes()));
      lines.addAll(diff.stat(status.changes()));
      status
          .changes()
          .reversal()
          .script()
          .forEach(statement -> lines.add(colour.faint("  to revert: " + shown(statement))));
    }
    if (status.judgement() != null) {
      heading(lines, "judgement");
      status.judgement().hazards().forEach(finding -> lines.add(text.hazard(finding)));
      if (status.judgement().hazards().isEmpty()) {
        lines.add("  no hazards");
      }
      lines.addAll(text.verdict(status.judgement().verdict()));
      lines.addAll(text.approvals(status));
    }
    if (!status.decisions().isEmpty()) {
      heading(lines, "decisions");
      status.decisions().forEach(decision -> lines.add(text.decision(decision)));
    }
    if (status.conflicts() != null) {
      heading(lines, "conflicts");
      lines.addAll(text.conflicts(status.conflicts()));
    }
    if (status.outcome() != null) {
      heading(lines, "outcome");
      text.outcome(status.outcome()).forEach(line -> lines.add("  " + line));
      if (experiment.reverted() != null) {
        lines.add("  reverted since: " + told(experiment.reverted()));
      }
    }
    return lines;
  }

  private static String told(Reverted reverted) {
    return "by experiment %s at %s%s"
        .formatted(
            reverted.experiment(),
            reverted.at(),
            reverted.by() == null ? "" : ", approved by " + shown(reverted.by()));
  }

  private void head(List<String> lines, ShownExperiment experiment, Instant now) {
    ExperimentStatus status = experiment.status();
    ExperimentSpec spec = status.spec();
    String stage = status.stage().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    Table table = new Table(2);
    field(table, "experiment", status.id().value());
    field(
        table,
        "stage",
        status.outcome() == null ? stage : stage + ", " + status.outcome().outcome());
    if (experiment.reverted() != null) {
      field(table, "reverted", told(experiment.reverted()));
    }
    if (spec.reverts() != null) {
      field(table, "reverts", spec.reverts());
    }
    field(table, "goal", spec.goal());
    field(table, "parent", spec.parent());
    field(table, "requested by", spec.requestedBy() + ", tenant " + spec.tenant());
    field(table, "started", status.startedAt().toString());
    field(table, "deadline", deadline(status, now));
    @Nullable BranchInfo branch = status.branch();
    if (branch != null) {
      field(
          table,
          "branch",
          "%s (%s)%s"
              .formatted(
                  branch.ref().branchName(),
                  status.branchExists() ? "stands" : "deleted",
                  branch.ref().attempt() > 1 ? ", number " + branch.ref().attempt() : ""));
    }
    if (branch != null) {
      field(
          table,
          "branch point",
          branch.source() == null
              ? branch.branchPoint().toString()
              : "%s (%s, source copy %s)"
                  .formatted(
                      branch.branchPoint(),
                      age(branch.branchPoint(), now),
                      branch.source().database()));
      if (branch.outageMillis() != null) {
        field(table, "outage", Numbers.millis(branch.outageMillis()) + " for the parent's users");
      }
    }
    if (status.cost() != null) {
      field(table, "cost", cost(status.cost()));
    }
    if (status.changes() != null) {
      field(table, "digest", status.changes().digest());
    }
    lines.addAll(table.lines(""));
  }

  private static String cost(Cost cost) {
    String actions =
        cost.actions() == null ? "" : Numbers.of(cost.actions(), "Temporal action") + ", ";
    return "%sbranch of %s for %s, %s"
        .formatted(
            actions,
            Numbers.bytes(cost.branchBytes()),
            Numbers.millis(cost.branchMillis()),
            Numbers.of(cost.judgeTokens(), "token"));
  }

  private static String age(Instant branchPoint, Instant now) {
    Duration age = Duration.between(branchPoint, now);
    return age.isNegative()
        ? "just now"
        : HumanDuration.format(Duration.ofSeconds(age.toSeconds())) + " ago";
  }

  private static String deadline(ExperimentStatus status, Instant now) {
    Duration left = Duration.between(now, status.deadline());
    return status.stage() == Stage.CLOSED || left.isNegative()
        ? status.deadline().toString()
        : "%s (%s left)"
            .formatted(
                status.deadline(), HumanDuration.format(Duration.ofSeconds(left.toSeconds())));
  }

  private void field(Table table, String name, @Nullable String value) {
    table.row(
        List.of(
            new Table.Cell(name, colour.faint(name)),
            Table.Cell.of(value == null ? "" : shown(value))));
  }

  private void heading(List<String> lines, String name) {
    lines.add("");
    lines.add(colour.strong(name));
  }

  private static String shown(String value) {
    return ShownText.oneLine(value, TEXT_LIMIT);
  }
}
