package dev.offshoot.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code ./offshoot mcp} as a client starts it: a process of its own, from the built classes. */
final class McpProgram {
  private McpProgram() {}

  /** The command line, without the program to run. */
  static List<String> arguments(CliWorld world, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.offshoot.cli.Offshoot",
                "mcp",
                "--address",
                world.address));
    arguments.addAll(List.of(more));
    return arguments;
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
