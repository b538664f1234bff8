package dev.offshoot.worker.settings;

import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.codec.KeyFile;
import dev.offshoot.codec.KeyFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether payloads are encrypted before they reach Temporal. The command line knows the first of
 * these by the same environment variable.
 *
 * @param keyFile file with the keys, the current one first; without it nothing is encrypted
 * @param requireEncrypted whether a payload that is not encrypted is refused
 */
public record EncryptionSettings(
    @Nullable Path keyFile, @DefaultValue("false") boolean requireEncrypted) {

  void check(String prefix, Problems problems) {
    if (keyFile == null) {
      if (requireEncrypted) {
        problems.add(
            prefix + ".require-encrypted",
            "there is no key to decrypt with",
            "Set %s.key-file, or this to false.".formatted(prefix));
      }
      return;
    }
    try {
      var unused = KeyFile.read(keyFile);
    } catch (KeyFileException e) {
      problems.add(prefix + ".key-file", e.problem(), e.remedy());
    }
  }

  /** What encrypts and decrypts. */
  public EncryptionCodec codec() {
    if (keyFile == null) {
      return EncryptionCodec.withoutKeys();
    }
    EncryptionCodec codec = EncryptionCodec.with(KeyFile.read(keyFile));
    return requireEncrypted ? codec.requiringEncrypted() : codec;
  }
}
