package dev.offshoot.worker.stack;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/**
 * Says that a running JVM owns a server's folder. The operating system gives the lock back when the
 * JVM ends, however it ends, so a killed run leaves nothing to clean up; a process id in a file
 * would.
 */
final class FolderLock implements AutoCloseable {

  private static final String FILE = "offshoot.lock";

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /**
   * A POSIX lock belongs to the process and is lost as soon as the process closes *any* descriptor
   * of the file. So a second attempt in this JVM must be refused before it opens the file.
   */
  private static final Set<Path> HELD_HERE = new HashSet<>();

  private final Path folder;
  private final FileChannel channel;
  private final FileLock lock;

  private FolderLock(Path folder, FileChannel channel, FileLock lock) {
    this.folder = folder;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Creates the folder when it is missing (for its owner only) and locks it.
   *
   * @throws StackException when a running server has it already, or it cannot be written
   */
  static FolderLock acquire(Path folder, String server) {
    synchronized (HELD_HERE) {
      try {
        // An existing folder keeps its mode: it may be somebody's home. (And createDirectories of
        // Java 17 refuses a symbolic link to a folder.)
        if (!Files.isDirectory(folder)) {
          Files.createDirectories(folder, OWNER_ONLY);
        }
        Path real = folder.toRealPath();
        if (HELD_HERE.contains(real)) {
          throw inUse(real, server);
        }
        return lock(real, server);
      } catch (IOException e) {
        throw new StackException(
            "The folder "
                + folder
                + " of the "
                + server
                + " cannot be used: make it writable, or choose another.",
            e);
      }
    }
  }

  private static FolderLock lock(Path real, String server) throws IOException {
    FileChannel channel =
        FileChannel.open(real.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(real, server);
      }
      locked = true;
      HELD_HERE.add(real);
      return new FolderLock(real, channel, lock);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static StackException inUse(Path folder, String server) {
    return new StackException(
        "The folder "
            + folder
            + " is in use by a running "
            + server
            + ". Stop that one first, or choose another folder: two servers on one folder would destroy it.");
  }

  /** The locked folder, without symbolic links. */
  Path folder() {
    return folder;
  }

  /** Gives the folder back. Idempotent. */
  @Override
  public void close() {
    synchronized (HELD_HERE) {
      if (!lock.isValid()) {
        return;
      }
      try {
        lock.release();
        channel.close();
      } catch (IOException e) {
        throw new StackException("The lock of " + folder + " could not be given back.", e);
      } finally {
        HELD_HERE.remove(folder);
      }
    }
  }
}
