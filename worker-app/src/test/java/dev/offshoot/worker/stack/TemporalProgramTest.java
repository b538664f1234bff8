package dev.offshoot.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporalProgramTest {

  @TempDir Path folder;

  @Test
  void prefersThePathToGoFolders() throws IOException {
    Path onPath = program("tools");
    Path inGoBin = program("gobin");
    Path inGoPath = program("second/bin");
    Path inHome = program("home/go/bin");
    Path home = folder.resolve("home");
    String path =
        folder.resolve("nothing") + File.pathSeparator + File.pathSeparator + onPath.getParent();
    String goPath = folder.resolve("first") + File.pathSeparator + folder.resolve("second");

    assertThat(
            TemporalProgram.find(
                Map.of("PATH", path, "GOBIN", folder.resolve("gobin").toString(), "GOPATH", goPath),
                home))
        .contains(onPath);
    assertThat(
            TemporalProgram.find(
                Map.of("GOBIN", folder.resolve("gobin").toString(), "GOPATH", goPath), home))
        .contains(inGoBin);
    assertThat(TemporalProgram.find(Map.of("GOPATH", goPath), home)).contains(inGoPath);
    assertThat(TemporalProgram.find(Map.of(), home)).contains(inHome);
  }

  @Test
  void ignoresWhatCannotBeRun() throws IOException {
    Files.createDirectories(folder.resolve("home/go/bin/temporal"));
    Files.createFile(folder.resolve("temporal"));

    assertThat(TemporalProgram.find(Map.of("PATH", folder.toString()), folder.resolve("home")))
        .isEmpty();
  }

  private Path program(String in) throws IOException {
    Path program = Files.createDirectories(folder.resolve(in)).resolve("temporal");
    Files.createFile(program);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }
}
