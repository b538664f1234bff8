package dev.offshoot.generated;

import dev.offshoot.domain.SqlScript;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.Strictness;
import dev.offshoot.domain.TransactionMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One case, readable as documentation: what stands, what the experiment does, what the parent's own
 * users do meanwhile, and what is to come of it.
 *
 * @param title what it shows, in a sentence
 * @param before makes the parent as it is at the branch point
 * @param experiment the experiment's statements
 * @param parent what the parent's own users do between branch point and merge
 * @param expected lines that say what is to come of it, as {@link Result#told} words them; empty if
 *     the model decides alone
 * @param then questions to the parent afterwards and their answers, {@code query => answer}
 */
record Scenario(
    String title,
    TransactionMode mode,
    Strictness strictness,
    List<String> before,
    List<String> experiment,
    List<String> parent,
    List<String> expected,
    List<String> then) {

  private static final String SECTION = "--- ";
  private static final String MODE = "-- transaction: ";
  private static final String STRICTNESS = "-- strictness: ";

  /** Reads what {@link #text} writes. */
  static Scenario parse(String text) {
    StringBuilder title = new StringBuilder();
    TransactionMode mode = TransactionMode.SINGLE;
    Strictness strictness = Strictness.ROW;
    Map<String, StringBuilder> sections = new LinkedHashMap<>();
    StringBuilder current = new StringBuilder();
    for (String line : text.lines().toList()) {
      if (line.startsWith(SECTION)) {
        current =
            sections.computeIfAbsent(
                line.substring(SECTION.length()).strip(), name -> new StringBuilder());
      } else if (!sections.isEmpty()) {
        current.append(line).append('\n');
      } else if (line.startsWith(MODE)) {
        mode = TransactionMode.valueOf(line.substring(MODE.length()).strip());
      } else if (line.startsWith(STRICTNESS)) {
        strictness = Strictness.valueOf(line.substring(STRICTNESS.length()).strip());
      } else if (line.startsWith("--")) {
        title.append(title.isEmpty() ? "" : " ").append(line.substring(2).strip());
      } else if (!line.isBlank()) {
        throw new IllegalArgumentException("before the first section: " + line);
      }
    }
    Scenario scenario =
        new Scenario(
            title.toString(),
            mode,
            strictness,
            statements(sections, "before"),
            statements(sections, "experiment"),
            statements(sections, "parent"),
            lines(sections, "expected"),
            lines(sections, "then"));
    if (!sections.isEmpty()) {
      throw new IllegalArgumentException("unknown sections: " + sections.keySet());
    }
    return scenario;
  }

  String text() {
    StringBuilder text = new StringBuilder("-- ").append(title).append('\n');
    if (mode != TransactionMode.SINGLE) {
      text.append(MODE).append(mode).append('\n');
    }
    if (strictness != Strictness.ROW) {
      text.append(STRICTNESS).append(strictness).append('\n');
    }
    section(text, "before", before);
    section(text, "experiment", experiment);
    section(text, "parent", parent);
    if (!expected.isEmpty()) {
      text.append(SECTION).append("expected\n").append(String.join("\n", expected)).append('\n');
    }
    if (!then.isEmpty()) {
      text.append(SECTION).append("then\n").append(String.join("\n", then)).append('\n');
    }
    return text.toString();
  }

  Scenario withBefore(List<String> statements) {
    return new Scenario(title, mode, strictness, statements, experiment, parent, expected, then);
  }

  Scenario withExperiment(List<String> statements) {
    return new Scenario(title, mode, strictness, before, statements, parent, expected, then);
  }

  Scenario withParent(List<String> statements) {
    return new Scenario(title, mode, strictness, before, experiment, statements, expected, then);
  }

  private static List<String> statements(Map<String, StringBuilder> sections, String name) {
    StringBuilder section = sections.remove(name);
    return section == null
        ? List.of()
        : SqlScript.split(section.toString()).stream().map(SqlStatement::text).toList();
  }

  private static List<String> lines(Map<String, StringBuilder> sections, String name) {
    StringBuilder section = sections.remove(name);
    return section == null
        ? List.of()
        : section.toString().lines().filter(line -> !line.isBlank()).toList();
  }

  private static void section(StringBuilder text, String name, List<String> statements) {
    if (!statements.isEmpty()) {
      text.append(SECTION).append(name.toLowerCase(Locale.ROOT)).append('\n');
      List<String> lines = new ArrayList<>();
      statements.forEach(statement -> lines.add(statement + ";"));
      text.append(String.join("\n", lines)).append('\n');
    }
  }
}
