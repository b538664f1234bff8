package dev.offshoot.text;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaChange.Kind;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.policy.Renames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Schema changes as a person thinks of them: what belongs to a table stands under the table, short
 * definitions on one line, long ones line by line, and of what changed only what differs.
 */
public final class SchemaOutline {
  private static final int NAME_LIMIT = 160;
  private static final int LINE_LIMIT = 400;
  private static final int LINES_LIMIT = 120;

  /** Two definitions up to this length stand on one line. */
  private static final int SHORT = 60;

  private static final Set<String> WHOLES =
      Set.of("table", "foreign table", "view", "materialized view", "type");

  /** {@code CREATE INDEX i ON ONLY s.t USING …}. */
  private static final Pattern INDEXED =
      Pattern.compile(
          " ON (?:ONLY )?((?:\"(?:[^\"]|\"\")+\"|[^\\s.\"]+)\\.(?:\"(?:[^\"]|\"\")+\"|[^\\s.\"]+)) USING ",
          Pattern.DOTALL);

  private SchemaOutline() {}

  /** What a change belongs to, and what it is called there. */
  private record Member(String whole, String label, SchemaChange change) {}

  /** The lines: renames first, then what belongs to tables, then the rest. */
  public static List<DiffLine> of(ChangeSummary summary) {
    Renames renames = Renames.in(summary);
    List<DiffLine> lines = new ArrayList<>();
    renames.told().forEach(told -> lines.add(new DiffLine('~', 0, name(told))));
    lines.addAll(outline(renames.unexplained(), columnOrder(summary)));
    return lines;
  }

  /** Numbers of columns by identity. */
  private static Map<String, Integer> columnOrder(ChangeSummary summary) {
    Map<String, Integer> order = new HashMap<>();
    for (TableChanges table : summary.tables()) {
      String name = SqlLiteral.name(table.table());
      table
          .columns()
          .forEach(column -> order.put(name + "." + SqlLiteral.name(column.name()), order.size()));
    }
    return order;
  }

  private static List<DiffLine> outline(
      List<SchemaChange> changes, Map<String, Integer> columnOrder) {
    Map<String, SchemaChange> wholes = new HashMap<>();
    for (SchemaChange change : changes) {
      if (WHOLES.contains(change.objectType())) {
        wholes.put(change.identity(), change);
      }
    }
    Map<String, List<Member>> groups = new LinkedHashMap<>();
    List<SchemaChange> alone = new ArrayList<>();
    for (SchemaChange change : changes) {
      Optional<Member> member = member(change);
      if (member.isPresent()) {
        groups.computeIfAbsent(member.get().whole(), whole -> new ArrayList<>()).add(member.get());
      } else if (WHOLES.contains(change.objectType())) {
        groups.computeIfAbsent(change.identity(), whole -> new ArrayList<>());
      } else {
        alone.add(change);
      }
    }
    List<DiffLine> lines = new ArrayList<>();
    alone.stream()
        .filter(change -> change.objectType().equals("schema"))
        .forEach(change -> alone(change, lines));
    groups.forEach(
        (whole, members) -> group(whole, wholes.get(whole), members, columnOrder, lines));
    alone.stream()
        .filter(change -> !change.objectType().equals("schema"))
        .forEach(change -> alone(change, lines));
    return lines;
  }

  private static Optional<Member> member(SchemaChange change) {
    return switch (change.objectType()) {
      case "column", "attribute" ->
          QuotedIdentity.atLastDot(change.identity())
              .map(parts -> new Member(parts.whole(), parts.part(), change));
      case "column order" ->
          Optional.of(new Member(change.identity(), "order of its columns", change));
      case "constraint", "trigger", "rule", "policy" ->
          QuotedIdentity.atOn(change.identity())
              .map(
                  parts ->
                      new Member(parts.part(), change.objectType() + " " + parts.whole(), change));
      case "index" -> index(change);
      case "comment", "privileges" -> ofSomething(change);
      default -> Optional.empty();
    };
  }

  private static Optional<Member> index(SchemaChange change) {
    @Nullable String definition = change.after() == null ? change.before() : change.after();
    Matcher matcher = INDEXED.matcher(definition == null ? "" : definition);
    return matcher.find()
        ? Optional.of(new Member(matcher.group(1), "index " + change.identity(), change))
        : Optional.empty();
  }

