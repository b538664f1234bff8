package dev.offshoot.worker.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A secret that is configured as itself or as the file that holds it, as container engines do. */
final class PasswordSource {
  private PasswordSource() {}

  static void check(
      String prefix,
      String name,
      @Nullable Secret secret,
      @Nullable Path file,
      boolean required,
      Problems problems) {
    String key = prefix + "." + name;
    if (secret != null && file != null) {
      problems.add(
          key,
          "both %s and %s-file are set".formatted(name, name),
          "Keep one of %1$s and %1$s-file.".formatted(key));
    } else if (file != null && !Files.isReadable(file)) {
      problems.add(
          key + "-file",
          file + " cannot be read",
          "Point it to a file that the worker may read and that holds nothing but the secret.");
    } else if (file == null && (secret == null ? required : secret.isEmpty())) {
      problems.add(
          key,
          "it is missing",
          "Set %1$s, best as ${AN_ENVIRONMENT_VARIABLE}, or %1$s-file.".formatted(key));
    }
  }

  /** The secret, without the line end that editors leave in files. */
  static @Nullable String read(String key, @Nullable Secret secret, @Nullable Path file) {
    if (secret != null) {
      return secret.reveal();
    }
    if (file == null) {
      return null;
    }
    try {
      return Files.readString(file).stripTrailing();
    } catch (IOException e) {
      throw new SettingsException(
          key + "-file",
          file + " cannot be read (" + e.getClass().getSimpleName() + ")",
          "Point it to a text file that the worker may read.");
    }
  }
}
