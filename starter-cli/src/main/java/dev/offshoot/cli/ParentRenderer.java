package dev.offshoot.cli;

import dev.offshoot.domain.HumanDuration;
import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.SourceInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parents on the terminal; pure. */
final class ParentRenderer {
  private static final int TEXT_LIMIT = 300;

  private final Colour colour;

  ParentRenderer(Colour colour) {
    this.colour = colour;
  }

  List<String> table(List<ParentView> parents, Instant now) {
    Table table = new Table(6);
    table.row(
        List.of("parent", "branches are made of", "age", "size", "branches", "state").stream()
            .map(name -> new Table.Cell(name, colour.faint(name)))
            .toList());
    for (ParentView parent : parents) {
      table.row(
          shown(parent.name()),
          source(parent),
          parent.source() == null ? "" : age(parent.source(), now),
          Numbers.bytes(parent.bytes()),
          parent.branches() + " of " + parent.maxBranches(),
          state(parent));
    }
    return table.lines("");
  }

  List<String> lines(ParentView parent, Instant now) {
    Table table = new Table(2);
    field(table, "parent", parent.name());
    field(
        table,
        "branches",
        "%d of at most %d, of kind %s"
            .formatted(parent.branches(), parent.maxBranches(), parent.provider()));
    field(table, "made of", source(parent));
    @Nullable SourceInfo source = parent.source();
    if (source != null) {
      field(table, "age", age(source, now));
    }
    if (parent.refreshEvery() != null) {
      field(table, "refreshed every", HumanDuration.format(parent.refreshEvery()));
    }
    if (parent.serverVersion() != null) {
      field(table, "server", "Postgres " + parent.serverVersion());
      field(table, "size", Numbers.bytes(parent.bytes()));
    }
    field(table, "when busy", String.valueOf(parent.onBusy()));
    field(table, "connected", parent.busy() == null ? "nobody" : parent.busy());
    List<String> lines = new ArrayList<>(table.lines(""));
    if (source != null && !source.drift().isEmpty()) {
      lines.add("");
      lines.add(colour.strong("changed on the parent since"));
      source.drift().forEach(object -> lines.add("  ~ " + shown(object)));
      lines.add("  ./offshoot parent refresh " + shown(parent.name()));
    }
    if (parent.problem() != null) {
      lines.add("");
      lines.add(colour.bad("broken") + "  " + shown(parent.problem()));
    }
    return lines;
  }

  private static String source(ParentView parent) {
    return parent.source() == null ? "itself" : "copy " + shown(parent.source().database());
  }

  private static String age(SourceInfo source, Instant now) {
    if (source.refreshedAt() == null) {
      return "unknown";
    }
    Duration age = Duration.between(source.refreshedAt(), now);
    return age.isNegative()
        ? "just now"
        : HumanDuration.format(
            age.toHours() > 0
                ? Duration.ofMinutes(age.toMinutes())
                : Duration.ofSeconds(age.toSeconds()));
  }

  private static String state(ParentView parent) {
    if (parent.problem() != null) {
      return "broken: " + shown(parent.problem());
    }
    if (parent.source() != null && !parent.source().drift().isEmpty()) {
      return "its schema has changed since";
    }
    return parent.busy() == null ? "ok" : "busy, " + parent.onBusy();
  }

  private void field(Table table, String name, String value) {
    table.row(List.of(new Table.Cell(name, colour.faint(name)), Table.Cell.of(shown(value))));
  }

  private static String shown(String text) {
    return ShownText.oneLine(text, TEXT_LIMIT);
  }
}
