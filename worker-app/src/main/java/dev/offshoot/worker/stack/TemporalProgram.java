package dev.offshoot.worker.stack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the {@code temporal} command-line program, which holds a whole Temporal server with its Web
 * UI. Nothing is downloaded or run.
 */
public final class TemporalProgram {

  private static final String NAME = "temporal";

  private TemporalProgram() {}

  /**
   * Looks on the PATH, then where {@code go install} puts programs: {@code $GOBIN}, {@code
   * $GOPATH/bin}, {@code ~/go/bin} (a folder that is rarely on the PATH).
   */
  public static Optional<Path> find() {
    return find(System.getenv(), Path.of(System.getProperty("user.home", "")));
  }

  static Optional<Path> find(Map<String, String> environment, Path home) {
    List<Path> folders = new ArrayList<>(ProgramSearch.folders(environment.get("PATH")));
    folders.addAll(ProgramSearch.folders(environment.get("GOBIN")));
    ProgramSearch.folders(environment.get("GOPATH"))
        .forEach(path -> folders.add(path.resolve("bin")));
    folders.add(home.resolve("go").resolve("bin"));
    return ProgramSearch.in(folders, NAME);
  }
}
