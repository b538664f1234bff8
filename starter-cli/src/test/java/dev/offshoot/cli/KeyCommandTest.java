package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.cli.CliWorld.Result;
import dev.offshoot.codec.KeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyCommandTest {
  @TempDir private Path folder;

  @Test
  void newKey_isALineForTheKeyFile_andEachIsAnother() throws IOException {
    Result one = run("key", "new");
    Result two = run("key", "new", "--id", "2026-11");

    Path file = Files.writeString(folder.resolve("keys"), one.out() + two.out());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(KeyFile.read(file).toString()).contains("2026-11");
    assertThat(run("key", "new").out()).isNotEqualTo(one.out());
    assertThat(run("-o", "json", "key", "new", "--id", "k").out()).contains("\"line\"", "k:");
  }

  @Test
  void wrongId_isAUsageError() {
    Result wrong = run("key", "new", "--id", "a b");

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("--id", "1 to 40 letters");
  }

  @Test
  void wrongKeyFile_isAUsageError_thatNamesVariableAndRemedy() throws IOException {
    Path file = Files.writeString(folder.resolve("wrong"), "a:hunter2");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    Result wrong =
        CliWorld.run(
            Map.of(
                "TEMPORAL_ADDRESS", "127.0.0.1:1", "OFFSHOOT_ENCRYPTION_KEY_FILE", file.toString()),
            "",
            false,
            "experiment",
            "show",
            "x");

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("OFFSHOOT_ENCRYPTION_KEY_FILE", file.toString(), "line 1", "key new")
        .doesNotContain("hunter2");
  }

  private static Result run(String... arguments) {
    return CliWorld.run(Map.of(), "", false, arguments);
  }
}
