package dev.offshoot.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file that holds the keys, the same for worker, command line and Java clients: a line {@code
 * ID:KEY} each, the key as base64 of 32 bytes. The first line's key encrypts, all decrypt. Empty
 * lines and those that begin with # are skipped.
 */
public final class KeyFile {
  /** Environment variable that names it; to the worker it is offshoot.encryption.key-file. */
  public static final String VARIABLE = "OFFSHOOT_ENCRYPTION_KEY_FILE";

  private static final int MOST_BYTES = 64 * 1024;

  private static final Set<PosixFilePermission> OF_EVERYBODY =
      Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

  private KeyFile() {}

  /**
   * The keys of the file that the environment names; empty if it names none.
   *
   * @throws KeyFileException as {@link #read} does
   */
  public static Optional<EncryptionKeys> ofEnvironment(Map<String, String> environment) {
    @Nullable String file = environment.get(VARIABLE);
    return file == null || file.isBlank() ? Optional.empty() : Optional.of(read(Path.of(file)));
  }

  /**
   * The keys of a file.
   *
   * @throws KeyFileException if it cannot be read, everybody on this machine could, or a line is
   *     not as it must be
   */
  public static EncryptionKeys read(Path file) {
    List<String> lines = lines(file);
    List<EncryptionKey> keys = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        keys.add(key(line, "%s, line %d".formatted(file, i + 1)));
      }
    }
    if (keys.isEmpty()) {
      throw new KeyFileException(
          file + " holds no key", "./offshoot key new >> FILE makes the first");
    }
    try {
      return new EncryptionKeys(keys);
    } catch (IllegalArgumentException e) {
      throw new KeyFileException(
          "%s: %s".formatted(file, e.getMessage()), "remove the line that is wrong");
    }
  }

  private static List<String> lines(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      requirePrivate(file);
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new KeyFileException(
            "%s is larger than %d bytes".formatted(file, MOST_BYTES), "name a file of keys");
      }
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new KeyFileException(
          "%s cannot be read (%s)".formatted(file, e.getClass().getSimpleName()),
          "name a file that this user may read; ./offshoot key new makes a key for it");
    }
  }

  private static void requirePrivate(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    if (Files.getPosixFilePermissions(file).stream().anyMatch(OF_EVERYBODY::contains)) {
      throw new KeyFileException(
          "every user of this machine has access to " + file,
          "chmod 600 it, or 640 for a group (defaultMode or mode of a mounted secret)");
    }
  }

  private static EncryptionKey key(String line, String place) {
    int colon = line.indexOf(':');
    if (colon < 0 || !EncryptionKey.ID.matcher(line.substring(0, colon)).matches()) {
      throw new KeyFileException(
          place + ": it does not begin with an id and a colon",
          "write ID:KEY, the id as 1 to 40 letters, digits, dots, hyphens and underscores");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(line.substring(colon + 1).strip());
    } catch (IllegalArgumentException e) {
      // Its message quotes a character of the key.
      throw new KeyFileException(
          place + ": the key is not base64", "take a line that ./offshoot key new prints");
    }
    if (bytes.length != EncryptionKey.BYTES) {
      throw new KeyFileException(
          "%s: the key has %d bytes instead of %d"
              .formatted(place, bytes.length, EncryptionKey.BYTES),
          "take a line that ./offshoot key new prints");
    }
    return new EncryptionKey(line.substring(0, colon), bytes);
  }
}
