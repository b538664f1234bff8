package dev.offshoot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Room in memory for the files of throw-away servers: a copy of a database is several hundred new
 * files, which takes many times longer on a disk than a test should.
 */
public final class MemoryDisk {
  private static final Path ROOM = Path.of("/dev/shm");
  private static final String PREFIX = "offshoot-test-postgres-";
  private static final long LEAST_FREE_BYTES = 3L << 30;

  private MemoryDisk() {}

  /**
   * A folder for a server's data, which its server deletes; empty where there is no such disk or
   * little room on it. What servers of killed test runs left there is deleted.
   */
  public static Optional<Path> freshFolder() throws IOException {
    if (!Files.isDirectory(ROOM) || !Files.isWritable(ROOM)) {
      return Optional.empty();
    }
    sweep();
    FileStore store = Files.getFileStore(ROOM);
    return store.getUsableSpace() < LEAST_FREE_BYTES
        ? Optional.empty()
        : Optional.of(
            Files.createTempDirectory(ROOM, PREFIX + ProcessHandle.current().pid() + "-"));
  }

  private static void sweep() throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(ROOM)) {
      folders = all.filter(folder -> folder.getFileName().toString().startsWith(PREFIX)).toList();
    }
    for (Path folder : folders) {
      if (!isInUse(folder)) {
        delete(folder);
      }
    }
  }

  /** By the test run that made it, or by a server that outlived it. */
  private static boolean isInUse(Path folder) throws IOException {
    String maker = folder.getFileName().toString().substring(PREFIX.length()).split("-", 2)[0];
    if (isAlive(maker)) {
      return true;
    }
    Path pidFile = folder.resolve("postmaster.pid");
    return Files.exists(pidFile) && isAlive(Files.readAllLines(pidFile).get(0).strip());
  }

  private static boolean isAlive(String pid) {
    return pid.matches("\\d{1,18}")
        && ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
  }

  /** Deletes a folder and all that is in it. */
  public static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> everything = Files.walk(folder)) {
      for (Path each : everything.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
