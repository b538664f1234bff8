package dev.offshoot.branch;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the branches of a parent may take of their server's disk.
 *
 * @param most bytes that branches and bases may take together; absent for no limit
 * @param directory where the worker sees the file system that they lie on; absent if it does not
 * @param leastFree bytes that stay free there
 */
public record Storage(@Nullable Long most, @Nullable Path directory, long leastFree) {
  /** As the configuration has it by default: nobody looks at it. */
  public static final Storage UNLIMITED = new Storage(null, null, 1L << 30);

  /** Bytes as people read them. */
  static String shown(long bytes) {
    double megabytes = bytes / 1024.0 / 1024.0;
    return megabytes < 10 * 1024
        ? String.format(Locale.ROOT, "%,.0f MB", Math.ceil(megabytes))
        : String.format(Locale.ROOT, "%,.1f GB", megabytes / 1024);
  }
}
