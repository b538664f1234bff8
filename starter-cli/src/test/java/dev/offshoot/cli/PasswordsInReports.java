package dev.offshoot.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.client.FreshPassword;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs after the tests of all modules ({@code mvn verify}) and searches what they wrote, said and
 * failed with for every password that they used. Which those are is told by the tests' sources, so
 * that a new one is searched for by itself; no test has one in its name or parameters. Those that
 * Offshoot makes itself, of which most live for one login, are known by how they begin.
 */
class PasswordsInReports {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final List<String> MODULES =
      List.of("workflows", "activities", "worker-app", "starter-cli");

  /** Shorter ones are found everywhere by chance. */
  private static final int SHORTEST = 8;

  /** A constant or variable of that name, or a literal in SQL. */
  private static final List<Pattern> USED =
      List.of(
          Pattern.compile(
              "(?i)\\b(?:\\w*password|\\w*secret|\\w*token|key) = \"((?:[^\"\\\\\n]|\\\\.)+)\""),
          Pattern.compile("PASSWORD '([^'\\s%{]+)"));

  private static final Pattern MADE =
      Pattern.compile(Pattern.quote(FreshPassword.MARK) + "[A-Za-z0-9_-]{20}");

  @Test
  void reportsOfAllTests_holdNoPasswordThatATestUsed() throws IOException {
    Set<String> passwords = passwords();
    List<String> found = new ArrayList<>();
    int reports = 0;
    for (Path report : reports()) {
      reports++;
      String text = Files.readString(report, UTF_8);
      if (MADE.matcher(text).find()) {
        found.add("one that was made in " + ROOT.relativize(report));
      }
      for (String password : passwords) {
        if (text.contains(password) || text.contains(inXml(password))) {
          found.add("%s in %s".formatted(password, ROOT.relativize(report)));
        }
      }
    }
    assertThat(reports).as("reports of this module's own tests at least").isPositive();
    assertThat(found).isEmpty();
  }

  /** Or the other one finds nothing whatever is written. */
  @Test
  void passwordsOfTests_areKnown_andReportsHaveWhatTestsSay() throws IOException {
    assertThat(passwords())
        .contains(
            "parents-secret-7d21",
            "ledgers-secret-90c4",
            "hunter2-the-secret",
            "sk-very-secret",
            "the-owner's \"password\"",
            "secret-of-");
    assertThat(FreshPassword.make()).containsPattern(MADE);
    assertThat(inXml("the-owner's \"password\""))
        .isEqualTo("the-owner&apos;s &quot;password&quot;");
    try (Stream<Path> all = reports().stream()) {
      assertThat(all.anyMatch(PasswordsInReports::hasOutput)).isTrue();
    }
  }

  private static boolean hasOutput(Path report) {
    try {
      return Files.readString(report, UTF_8).contains("<system-out>");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> passwords() throws IOException {
    Set<String> passwords = new TreeSet<>();
    for (Path source : files("src/test/java", ".java")) {
      if (source.endsWith(PasswordsInReports.class.getSimpleName() + ".java")) {
        continue;
      }
      String text = Files.readString(source, UTF_8);
      for (Pattern pattern : USED) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
          String password = matcher.group(1).replace("\\\"", "\"");
          if (password.length() >= SHORTEST) {
            passwords.add(password);
          }
        }
      }
    }
    return passwords;
  }

  private static List<Path> reports() throws IOException {
    List<Path> reports = new ArrayList<>(files("target/surefire-reports", ".xml"));
    reports.addAll(files("target/surefire-reports", ".txt"));
    return reports;
  }

  private static List<Path> files(String folder, String end) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String module : MODULES) {
      Path root = ROOT.resolve(module).resolve(folder);
      if (Files.isDirectory(root)) {
        try (Stream<Path> all = Files.walk(root)) {
          all.filter(file -> file.toString().endsWith(end)).forEach(files::add);
        }
      }
    }
    return files;
  }

  private static String inXml(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&apos;");
  }
}
