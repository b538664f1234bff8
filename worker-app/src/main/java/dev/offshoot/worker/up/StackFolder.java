package dev.offshoot.worker.up;

import dev.offshoot.worker.settings.SettingsException;
import dev.offshoot.worker.settings.StackSettings;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a stack keeps everything; only its owner may enter.
 *
 * @param root the folder
 * @param ephemeral whether it is deleted at the end
 */
public record StackFolder(Path root, boolean ephemeral) {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /**
   * Makes the folder if it is not there.
   *
   * @param environment environment variables
   * @throws SettingsException if it cannot be made
   */
  public static StackFolder of(StackSettings settings, Map<String, String> environment) {
    @Nullable Path wanted = settings.dataFolder();
    try {
      if (settings.ephemeral()) {
        return new StackFolder(Files.createTempDirectory("offshoot-", PRIVATE), true).prepared();
      }
      Path root = (wanted == null ? defaultRoot(environment) : wanted).toAbsolutePath().normalize();
      if (!Files.isDirectory(root)) {
        Files.createDirectories(root, PRIVATE);
      }
      return new StackFolder(root, false).prepared();
    } catch (IOException e) {
      throw new SettingsException(
          "offshoot.stack.data-folder",
          "%s cannot be made or written (%s)"
              .formatted(
                  wanted == null ? defaultRoot(environment) : wanted, e.getClass().getSimpleName()),
          "Choose a folder that you may write.");
    }
  }

  private static Path defaultRoot(Map<String, String> environment) {
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    // The XDG specification says that relative paths are invalid and to be ignored.
    Path home =
        data.startsWith("/")
            ? Path.of(data)
            : Path.of(System.getProperty("user.home", ""), ".local", "share");
    return home.resolve("offshoot");
  }

  private StackFolder prepared() throws IOException {
    Files.createDirectories(logs());
    return this;
  }

  private Path logs() {
    return root.resolve("logs");
  }

  /** The worker's log. */
  public Path logFile() {
    return logs().resolve("worker.log");
  }

  Path postgres() {
    return root.resolve("postgres");
  }

  Path temporal() {
    return root.resolve("temporal");
  }

  /** Deletes it if it is ephemeral. */
  void close() {
    if (!ephemeral) {
      return;
    }
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                throws IOException {
              Files.deleteIfExists(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      Logger log = LoggerFactory.getLogger(StackFolder.class);
      log.warn("the temporary folder {} could not be deleted", root);
    }
  }
}
