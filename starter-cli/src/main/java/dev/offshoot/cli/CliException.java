package dev.offshoot.cli;

import org.jspecify.annotations.Nullable;

/** An end of the command with a reason, a remedy and an exit code; shown without a stack trace. */
final class CliException extends RuntimeException {
  private final ExitCode exitCode;
  private final @Nullable String remedy;

  CliException(ExitCode exitCode, String message, @Nullable String remedy) {
    this(exitCode, message, remedy, null);
  }

  CliException(
      ExitCode exitCode, String message, @Nullable String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.remedy = remedy;
  }

  ExitCode exitCode() {
    return exitCode;
  }

  /** What to do about it; absent where the message says it. */
  @Nullable String remedy() {
    return remedy;
  }

  String what() {
    return String.valueOf(getMessage());
  }
}
