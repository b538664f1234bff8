package dev.offshoot.cli;

import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.Cost;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.Proposal;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.VariantStatus;
import dev.offshoot.domain.VariantsStatus;
import dev.offshoot.text.SqlLiteral;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The variants of a group beside one another, a column each; pure. */
final class VariantsRenderer {
  private static final int WIDEST = 34;
  private static final int NARROWEST = 16;
  private static final int LABEL = 12;
  private static final int MOST_LINES = 6;

  private final Colour colour;
  private final int column;
  private final int columns;

  /**
   * @param columns of the terminal; 0 if there is none
   */
  VariantsRenderer(Colour colour, int columns) {
    this.colour = colour;
    this.columns = columns;
    this.column = WIDEST;
  }

  List<String> lines(VariantsStatus group) {
    List<String> lines = new ArrayList<>();
    lines.add("group        " + group.id());
    lines.add("goal         " + shown(group.goal()));
    lines.add("parent       " + shown(group.parent()));
    lines.add("stage        " + stage(group));
    @Nullable Ranking ranking = group.ranking();
    if (ranking != null && !ranking.order().isEmpty()) {
      lines.add(
          "ranking      %s by %s"
              .formatted(
                  ranking.order().stream().map(String::valueOf).collect(Collectors.joining(", ")),
                  shown(ranking.by())));
      ranking.reasons().forEach(reason -> lines.add("             " + shown(reason)));
    }
    lines.add("");
    lines.addAll(table(group));
    for (Decision decision : group.decisions()) {
      lines.add(new ProgressText(colour, columns).decision(decision));
    }
    return lines;
  }

  private static String stage(VariantsStatus group) {
    String stage = lower(group.stage());
    return group.outcome() == null
        ? stage
        : "%s, %s by %s: %s"
            .formatted(
                stage,
                group.outcome().outcome(),
                shown(group.outcome().by()),
                shown(group.outcome().why()));
  }

  private List<String> table(VariantsStatus group) {
    int width =
        columns == 0
            ? column
            : Math.max(
                NARROWEST,
                Math.min(column, (columns - LABEL) / Math.max(1, group.variants().size()) - 2));
    Table table = new Table(group.variants().size() + 1);
    row(table, group, width, "variant", each -> List.of(each.number() + "  " + each.name()));
    row(table, group, width, "experiment", each -> List.of(each.id().value()));
    row(table, group, width, "by", each -> List.of(shown(each.requestedBy())));
    row(table, group, width, "state", each -> state(each, group.ranking()));
    row(table, group, width, "changes", each -> of(each, VariantsRenderer::changes));
    row(table, group, width, "schema", each -> of(each, VariantsRenderer::schema));
    row(table, group, width, "hazards", each -> of(each, VariantsRenderer::hazards));
    row(table, group, width, "judge", each -> of(each, VariantsRenderer::verdict));
    row(
        table,
        group,
        width,
        "checks",
        each -> of(each, proposal -> List.of(proposal.checks() + " of " + group.checks())));
    row(table, group, width, "cost", each -> of(each, VariantsRenderer::cost));
    row(
        table,
        group,
        width,
        "branch point",
        each ->
            each.report() == null || each.report().branchPoint() == null
                ? List.of()
                : List.of(each.report().branchPoint().toString()));
    row(
        table,
        group,
        width,
        "digest",
        each -> of(each, proposal -> List.of(ProgressText.shortDigest(proposal.digest()))));
    return table.lines("");
  }

  /** One line of the table for each line of its highest cell. */
  private static void row(
      Table table,
      VariantsStatus group,
      int width,
      String label,
      Function<VariantStatus, List<String>> cell) {
    List<List<String>> cells =
        group.variants().stream().map(cell).map(lines -> wrapped(lines, width)).toList();
    int height = cells.stream().mapToInt(List::size).max().orElse(0);
    for (int line = 0; line < height; line++) {
      List<Table.Cell> row = new ArrayList<>();
      row.add(Table.Cell.of(line == 0 ? label : ""));
      for (List<String> lines : cells) {
        row.add(Table.Cell.of(line < lines.size() ? lines.get(line) : ""));
      }
      table.row(row);
    }
  }

  /** Cut into pieces of the column's width, and no more than fit on a screen. */
  private static List<String> wrapped(List<String> lines, int width) {
    List<String> pieces = new ArrayList<>();
    for (String line : lines) {
      String left = ShownText.oneLine(line, width * MOST_LINES);
      while (left.length() > width && pieces.size() < MOST_LINES) {
        int space = left.lastIndexOf(' ', width);
        int cut = space > width / 2 ? space : left.offsetByCodePoints(0, whole(left, width));
        pieces.add(left.substring(0, cut));
        left = left.substring(cut).strip();
      }
      if (pieces.size() < MOST_LINES) {
        pieces.add(left);
      }
    }
    return pieces;
  }

