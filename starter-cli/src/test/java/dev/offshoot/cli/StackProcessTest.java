package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The child process, played by small programs that keep the same contract as the worker. */
final class StackProcessTest {
  private static final StackOptions OPTIONS =
      new StackOptions(true, "embedded", 0, 0, null, true, true, Map.of());

  @TempDir Path folder;

  @Test
  void readyChild_tellsWhereThingsAreAndEndsWithItsInput() throws Exception {
    Path ended = folder.resolve("ended");
    WorkerJar jar =
        program(
            "System.out.println(\"noise before\");"
                + FakeChild.ready("127.0.0.1:7")
                + """
            while (System.in.read() >= 0) {}
            java.nio.file.Files.writeString(java.nio.file.Path.of("%s"), "by end of input");
            """
                    .formatted(ended));

    try (StackProcess stack = StackProcess.start(jar, List.of(), OPTIONS)) {
      StackReady ready = stack.ready();

      assertThat(ready.temporal()).isEqualTo("127.0.0.1:7");
      assertThat(ready.parents()).containsExactly("shop");
      assertThat(ready.temporalIsOurs()).isTrue();
    }

    assertThat(ended).hasContent("by end of input");
  }

  @Test
  void failedChild_isReportedInItsOwnWords() throws Exception {
    WorkerJar jar =
        program(
            """
            System.out.println("OFFSHOOT-FAILED {\\"message\\":\\"port 7233 is taken\\",\\"remedy\\":\\"choose another\\"}");
            System.exit(1);
            """);

    try (StackProcess stack = StackProcess.start(jar, List.of(), OPTIONS)) {
      assertThatThrownBy(stack::ready)
          .isInstanceOfSatisfying(
              CliException.class,
              e -> {
                assertThat(e.what()).isEqualTo("port 7233 is taken");
                assertThat(e.remedy()).isEqualTo("choose another");
                assertThat(e.exitCode()).isEqualTo(ExitCode.UNEXPECTED);
              });
    }
  }

  @Test
  void childThatDiesWithoutAWord_isReportedWithWhatItWroteLast() throws Exception {
    WorkerJar jar = program("System.err.println(\"no space left\"); System.exit(3);");

    try (StackProcess stack = StackProcess.start(jar, List.of(), OPTIONS)) {
      assertThatThrownBy(stack::ready)
          .hasMessageContaining("exit code 3")
          .hasMessageContaining("no space left");
    }
  }

  private WorkerJar program(String body) throws IOException {
    return FakeChild.program(folder, body);
  }
}
