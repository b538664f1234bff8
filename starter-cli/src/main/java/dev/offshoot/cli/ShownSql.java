package dev.offshoot.cli;

import dev.offshoot.domain.ShownText;

/**
 * SQL on its way out: exact where a program reads it, made safe where a person's terminal would
 * obey what an agent hid in a statement.
 */
final class ShownSql {
  private final Output output;
  private boolean said;

  ShownSql(Output output) {
    this.output = output;
  }

  void line(String line) {
    if (!output.terminal().outIsTerminal()) {
      output.line(line);
      return;
    }
    String safe = ShownText.lines(line, Integer.MAX_VALUE);
    if (!safe.equals(line) && !said) {
      said = true;
      output.warning(
          "statements hold hidden characters, shown as \\u…; send the output to a file for the exact text");
    }
    output.line(safe);
  }
}
