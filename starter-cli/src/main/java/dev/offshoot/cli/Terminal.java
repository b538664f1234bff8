package dev.offshoot.cli;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The three streams with what is known of them, and the environment: everything of the machine that
 * a command may look at. Text is UTF-8 whatever the locale says.
 *
 * @param in standard input
 * @param out standard output, for data
 * @param err standard error, for messages
 * @param inIsTerminal whether a person can answer
 * @param outIsTerminal whether a person looks at the data
 * @param columns width of the terminal; 0 if there is none or it is not known
 * @param environment environment variables
 */
record Terminal(
    BufferedReader in,
    PrintWriter out,
    PrintWriter err,
    boolean inIsTerminal,
    boolean outIsTerminal,
    int columns,
    Map<String, String> environment) {

  /** Set by the launcher, which can ask for each stream: words of {@code in}, {@code out}. */
  private static final String TERMINAL_PROPERTY = "offshoot.terminal";

  private static final String COLUMNS_PROPERTY = "offshoot.columns";

  static Terminal ofProcess() {
    String streams = System.getProperty(TERMINAL_PROPERTY, "");
    return new Terminal(
        new BufferedReader(reader(new FileInputStream(FileDescriptor.in))),
        writer(new FileOutputStream(FileDescriptor.out)),
        writer(new FileOutputStream(FileDescriptor.err)),
        streams.contains("in"),
        streams.contains("out"),
        Integer.getInteger(COLUMNS_PROPERTY, 0),
        System.getenv());
  }

  private static InputStreamReader reader(InputStream in) {
    return new InputStreamReader(in, StandardCharsets.UTF_8);
  }

  private static PrintWriter writer(OutputStream out) {
    return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
  }

  String variable(String name, String otherwise) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? otherwise : value;
  }
}
