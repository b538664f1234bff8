package dev.offshoot.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.ToolProvider;

/** Small programs that keep the same contract with the CLI as the worker does. */
final class FakeChild {
  private FakeChild() {}

  /** A jar whose program runs {@code body}, with the options that it got in {@code options}. */
  static WorkerJar program(Path folder, String body) throws IOException {
    Path source = folder.resolve("Child.java");
    Files.writeString(
        source,
        """
        public class Child {
          public static void main(String[] arguments) throws Exception {
            String options = System.getenv("SPRING_APPLICATION_JSON");
            %s
          }
        }
        """
            .formatted(body));
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", folder.toString(), source.toString());
    if (compiled != 0) {
      throw new IllegalArgumentException("the child's program does not compile");
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "Child");
    Path jar = folder.resolve("child.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      out.putNextEntry(new JarEntry("Child.class"));
      Files.copy(folder.resolve("Child.class"), out);
      out.closeEntry();
    }
    return new WorkerJar(jar);
  }

  /** Says that the stack is ready at {@code temporal}, then waits for the end of its input. */
  static String ready(String temporal) {
    return """
        System.out.println("OFFSHOOT-READY {\\"temporal\\":\\"%s\\",\\"temporalKind\\":\\"embedded\\","
            + "\\"namespace\\":\\"default\\",\\"parents\\":[\\"shop\\"],"
            + "\\"dataFolder\\":\\"/data\\",\\"logFile\\":\\"/data/log\\",\\"more\\":1}");
        """
        .formatted(temporal);
  }
}
