package dev.offshoot.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.ShownText;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Where a command puts its data (standard output) and its words (standard error). */
final class Output {

  /** How data is written. */
  enum Format {
    /** For people; may change. */
    TABLE,
    /** One document; stable. */
    JSON,
    /** One document per line; stable. */
    JSONL;

    /** As it is written on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Terminal terminal;
  private final Format format;
  private final Colour colour;

  Output(Terminal terminal, Format format, Colour colour) {
    this.terminal = terminal;
    this.format = format;
    this.colour = colour;
  }

  Format format() {
    return format;
  }

  boolean forPeople() {
    return format == Format.TABLE;
  }

  Colour colour() {
    return colour;
  }

  Terminal terminal() {
    return terminal;
  }

  /** A line of data. */
  void line(String text) {
    terminal.out().println(text);
  }

  void lines(List<String> lines) {
    lines.forEach(this::line);
  }

  /** One document, on several lines or on one as the format says. */
  void document(Object value) {
    line(json(value, format == Format.JSON));
  }

  /** A list: one document of all, or one line for each. */
  void documents(List<?> values) {
    if (format == Format.JSON) {
      line(json(values, true));
    } else {
      values.forEach(value -> line(json(value, false)));
    }
  }

  /** Words for whoever started the command. */
  void message(String text) {
    terminal.out().flush();
    terminal.err().println(text);
  }

  void warning(String text) {
    message("warning: " + text);
  }

  /** Progress that a person wants to see: among the data in a table, beside it otherwise. */
  void progress(String text) {
    if (forPeople()) {
      line(text);
    } else {
      message(text);
    }
  }

  /** A line that the next one overwrites; only where a terminal shows it. */
  void passing(String text) {
    if (forPeople() && terminal.outIsTerminal()) {
      PrintWriter out = terminal.out();
      out.print("\r\u001b[K" + text);
      out.flush();
    }
  }

  /**
   * Ends the command quietly when whoever read its output has gone ({@code | head}), so that it
   * does not go on reading pages for nobody.
   */
  void requireReader() {
    if (terminal.out().checkError()) {
      throw new CliException(ExitCode.INTERRUPTED, "nobody reads the output any more", null);
    }
  }

  /** Hidden characters can only be in strings, where an escape means the same and shows. */
  private static String withoutHidden(String json) {
    if (json.codePoints().noneMatch(c -> c != '\n' && ShownText.isHidden(c))) {
      return json;
    }
    StringBuilder shown = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            c -> {
              if (c != '\n' && ShownText.isHidden(c)) {
                for (char unit : Character.toChars(c)) {
                  shown.append(String.format("\\u%04x", (int) unit));
                }
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }

  static String json(Object value, boolean pretty) {
    try {
      ObjectWriter writer =
          pretty
              ? OffshootJson.mapper().writerWithDefaultPrettyPrinter()
              : OffshootJson.mapper().writer();
      return withoutHidden(writer.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record that cannot be written as JSON", e);
    }
  }
}
