package dev.offshoot.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {

  @TempDir Path parent;

  @Test
  void createsTheFolderForItsOwnerOnlyAndLeavesAnExistingOneAsItIs() throws Exception {
    Path open = Files.createDirectory(parent.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));

    FolderLock.acquire(parent.resolve("a/b"), "server").close();
    FolderLock.acquire(open, "server").close();

    assertThat(mode(parent.resolve("a/b"))).isEqualTo("rwx------");
    assertThat(mode(open)).isEqualTo("rwxr-xr-x");
  }

  @Test
  void isHeldByOneAtATimeUnderWhateverName() throws Exception {
    Path link =
        Files.createSymbolicLink(
            parent.resolve("link"), Files.createDirectory(parent.resolve("real")));

    FolderLock first = FolderLock.acquire(parent.resolve("real"), "server");
    assertThatThrownBy(() -> FolderLock.acquire(link, "server"))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("in use by a running server");
    first.close();
    first.close();

    FolderLock.acquire(link, "server").close();
  }

  @Test
  void saysThatAFolderCannotBeUsed() throws Exception {
    Path file = Files.createFile(parent.resolve("file"));

    assertThatThrownBy(() -> FolderLock.acquire(file, "server"))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("file of the server cannot be used")
        .hasMessageContaining("choose another");
  }

  private static String mode(Path folder) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
  }
}
