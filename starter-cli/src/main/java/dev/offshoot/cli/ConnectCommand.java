package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.client.ScramVerifier;
import dev.offshoot.domain.ConnectAnswer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experiment connect}. */
@Command(
    name = "connect",
    sortOptions = false,
    description = {
      "Print an address by which the agent of a session connects to its branch with any driver.",
      "The password is made here and never sent; only its SCRAM verifier is. Any other command to",
      "the session ends the connections and takes in what they did; connect again afterwards."
    })
final class ConnectCommand extends OneExperimentCommand {
  @Option(names = "--psql", description = "open psql instead of printing the address")
  boolean psql;

  @Option(names = "--by", paramLabel = "NAME", description = "who asked for it (default: you)")
  @Nullable String by;

  @Override
  ExitCode run(Offshoot offshoot, Connection connection, Experiment experiment, Output output)
      throws InterruptedException {
    String password = ScramVerifier.freshPassword();
    ConnectAnswer answer =
        experiment
            .session()
            .connect(ScramVerifier.of(password), Objects.requireNonNullElse(by, offshoot.actor()));
    if (psql) {
      return open(answer, password);
    }
    if (output.forPeople()) {
      output.line(address(answer, password));
    } else {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("url", address(answer, password));
      document.put("host", answer.host());
      document.put("port", answer.port());
      document.put("database", answer.database());
      document.put("user", answer.user());
      document.put("password", password);
      document.put("sslMode", answer.sslMode());
      document.put("until", answer.until());
      document.put("connections", answer.connections());
      output.document(document);
    }
    output.message(
        "%d connections until %s; the next command to the session ends them and takes in what they did"
            .formatted(answer.connections(), answer.until()));
    return ExitCode.DONE;
  }

  /** Names of databases and roles are such that nothing needs to be escaped. */
  private static String address(ConnectAnswer answer, String password) {
    return "postgresql://%s:%s@%s:%d/%s?sslmode=%s"
        .formatted(
            answer.user(),
            password,
            answer.host(),
            answer.port(),
            answer.database(),
            answer.sslMode());
  }

  private static ExitCode open(ConnectAnswer answer, String password) throws InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("psql").inheritIO();
    // Not as an argument, which everybody on the machine can read.
    Map<String, String> environment = builder.environment();
    environment.put("PGHOST", answer.host());
    environment.put("PGPORT", Integer.toString(answer.port()));
    environment.put("PGDATABASE", answer.database());
    environment.put("PGUSER", answer.user());
    environment.put("PGPASSWORD", password);
    environment.put("PGSSLMODE", answer.sslMode());
    try {
      return builder.start().waitFor() == 0 ? ExitCode.DONE : ExitCode.UNEXPECTED;
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE,
          "psql cannot be started",
          "install it, or leave --psql out and use the address with another client",
          e);
    }
  }
}
