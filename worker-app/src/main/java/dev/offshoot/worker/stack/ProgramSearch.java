package dev.offshoot.worker.stack;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds programs the way a shell does, without running one. */
final class ProgramSearch {

  private ProgramSearch() {}

  static Optional<Path> onPath(Map<String, String> environment, String program) {
    return in(folders(environment.get("PATH")), program);
  }

  static Optional<Path> in(List<Path> folders, String program) {
    return folders.stream()
        .map(folder -> folder.resolve(program).toAbsolutePath())
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /** The folders of a list such as PATH; entries that are empty or no paths are skipped. */
  static List<Path> folders(@Nullable String list) {
    List<Path> folders = new ArrayList<>();
    if (list != null) {
      for (String entry : list.split(File.pathSeparator, -1)) {
        // An empty entry means the working folder to a shell; running what lies there is how one
        // gets trapped.
        if (!entry.isBlank()) {
          try {
            folders.add(Path.of(entry));
          } catch (InvalidPathException e) {
            // A shell skips it as well.
          }
        }
      }
    }
    return folders;
  }
}
