package dev.offshoot.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresBinariesTest {

  @TempDir Path folder;

  @Test
  void twoAtOnceUnpackOneFolderForTheirUserOnly() throws Exception {
    Path cache = folder.resolve("cache");
    CompletableFuture<PostgresBinaries> other =
        CompletableFuture.supplyAsync(() -> PostgresBinaries.unpackedIn(cache));
    PostgresBinaries binaries = PostgresBinaries.unpackedIn(cache);

    assertThat(versionOf(binaries)).startsWith("postgres (PostgreSQL) 18.");
    assertThat(versionOf(other.get())).startsWith("postgres (PostgreSQL) 18.");
    try (Stream<Path> folders = Files.list(cache)) {
      assertThat(folders)
          .singleElement()
          .satisfies(
              only ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(only)))
                      .isEqualTo("rwx------"));
    }
  }

  @Test
  void saysWhereItCouldNotUnpack() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> PostgresBinaries.unpackedIn(file))
        .isInstanceOf(StackException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("XDG_CACHE_HOME");
  }

  @Test
  void theCacheIsWhereTheUserKeepsCaches() {
    Path home = Path.of("/home/ada");

    assertThat(PostgresBinaries.cacheFolder(Map.of(), home))
        .isEqualTo(Path.of("/home/ada/.cache/offshoot"));
    assertThat(PostgresBinaries.cacheFolder(Map.of("XDG_CACHE_HOME", "/fast"), home))
        .isEqualTo(Path.of("/fast/offshoot"));
    assertThat(PostgresBinaries.cacheFolder(Map.of("XDG_CACHE_HOME", "relative"), home))
        .isEqualTo(Path.of("/home/ada/.cache/offshoot"));
  }

  private static String versionOf(PostgresBinaries binaries) throws Exception {
    Process process =
        new ProcessBuilder(binaries.command("postgres", List.of("--version"))).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
