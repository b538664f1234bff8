package dev.offshoot.worker;

import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.codec.EncryptionKey;
import dev.offshoot.codec.KeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes key files as people do. */
final class KeyFiles {
  private KeyFiles() {}

  /** The first key encrypts. */
  static Path write(Path folder, EncryptionKey... keys) throws IOException {
    String name = Stream.of(keys).map(EncryptionKey::id).collect(Collectors.joining("+"));
    Path file =
        Files.write(
            folder.resolve(name + ".keys"), Stream.of(keys).map(EncryptionKey::line).toList());
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  static EncryptionCodec codec(Path file) {
    return EncryptionCodec.with(KeyFile.read(file));
  }
}
