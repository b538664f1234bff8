package dev.offshoot.worker.crash;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * What lets a worker's JVM start in half of the time: its class path as jars alone, and an archive
 * of the classes that a worker has loaded before (AppCDS). The worker itself is the same.
 *
 * @param classPath jars, and what there is of folders packed into some
 * @param file the archive; there once a worker that {@link WorkerProcess#archiving} has ended
 */
record WorkerArchive(String classPath, Path file) {

  /** Packs the folders of {@code classPath} into jars in {@code folder}. */
  static WorkerArchive in(Path folder, String classPath) throws IOException {
    Path jars = Files.createDirectories(folder.resolve("jars"));
    List<String> entries = new ArrayList<>();
    for (String entry : List.of(classPath.split(File.pathSeparator))) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        entries.add(packed(path, jars.resolve("classes-%d.jar".formatted(entries.size()))));
      } else if (Files.exists(path)) {
        entries.add(entry);
      }
    }
    return new WorkerArchive(
        String.join(File.pathSeparator, entries), folder.resolve("worker.jsa"));
  }

  /** Options of a JVM that writes the archive when it ends in good order. */
  List<String> writing() {
    return List.of("-XX:ArchiveClassesAtExit=" + file);
  }

  /** Options of one that reads it. Without it the JVM would start all the same, and be slow. */
  List<String> reading() {
    if (!Files.exists(file)) {
      throw new IllegalStateException("no worker has written the archive");
    }
    return List.of("-XX:SharedArchiveFile=" + file);
  }

  private static String packed(Path classes, Path jar) {
    ToolProvider tool =
        ToolProvider.findFirst("jar")
            .orElseThrow(() -> new IllegalStateException("a JDK without jar"));
    int exit =
        tool.run(
            System.out,
            System.err,
            "--create",
            "--no-compress",
            "--no-manifest",
            "--file",
            jar.toString(),
            "-C",
            classes.toString(),
            ".");
    if (exit != 0) {
      throw new IllegalStateException("jar ended with " + exit);
    }
    return jar.toString();
  }
}
