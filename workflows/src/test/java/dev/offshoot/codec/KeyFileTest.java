package dev.offshoot.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  @TempDir private Path folder;

  @Test
  void firstLineEncrypts_allDecrypt_commentsAndEmptyLinesAreSkipped() throws IOException {
    EncryptionKey first = EncryptionKey.random("2026-11");
    EncryptionKey second = EncryptionKey.random("2026-05");

    EncryptionKeys keys =
        KeyFile.read(file("# ours\n\n%s \r\n%s\n".formatted(first.line(), second.line())));

    assertThat(keys.current().id()).isEqualTo("2026-11");
    assertThat(keys.find("2026-05").orElseThrow().line()).isEqualTo(second.line());
  }

  @Test
  void environment_namesIt_orThereAreNoKeys() throws IOException {
    Path file = file(EncryptionKey.random("a").line());

    assertThat(KeyFile.ofEnvironment(Map.of())).isEmpty();
    assertThat(KeyFile.ofEnvironment(Map.of(KeyFile.VARIABLE, " "))).isEmpty();
    assertThat(KeyFile.ofEnvironment(Map.of(KeyFile.VARIABLE, file.toString()))).isPresent();
  }

  @Test
  void wrongLines_areRefusedByNumber_withoutTheirText() throws IOException {
    String short16 = Base64.getEncoder().encodeToString(new byte[16]);
    refused("a hunter2", "line 1", "ID:KEY");
    refused("# x\nb c:hunter2", "line 2", "ID:KEY");
    refused("a:hunter2!", "line 1", "not base64");
    refused("a:" + short16, "16 bytes instead of 32", "key new");
    refused("a:", "0 bytes instead of 32", "key new");
    refused("# nothing but hunter2\n", "holds no key", "key new");
    String line = EncryptionKey.random("twice").line();
    refused(line + "\n" + line, "'twice'", "remove the line");
  }

  private void refused(String text, String problem, String remedy) throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> KeyFile.read(file))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(problem)
        .hasMessageContaining(remedy)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void fileThatEverybodyMayRead_isRefused_aGroupMay() throws IOException {
    Path file = file(EncryptionKey.random("a").line());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(KeyFile.read(file).current().id()).isEqualTo("a");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> KeyFile.read(file))
        .isInstanceOf(KeyFileException.class)
        .hasMessageContaining("every user of this machine")
        .hasMessageContaining("chmod 600");
  }

  @Test
  void fileThatIsNotThere_orAFolder_orHuge_isRefused() throws IOException {
    assertThatThrownBy(() -> KeyFile.read(folder.resolve("none")))
        .hasMessageContaining("none cannot be read (NoSuchFileException)");
    assertThatThrownBy(() -> KeyFile.read(folder)).isInstanceOf(KeyFileException.class);
    Path huge = file("#".repeat(100_000));
    assertThatThrownBy(() -> KeyFile.read(huge)).hasMessageContaining("larger than");
  }

  private Path file(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("keys"), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
