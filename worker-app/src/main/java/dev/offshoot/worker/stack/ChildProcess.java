package dev.offshoot.worker.stack;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A server program that we started, with its output in a log file. It is stopped by its own stop
 * signal when we close it and also when our JVM is killed (SIGKILL included), so no server outlives
 * the worker.
 *
 * <p>How: the program's process begins as a shell, which leaves a guard behind that waits on the
 * pipe from our JVM, and then turns into the program (same process id). The kernel closes the pipe
 * when the JVM ends, however it ends, and the guard sends the stop signal. Closing works the same
 * way, so the path that matters most is the one that always runs. The guard is forked twice,
 * because a postmaster does not expect children that it did not start.
 */
final class ChildProcess implements AutoCloseable {

  private static final String GUARDED =
      """
      exec 3<&0 </dev/null
      ( ( read -r line <&3; kill -%s $$ ) >/dev/null 2>&1 & )
      exec "$@" 3<&-
      """;

  /**
   * The program needs these; the rest of our environment may hold API keys and is none of its
   * business.
   */
  private static final List<String> PASSED_ON = List.of("PATH", "HOME", "TMPDIR");

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);
  private static final int TAIL_BYTES = 4_000;

  private final String name;
  private final Process process;
  private final Path log;
  private final long logStart;

  private ChildProcess(String name, Process process, Path log, long logStart) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.logStart = logStart;
  }

  /**
   * Starts a program.
   *
   * @param stopSignal the signal, without SIG, that makes the program end in good order
   * @param log gets what the program prints, appended
   */
  static ChildProcess start(String name, List<String> command, String stopSignal, Path log) {
    List<String> guarded = new ArrayList<>();
    // A session of its own keeps the Ctrl-C of our terminal from the program: the worker must
    // finish first.
    ProgramSearch.onPath(System.getenv(), "setsid")
        .ifPresent(setsid -> guarded.add(setsid.toString()));
    guarded.addAll(List.of("/bin/sh", "-c", GUARDED.formatted(stopSignal), name));
    guarded.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(guarded)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    keepOnly(PASSED_ON, builder.environment());
    try {
      long logStart = Files.exists(log) ? Files.size(log) : 0;
      return new ChildProcess(name, builder.start(), log, logStart);
    } catch (IOException e) {
      throw new StackException(
          "The " + name + " could not be started with " + command.get(0) + ".", e);
    }
  }

  private static void keepOnly(List<String> names, Map<String, String> environment) {
    environment.keySet().retainAll(names);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The exit status of a program that has ended. */
  int exitValue() {
    return process.exitValue();
  }

  /**
   * Ends a program that an earlier, killed run left behind. Its guard has sent the signal already,
   * or (when the guard was killed too) this does; so mostly it only waits.
   *
   * @param pid the program's process id as noted then; it may belong to nobody or to another
   *     program now
   * @param argument what only the command line of that program has
   * @return false when the process is alive but another program, which is left alone
   * @throws StackException when the program does not end
   */
  static boolean endLeftover(String name, String pid, String argument, String stopSignal) {
    Optional<ProcessHandle> found;
    try {
      found = ProcessHandle.of(Long.parseLong(pid.strip())).filter(ProcessHandle::isAlive);
    } catch (NumberFormatException e) {
      return true;
    }
    if (found.isEmpty()) {
      return true;
    }
    ProcessHandle program = found.get();
    if (!program.info().arguments().map(List::of).orElse(List.of()).contains(argument)) {
      return false;
    }
    signal(program.pid(), stopSignal);
    long deadline = System.nanoTime() + STOP_PATIENCE.toNanos();
    while (program.isAlive()) {
      if (System.nanoTime() > deadline) {
        throw new StackException(
            "The "
                + name
                + " of an earlier run (process "
                + program.pid()
                + ") does not stop: end it yourself.");
      }
      Pause.briefly();
    }
    return true;
  }

  /** Sends a signal, named without SIG, to a process that is not our child. */
  static void signal(long pid, String signal) {
    try {
      // The shell's own kill: Java can only send SIGTERM and SIGKILL.
      new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + pid)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new StackException(
          "Signal " + signal + " could not be sent to process " + pid + ".", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StackException("Interrupted while a signal was sent to process " + pid + ".", e);
    }
  }

  /** The end of what this run of the program wrote to its log. */
  String logTail() {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(Math.max(logStart, file.length() - TAIL_BYTES));
      byte[] tail = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "(the log " + log + " could not be read: " + e.getMessage() + ")";
    }
  }

  Path log() {
    return log;
  }

  /**
   * Sends the stop signal and waits for the end: up to 30 seconds in good order, then by SIGTERM,
   * then by SIGKILL. Idempotent. An interrupt shortens the waiting and is kept.
   */
  @Override
  public void close() {
    try {
      // The guard reads the end of the pipe and sends the signal.
      process.getOutputStream().close();
    } catch (IOException e) {
      // The program has ended by itself, which is what we want.
    }
    boolean ended = awaitEnd(STOP_PATIENCE);
    if (!ended) {
      process.destroy();
      ended = awaitEnd(KILL_PATIENCE);
    }
    if (!ended) {
      process.destroyForcibly();
      ended = awaitEnd(KILL_PATIENCE);
    }
    if (!ended && !Thread.currentThread().isInterrupted()) {
      throw new StackException(
          "The "
              + name
              + " (process "
              + pid()
              + ") does not end, not even when killed. Look at "
              + log
              + ".");
    }
  }

  private boolean awaitEnd(Duration patience) {
    try {
      return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
