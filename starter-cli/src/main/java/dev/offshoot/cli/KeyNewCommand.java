package dev.offshoot.cli;

import dev.offshoot.codec.EncryptionKey;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code key new}. */
@Command(
    name = "new",
    description = {
      "Print a new random key as a line for a key file.",
      "  (umask 077; ./offshoot key new >> offshoot.keys)",
      "The first line of the file encrypts, all of them decrypt; docs/encryption.md."
    })
final class KeyNewCommand extends OffshootCommand {
  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "its name, for all to see in payloads; for one key, for ever (default: the day)")
  @Nullable String id;

  @Override
  ExitCode run(Offshoot offshoot) {
    Output output = offshoot.output();
    EncryptionKey key;
    try {
      key = EncryptionKey.random(id == null ? today() : id);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE, "--id: " + e.getMessage(), "write one like 2026-11, or leave it out", e);
    }
    if (output.forPeople()) {
      output.line(key.line());
    } else {
      output.document(Map.of("id", key.id(), "line", key.line()));
    }
    return ExitCode.DONE;
  }

  private static String today() {
    // A second one made on the same day is another key.
    return "%s-%s"
        .formatted(LocalDate.now(ZoneOffset.UTC), UUID.randomUUID().toString().substring(0, 4));
  }
}