  private static int whole(String text, int characters) {
    return text.codePointCount(
        0, Character.isLowSurrogate(text.charAt(characters)) ? characters - 1 : characters);
  }

  private static List<String> of(VariantStatus variant, Function<Proposal, List<String>> cell) {
    return variant.report() == null || variant.report().proposal() == null
        ? List.of()
        : cell.apply(variant.report().proposal());
  }

  private static List<String> state(VariantStatus variant, @Nullable Ranking ranking) {
    int place = ranking == null ? -1 : ranking.order().indexOf(variant.number());
    String ranked = place < 0 ? "" : ", ranked " + (place + 1);
    if (variant.ended() == null) {
      return List.of(
          (variant.report() == null ? "starting" : lower(variant.report().stage())) + ranked);
    }
    return List.of(
        variant.ended().outcome() + " by " + shown(variant.ended().by()) + ranked,
        shown(variant.ended().why()));
  }

  private static List<String> changes(Proposal proposal) {
    List<String> lines = new ArrayList<>();
    lines.add(counts(proposal.inserted(), proposal.updated(), proposal.deleted()));
    for (AuditRecord.ChangedRows table : proposal.tables()) {
      lines.add(
          "%s %s"
              .formatted(
                  SqlLiteral.shown(table.table()),
                  counts(table.inserted(), table.updated(), table.deleted())));
    }
    return lines;
  }

  private static String counts(long inserted, long updated, long deleted) {
    return "+%d ~%d -%d".formatted(inserted, updated, deleted);
  }

  private static List<String> schema(Proposal proposal) {
    List<String> lines = new ArrayList<>();
    lines.add(proposal.schemaChanges() + " changes");
    proposal.schemaScript().forEach(statement -> lines.add(shown(statement)));
    return lines;
  }

  private static List<String> hazards(Proposal proposal) {
    return proposal.hazards().isEmpty()
        ? List.of("none")
        : proposal.hazards().stream()
            .map(finding -> finding.hazard() + (needsName(finding) ? " !" : ""))
            .toList();
  }

  private static boolean needsName(HazardFinding finding) {
    return finding.severity() != Severity.NOTICE;
  }

  private static List<String> verdict(Proposal proposal) {
    List<String> lines = new ArrayList<>();
    lines.add("%s by %s".formatted(proposal.verdict().opinion(), shown(proposal.verdict().by())));
    proposal.verdict().reasons().stream()
        .limit(1)
        .forEach(reason -> lines.add(shown(reason.toString())));
    return lines;
  }

  private static List<String> cost(Proposal proposal) {
    Cost cost = proposal.cost();
    return List.of(
        "%d statements in %s".formatted(proposal.statements(), Numbers.millis(proposal.millis())),
        "%.1f MB for %s"
            .formatted(
                cost.branchBytes() / 1e6,
                HumanDuration.format(Duration.ofMillis(cost.branchMillis()))),
        "%,d tokens".formatted(cost.judgeTokens()));
  }

  /** What a person can do now, as commands to copy. */
  static List<String> next(VariantsStatus group) {
    List<String> lines = new ArrayList<>();
    if (group.outcome() != null || group.picked() != null) {
      return lines;
    }
    for (VariantStatus variant : group.variants()) {
      if (variant.awaitsDecision()) {
        lines.add("look:    ./offshoot experiment diff " + variant.id());
      }
    }
    for (VariantStatus variant : group.variants()) {
      if (variant.awaitsDecision()) {
        lines.add("pick:    " + pick(group, variant));
      }
    }
    lines.add("none:    ./offshoot experiment pick %s none -m WHY".formatted(group.id()));
    return lines;
  }

  private static String pick(VariantsStatus group, VariantStatus variant) {
    Proposal proposal = Objects.requireNonNull(Objects.requireNonNull(variant.report()).proposal());
    StringBuilder command =
        new StringBuilder(
                "./offshoot experiment pick %s %d".formatted(group.id(), variant.number()))
            .append(" --digest ")
            .append(ProgressText.shortDigest(proposal.digest()));
    proposal.hazards().stream()
        .filter(finding -> finding.severity() == Severity.NEEDS_NAME)
        .forEach(finding -> command.append(" --accept-hazard ").append(finding.hazard()));
    return command.append(" -m WHY").toString();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String shown(@Nullable String text) {
    return text == null ? "" : ShownText.oneLine(text, 400);
  }
}
