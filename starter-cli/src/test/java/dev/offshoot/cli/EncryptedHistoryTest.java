package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.cli.CliWorld.Result;
import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.codec.EncryptionKey;
import dev.offshoot.codec.KeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A worker that encrypts, and command lines with the key file, without it, and with another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EncryptedHistoryTest {
  private static final EncryptionKey KEY = EncryptionKey.random("2026-11");

  @TempDir private static Path folder;
  private CliWorld world;
  private Path keys;
  private Path otherKeys;

  @BeforeAll
  void openWorld() throws IOException {
    keys = file("keys", KEY);
    otherKeys = file("other", EncryptionKey.random("another"));
    world = CliWorld.inMemory(EncryptionCodec.with(KeyFile.read(keys)));
  }

  @AfterAll
  void closeWorld() {
    world.close();
  }

  private Path file(String name, EncryptionKey key) throws IOException {
    Path file = Files.writeString(folder.resolve(name), key.line());
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void keyFile_readsEverything_andItsAbsenceIsSaidWithTheRemedy() {
    Result started =
        run(
            Map.of("OFFSHOOT_ENCRYPTION_KEY_FILE", keys.toString()),
            "UPDATE customers SET tier = 'gold'",
            "experiment start --sql - --parent shop --goal give-tiers --requested-by agent-7 --wait");
    assertThat(started.code()).as(started.err()).isEqualTo(5);
    String id = started.out().lines().findFirst().orElseThrow();

    for (String command : List.of("show", "history", "diff")) {
      Result withKeys =
          run(
              Map.of("OFFSHOOT_ENCRYPTION_KEY_FILE", keys.toString()),
              "",
              "experiment %s %s".formatted(command, id));
      assertThat(withKeys.code()).as(withKeys.err()).isZero();
      assertThat(withKeys.out()).contains(command.equals("diff") ? "customers" : "give-tiers");

      Result without = run(Map.of(), "", "experiment %s %s".formatted(command, id));
      assertThat(without.code()).as(command + ": " + without.err()).isEqualTo(4);
      assertThat(without.out()).doesNotContain("give-tiers");
      assertThat(without.err())
          .startsWith("error: it is encrypted with key '2026-11', and there is no key here")
          .contains("OFFSHOOT_ENCRYPTION_KEY_FILE");

      Result withOthers =
          run(
              Map.of("OFFSHOOT_ENCRYPTION_KEY_FILE", otherKeys.toString()),
              "",
              "experiment %s %s".formatted(command, id));
      assertThat(withOthers.code()).isEqualTo(4);
      assertThat(withOthers.err()).contains("'2026-11'", "not among those here");
    }

    Result blind = run(Map.of(), "", "experiment approve " + id + " -m blind");
    assertThat(blind.code()).isEqualTo(4);
    Result approved =
        run(
            Map.of("OFFSHOOT_ENCRYPTION_KEY_FILE", keys.toString()),
            "",
            "experiment approve " + id + " -m looked");
    assertThat(approved.code()).as(approved.err()).isZero();
    assertThat(approved.err()).doesNotContain("at dev.offshoot");
  }

  private Result run(Map<String, String> more, String input, String command) {
    Map<String, String> environment =
        new HashMap<>(Map.of("TEMPORAL_ADDRESS", world.address, "OFFSHOOT_USER", "ada"));
    environment.putAll(more);
    return CliWorld.run(environment, input, false, command.split(" ", -1));
  }
}