  /** What {@code table s.t}, {@code table column s.t.c} and the like belong to. */
  private static Optional<Member> ofSomething(SchemaChange change) {
    for (String type : List.of("table column ", "view column ", "column ")) {
      if (change.identity().startsWith(type)) {
        return QuotedIdentity.atLastDot(change.identity().substring(type.length()))
            .map(
                parts ->
                    new Member(
                        parts.whole(),
                        "%s of %s".formatted(change.objectType(), parts.part()),
                        change));
      }
    }
    for (String type : List.of("table constraint ", "trigger ", "policy ", "rule ")) {
      if (change.identity().startsWith(type)) {
        return QuotedIdentity.atOn(change.identity().substring(type.length()))
            .map(
                parts ->
                    new Member(
                        parts.part(),
                        "%s of %s".formatted(change.objectType(), parts.whole()),
                        change));
      }
    }
    for (String type : List.of("table ", "view ", "materialized view ", "foreign table ")) {
      if (change.identity().startsWith(type)) {
        return Optional.of(
            new Member(change.identity().substring(type.length()), change.objectType(), change));
      }
    }
    return Optional.empty();
  }

  private static void group(
      String whole,
      @Nullable SchemaChange change,
      List<Member> members,
      Map<String, Integer> columnOrder,
      List<DiffLine> lines) {
    if (change == null) {
      lines.add(new DiffLine('~', 0, "table " + name(whole)));
    } else {
      alone(change, lines);
    }
    List<Member> columns = new ArrayList<>();
    List<Member> others = new ArrayList<>();
    for (Member member : members) {
      (isColumn(member) ? columns : others).add(member);
    }
    columns.sort(
        (a, b) ->
            Integer.compare(
                columnOrder.getOrDefault(a.change().identity(), Integer.MAX_VALUE),
                columnOrder.getOrDefault(b.change().identity(), Integer.MAX_VALUE)));
    int width =
        columns.stream().mapToInt(member -> DisplayWidth.of(name(member.label()))).max().orElse(0);
    for (Member column : columns) {
      String label = name(column.label());
      String padding = " ".repeat(Math.min(40, width) - Math.min(40, DisplayWidth.of(label)));
      described(column.change(), label + padding, 1, lines);
    }
    for (Member other : others) {
      described(other.change(), name(other.label()), 1, lines);
    }
  }

  private static boolean isColumn(Member member) {
    return member.change().objectType().equals("column")
        || member.change().objectType().equals("attribute");
  }

  private static void alone(SchemaChange change, List<DiffLine> lines) {
    described(change, change.objectType() + " " + name(change.identity()), 0, lines);
  }

  private static void described(
      SchemaChange change, String label, int depth, List<DiffLine> lines) {
    String before = change.before() == null ? "" : change.before();
    String after = change.after() == null ? "" : change.after();
    char sign =
        switch (change.kind()) {
          case CREATED -> '+';
          case DROPPED -> '-';
          case ALTERED -> '~';
        };
    if (change.kind() == Kind.ALTERED) {
      if (isShort(before) && isShort(after)) {
        ShownValue.Change shown = ShownValue.change(before, after, LINE_LIMIT);
        lines.add(
            new DiffLine(
                sign, depth, "%s  %s → %s".formatted(label, shown.before(), shown.after())));
        return;
      }
      lines.add(new DiffLine(sign, depth, label));
      body(LineDiff.between(linesOf(before), linesOf(after)), depth, lines);
      return;
    }
    String definition = change.kind() == Kind.CREATED ? after : before;
    if (definition.isBlank() || definition.lines().count() == 1) {
      String shown = definition.isBlank() ? "" : "  " + oneLine(definition);
      lines.add(new DiffLine(sign, depth, label + shown));
      return;
    }
    lines.add(new DiffLine(sign, depth, label));
    body(
        linesOf(definition).stream().map(line -> new LineDiff.Line(sign, line)).toList(),
        depth,
        lines);
  }

  private static boolean isShort(String definition) {
    return definition.length() <= SHORT && definition.indexOf('\n') < 0;
  }

  private static void body(List<LineDiff.Line> body, int depth, List<DiffLine> lines) {
    body.stream()
        .limit(LINES_LIMIT)
        .forEach(line -> lines.add(new DiffLine(line.sign(), depth + 1, oneLine(line.text()))));
    if (body.size() > LINES_LIMIT) {
      lines.add(
          new DiffLine(' ', depth + 1, "… and %d more lines".formatted(body.size() - LINES_LIMIT)));
    }
  }

  private static List<String> linesOf(String definition) {
    return definition.lines().toList();
  }

  /** Tabs are indentation here. */
  private static String oneLine(String line) {
    return ShownText.oneLine(line.replace("\t", "    "), LINE_LIMIT);
  }

  private static String name(String identity) {
    return ShownText.oneLine(identity, NAME_LIMIT);
  }
}
