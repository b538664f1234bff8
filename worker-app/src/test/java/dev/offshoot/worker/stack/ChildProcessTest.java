package dev.offshoot.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {

  private static final String ENDS_ON_SIGNAL =
      "trap 'echo got it; exit 0' USR1; echo ready; while :; do sleep 0.05; done";

  @TempDir Path folder;

  @Test
  void closingSendsTheProgramsOwnStopSignalAndWaits() {
    ChildProcess child = start(folder.resolve("log"));
    awaitReady(folder.resolve("log"));

    child.close();

    assertThat(child.isAlive()).isFalse();
    assertThat(child.logTail()).isEqualTo("ready\ngot it");
  }

  @Test
  void theProgramEndsInGoodOrderWhenOurJvmIsKilled() throws Exception {
    Path log = folder.resolve("log");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                log.toString())
            .redirectErrorStream(true)
            .start();
    long child;
    try (var output = jvm.inputReader()) {
      child = Long.parseLong(output.readLine());
    }
    awaitReady(log);
    ProcessHandle program = ProcessHandle.of(child).orElseThrow();

    jvm.destroyForcibly().waitFor();

    program.onExit().get(Duration.ofSeconds(10).toSeconds(), TimeUnit.SECONDS);
    assertThat(log).hasContent("ready\ngot it");
  }

  @Test
  void aLeftoverIsEndedOnlyWhenItIsTheProgramThatWasNoted() throws Exception {
    Path log = folder.resolve("log");
    try (ChildProcess child = start(log)) {
      awaitReady(log);
      String pid = Long.toString(child.pid());

      assertThat(ChildProcess.endLeftover("sleeper", pid, "another argument", "USR1")).isFalse();
      assertThat(child.isAlive()).isTrue();

      assertThat(ChildProcess.endLeftover("sleeper", pid, ENDS_ON_SIGNAL, "USR1")).isTrue();
      assertThat(child.isAlive()).isFalse();

      assertThat(ChildProcess.endLeftover("sleeper", pid, ENDS_ON_SIGNAL, "USR1")).isTrue();
      assertThat(ChildProcess.endLeftover("sleeper", "no number", ENDS_ON_SIGNAL, "USR1")).isTrue();
    }
  }

  @Test
  void ourEnvironmentIsNotPassedOn() throws Exception {
    Path log = folder.resolve("log");
    try (ChildProcess child = ChildProcess.start("printer", List.of("/usr/bin/env"), "TERM", log)) {
      while (child.isAlive()) {
        Pause.briefly();
      }
      assertThat(Files.readAllLines(log))
          .allMatch(line -> line.matches("(PATH|HOME|TMPDIR|PWD|SHLVL|_|OLDPWD)=.*"));
    }
  }

  private static void awaitReady(Path log) {
    for (int i = 0; i < 500; i++) {
      if (Files.exists(log) && log.toFile().length() > 0) {
        return;
      }
      Pause.briefly();
    }
    throw new AssertionError("The child did not become ready");
  }

  private static ChildProcess start(Path log) {
    return ChildProcess.start("sleeper", List.of("/bin/sh", "-c", ENDS_ON_SIGNAL), "USR1", log);
  }

  /** A JVM to kill. */
  static final class Owner {

    private Owner() {}

    /** Starts a child, prints its process id and waits to be killed. */
    public static void main(String[] arguments) throws Exception {
      System.out.println(start(Path.of(arguments[0])).pid());
      Thread.sleep(60_000);
    }
  }
}
