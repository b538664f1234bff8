package dev.offshoot.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The worker that the CLI can start; the launcher says where it is. */
record WorkerJar(Path path) {
  private static final String PROPERTY = "offshoot.worker.jar";

  /**
   * Finds it.
   *
   * @throws CliException if it is not there
   */
  static WorkerJar find() {
    String path = System.getProperty(PROPERTY, "");
    if (path.isEmpty() || !Files.isRegularFile(Path.of(path))) {
      throw new CliException(
          ExitCode.UNEXPECTED,
          "the worker's jar is not there" + (path.isEmpty() ? "" : ": " + path),
          "build it with mvn -Dquick package, or start the CLI by its launcher ./offshoot");
    }
    return new WorkerJar(Path.of(path));
  }

  /** The Java that runs us. */
  List<String> java() {
    return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }
}
