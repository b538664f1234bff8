package dev.offshoot.workflow;

import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.Cost;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.Proposal;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.VariantStatus;
import dev.offshoot.domain.VariantsOutcome;
import dev.offshoot.domain.VariantsStatus;
import dev.offshoot.domain.VariantsValidation;
import dev.offshoot.text.SqlLiteral;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the Temporal UI shows of a group, as Markdown: its variants beside one another, and how to
 * pick one; see {@link CurrentDetails} for what that page does to texts.
 */
final class VariantsPage {
  private static final int HEAD = 1_200;
  private static final int VARIANTS = 13_000;
  private static final int SECTION = 1_500;
  private static final int TABLES = 6;
  private static final int STATEMENTS = 6;

  private VariantsPage() {}

  static String of(VariantsStatus group) {
    MarkdownPage page = new MarkdownPage();
    page.heading(heading(group));
    page.fence("text", HEAD, fence -> head(group, fence));
    List<VariantStatus> pickable =
        group.variants().stream().filter(VariantStatus::awaitsDecision).toList();
    if (group.outcome() == null && group.picked() == null && !pickable.isEmpty()) {
      VariantStatus first = first(pickable, group.ranking());
      page.text(
          "**To merge one and drop the others**, send the signal `pick` with this JSON (put in your name and why; `variant`, `digest` and `acceptHazards` are those of variant `%d`):"
              .formatted(first.number()));
      page.fence("json", SECTION, fence -> fence.lines(pickJson(first)));
      page.text("**To drop all**, send the signal `pick` with this JSON:");
      page.fence("json", SECTION, fence -> fence.lines(noneJson()));
    }
    refusals(page, group.decisions());
    page.text("**Side by side:**");
    page.fence(
        "text",
        VARIANTS,
        fence -> group.variants().forEach(variant -> variant(variant, group, fence)));
    return page.end();
  }

  private static String heading(VariantsStatus group) {
    if (group.outcome() != null) {
      return "Offshoot variants: " + group.outcome().outcome();
    }
    return group.stage() == Stage.AWAITING_DECISION
        ? "Offshoot variants: waiting for your pick"
        : "Offshoot variants: " + group.stage();
  }

  private static void head(VariantsStatus group, MarkdownPage.Fence fence) {
    fence.line("goal         " + group.goal());
    fence.line("parent       " + group.parent());
    fence.line("requested by " + group.requestedBy());
    @Nullable VariantsOutcome outcome = group.outcome();
    if (outcome != null) {
      fence.line("by           " + outcome.by());
      fence.line("why          " + outcome.why());
    }
    @Nullable Ranking ranking = group.ranking();
    if (ranking != null) {
      fence.line(
          "ranking      %s by %s"
              .formatted(
                  ranking.order().stream().map(String::valueOf).collect(Collectors.joining(", ")),
                  ranking.by()));
      ranking.reasons().forEach(reason -> fence.line("             " + reason));
    }
  }

  /** What is shown as the one to pick: the best of those that can be. */
  private static VariantStatus first(List<VariantStatus> pickable, @Nullable Ranking ranking) {
    Optional<VariantStatus> best =
        ranking == null
            ? Optional.empty()
            : pickable.stream()
                .filter(each -> ranking.order().contains(each.number()))
                .min(Comparator.comparing(each -> ranking.order().indexOf(each.number())));
    return best.orElse(pickable.get(0));
  }

