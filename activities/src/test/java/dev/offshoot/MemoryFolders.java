package dev.offshoot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Temporary folders in memory where there is room, else where the system has them. */
public final class MemoryFolders implements TempDirFactory {
  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
      throws IOException {
    Optional<Path> inMemory = MemoryDisk.freshFolder();
    return inMemory.isPresent() ? inMemory.get() : Files.createTempDirectory("offshoot-test");
  }
}
