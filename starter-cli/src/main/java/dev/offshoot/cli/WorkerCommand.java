package dev.offshoot.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code worker}. */
@Command(
    name = "worker",
    description = {
      "Run a worker with a configuration file: the production form.",
      "offshoot.example.yml is commented and complete."
    })
final class WorkerCommand extends OffshootCommand {
  private static final long END_PATIENCE_SECONDS = 120;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "the worker's configuration")
  @Nullable String config;

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    Path file = Path.of(String.valueOf(config)).toAbsolutePath().normalize();
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new CliException(
          ExitCode.USAGE,
          "--config: there is no readable file '%s'".formatted(config),
          "copy offshoot.example.yml and fill it in");
    }
    WorkerJar jar = WorkerJar.find();
    List<String> command = new ArrayList<>(jar.java());
    command.addAll(List.of("-jar", jar.path().toString(), "--config", file.toString()));
    Process process = started(command);
    Thread hook = new Thread(() -> end(process), "offshoot-worker-end");
    Runtime.getRuntime().addShutdownHook(hook);
    int code = process.waitFor();
    if (code != 0) {
      throw new CliException(
          ExitCode.UNEXPECTED, "the worker ended with exit code " + code, "its output says why");
    }
    return ExitCode.DONE;
  }

  private static Process started(List<String> command) {
    try {
      return new ProcessBuilder(command).inheritIO().start();
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNEXPECTED, "the worker cannot be started: " + e.getMessage(), null, e);
    }
  }

  /** Running activities may finish first. */
  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(END_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
