package dev.offshoot.cli;

/**
 * Paints text for a terminal, or leaves it alone. Colour only repeats what a sign or word says
 * already.
 */
enum Colour {
  ON,
  OFF;

  static Colour of(Terminal terminal, boolean refused) {
    boolean wanted =
        terminal.outIsTerminal()
            && !refused
            && terminal.variable("NO_COLOR", "").isEmpty()
            && !terminal.variable("TERM", "").equals("dumb");
    return wanted ? ON : OFF;
  }

  String added(String text) {
    return paint("32", text);
  }

  String removed(String text) {
    return paint("31", text);
  }

  String changed(String text) {
    return paint("33", text);
  }

  String strong(String text) {
    return paint("1", text);
  }

  String faint(String text) {
    return paint("2", text);
  }

  String warning(String text) {
    return paint("1;33", text);
  }

  String bad(String text) {
    return paint("1;31", text);
  }

  String good(String text) {
    return paint("1;32", text);
  }

  private String paint(String code, String text) {
    return this == OFF || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