  private static void variant(
      VariantStatus variant, VariantsStatus group, MarkdownPage.Fence fence) {
    fence.line(
        "%d  %s  %s  %s"
            .formatted(variant.number(), variant.name(), variant.id(), state(variant, group)));
    if (variant.requestedBy() != null && !variant.requestedBy().equals(group.requestedBy())) {
      fence.line("   by        " + variant.requestedBy());
    }
    if (variant.ended() != null) {
      fence.line("   ended     %s: %s".formatted(variant.ended().by(), variant.ended().why()));
    }
    @Nullable Proposal proposal = variant.report() == null ? null : variant.report().proposal();
    if (proposal == null) {
      return;
    }
    fence.line(
        "   changes   %d inserted, %d updated, %d deleted, %d schema changes"
            .formatted(
                proposal.inserted(),
                proposal.updated(),
                proposal.deleted(),
                proposal.schemaChanges()));
    proposal.tables().stream().limit(TABLES).forEach(table -> fence.line(table(table)));
    proposal.schemaScript().stream()
        .limit(STATEMENTS)
        .forEach(statement -> fence.line("             " + statement));
    fence.line("   hazards   " + hazards(proposal));
    fence.line(
        "   judge     %s by %s%s"
            .formatted(
                proposal.verdict().opinion(),
                proposal.verdict().by(),
                proposal.verdict().reasons().stream()
                    .findFirst()
                    .map(reason -> ": " + reason)
                    .orElse("")));
    fence.line("   checks    %d of %d".formatted(proposal.checks(), group.checks()));
    if (proposal.conflicts() > 0) {
      fence.line("   conflicts %d with the parent".formatted(proposal.conflicts()));
    }
    if (proposal.approvals() > 1) {
      fence.line("   approvals %d people must pick it".formatted(proposal.approvals()));
    }
    fence.line("   cost      " + cost(proposal));
    fence.line("   digest    " + proposal.digest());
  }

  private static String state(VariantStatus variant, VariantsStatus group) {
    List<String> words = new ArrayList<>();
    if (variant.ended() != null) {
      words.add(variant.ended().outcome().name());
    } else {
      words.add(variant.report() == null ? "STARTING" : variant.report().stage().name());
    }
    @Nullable Ranking ranking = group.ranking();
    int place = ranking == null ? -1 : ranking.order().indexOf(variant.number());
    if (place >= 0) {
      words.add("ranked %d".formatted(place + 1));
    }
    return String.join(", ", words);
  }

  private static String table(AuditRecord.ChangedRows table) {
    return "             %s: %d inserted, %d updated, %d deleted"
        .formatted(
            SqlLiteral.shown(table.table()), table.inserted(), table.updated(), table.deleted());
  }

  private static String hazards(Proposal proposal) {
    return proposal.hazards().isEmpty()
        ? "none"
        : proposal.hazards().stream()
            .map(finding -> "%s (%s)".formatted(finding.hazard(), finding.severity()))
            .collect(Collectors.joining(", "));
  }

  private static String cost(Proposal proposal) {
    Cost cost = proposal.cost();
    return "%d statements in %d ms, branch of %.1f MB for %s, %d tokens"
        .formatted(
            proposal.statements(),
            proposal.millis(),
            cost.branchBytes() / 1e6,
            HumanDuration.format(Duration.ofMillis(cost.branchMillis())),
            cost.judgeTokens());
  }

  private static void refusals(MarkdownPage page, List<Decision> decisions) {
    List<Decision> refused = decisions.stream().filter(decision -> !decision.accepted()).toList();
    if (refused.isEmpty()) {
      return;
    }
    page.text("**Not counted:**");
    page.fence(
        "text",
        SECTION,
        fence ->
            refused.subList(Math.max(0, refused.size() - 3), refused.size()).stream()
                .map(each -> "%s by %s: %s".formatted(each.at(), each.by(), each.refusal()))
                .forEach(fence::line));
  }

  private static String pickJson(VariantStatus variant) {
    Proposal proposal = Objects.requireNonNull(Objects.requireNonNull(variant.report()).proposal());
    String accepted =
        proposal.hazards().stream()
            .filter(finding -> finding.severity() == Severity.NEEDS_NAME)
            .map(HazardFinding::hazard)
            .map(hazard -> "\n    \"" + hazard.name() + "\"")
            .collect(Collectors.joining(","));
    return """
        {
          "variant": "%d",
          "by": "",
          "reason": "",
          "digest":
            "%s",
          "acceptHazards": [%s]
        }"""
        .formatted(
            variant.number(), proposal.digest(), accepted.isEmpty() ? accepted : accepted + "\n  ");
  }

  private static String noneJson() {
    return """
        {
          "variant": "%s",
          "by": "",
          "reason": ""
        }"""
        .formatted(VariantsValidation.NONE);
  }
}
