package dev.offshoot.cli;

import dev.offshoot.codec.KeyFile;
import dev.offshoot.codec.KeyFileException;
import dev.offshoot.codec.UndecryptablePayload;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.workflow.Failures;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowQueryConditionallyRejectedException;
import io.temporal.client.WorkflowQueryException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * What any exception means to the person at the prompt: one message, one remedy, one exit code, no
 * stack trace.
 */
record Problem(ExitCode exitCode, String message, @Nullable String remedy) {
  private static final int MOST_TEXT = 4_000;
  private static final String NO_WORKER =
      "start one with ./offshoot up or ./offshoot worker --config FILE; ./offshoot doctor says more";

  /** Prints it on standard error. */
  ExitCode report(Output output) {
    if (exitCode == ExitCode.INTERRUPTED) {
      return exitCode;
    }
    List<String> lines = ShownText.lines(message, MOST_TEXT).lines().toList();
    output.message("error: " + (lines.isEmpty() ? exitCode.name() : lines.get(0)));
    lines.stream().skip(1).forEach(line -> output.message("       " + line));
    if (remedy != null) {
      output.message("       " + ShownText.oneLine(remedy, MOST_TEXT));
    }
    return exitCode;
  }

  static Problem ofUsage(CommandLine.ParameterException e) {
    return new Problem(
        ExitCode.USAGE,
        String.valueOf(e.getMessage()),
        "see ./%s --help".formatted(e.getCommandLine().getCommandSpec().qualifiedName()));
  }

  static Problem of(Throwable e, Offshoot offshoot) {
    if (e instanceof CliException known) {
      return new Problem(known.exitCode(), known.what(), known.remedy());
    }
    if (e instanceof OffshootException known) {
      return ofOffshoot(known);
    }
    @Nullable UndecryptablePayload encrypted = first(e, UndecryptablePayload.class);
    if (encrypted != null) {
      return ofEncrypted(encrypted);
    }
    if (e instanceof KeyFileException keys) {
      return new Problem(
          ExitCode.USAGE, "%s: %s".formatted(KeyFile.VARIABLE, keys.problem()), keys.remedy());
    }
    if (e instanceof InterruptedException) {
      return new Problem(ExitCode.INTERRUPTED, "interrupted", null);
    }
    if (e instanceof WorkflowNotFoundException) {
      return new Problem(
          ExitCode.NOT_FOUND,
          "there is no such experiment on this server and namespace",
          "./offshoot experiment list shows those that there are");
    }
    if (e instanceof WorkflowQueryConditionallyRejectedException
        || e instanceof WorkflowQueryException) {
      return new Problem(
          ExitCode.UNEXPECTED,
          "the experiment does not answer: " + causes(e),
          "look at its workflow in the Temporal UI; its worker's log says more");
    }
    @Nullable StatusRuntimeException rpc = first(e, StatusRuntimeException.class);
    if (rpc != null) {
      return ofRpc(rpc, offshoot);
    }
    if (e instanceof WorkflowException && first(e, ApplicationFailure.class) != null) {
      return ofOffshoot(new OffshootException(Failures.fromTemporal(e), e));
    }
    return new Problem(
        ExitCode.UNEXPECTED,
        "this should not happen: " + causes(e),
        "please report it with the command line and what ./offshoot --version says");
  }

  private static Problem ofOffshoot(OffshootException e) {
    return new Problem(ExitCode.of(e.code()), e.failure().message(), remedy(e.code()));
  }

  private static Problem ofEncrypted(UndecryptablePayload e) {
    return new Problem(
        switch (e.reason()) {
          case NO_KEYS, UNKNOWN_KEY -> ExitCode.PERMISSION;
          case NOT_AUTHENTIC, MALFORMED -> ExitCode.UNEXPECTED;
        },
        e.problem(),
        e.remedy());
  }

  private static @Nullable String remedy(ErrorCode code) {
    return switch (code) {
      case NOT_FOUND -> "./offshoot experiment list shows those that there are";
      case UNKNOWN_PARENT -> "./offshoot doctor lists the parents that the worker knows";
      default -> null;
    };
  }

  private static Problem ofRpc(StatusRuntimeException e, Offshoot offshoot) {
    Status status = e.getStatus();
    String address = Connection.address(offshoot);
    return switch (status.getCode()) {
      case UNAVAILABLE ->
          new Problem(
              ExitCode.UNREACHABLE,
              "no Temporal server answers at " + address,
              "start one with ./offshoot up, or name another with --address or TEMPORAL_ADDRESS");
      case DEADLINE_EXCEEDED, CANCELLED ->
          new Problem(
              ExitCode.UNREACHABLE,
              "no answer in time: Temporal at %s is slow or no worker answers for it"
                  .formatted(address),
              NO_WORKER);
      case FAILED_PRECONDITION ->
          new Problem(ExitCode.UNREACHABLE, "no worker answers: " + text(status), NO_WORKER);
      case PERMISSION_DENIED, UNAUTHENTICATED ->
          new Problem(
              ExitCode.PERMISSION,
              "Temporal at %s refuses: %s".formatted(address, text(status)),
              "check TEMPORAL_API_KEY, the profile and the namespace");
      case NOT_FOUND ->
          new Problem(
              ExitCode.NOT_FOUND,
              "Temporal at %s does not have it: %s".formatted(address, text(status)),
              "check --namespace and the id");
      case INVALID_ARGUMENT ->
          new Problem(
              ExitCode.USAGE,
              "Temporal at %s refuses the request: %s".formatted(address, text(status)),
              "./offshoot doctor checks that the server knows Offshoot's search attributes");
      case RESOURCE_EXHAUSTED ->
          new Problem(
              ExitCode.UNREACHABLE,
              "Temporal at %s is at its limit: %s".formatted(address, text(status)),
              "try again in a while");
      case UNIMPLEMENTED ->
          new Problem(
              ExitCode.UNEXPECTED,
              "the Temporal server at %s lacks this call".formatted(address),
              "the embedded server lacks some; ./offshoot up --temporal dev has them all");
      default ->
          new Problem(
              ExitCode.UNEXPECTED,
              "Temporal at %s answers %s: %s".formatted(address, status.getCode(), text(status)),
              null);
    };
  }

  private static String text(Status status) {
    return status.getDescription() == null ? status.getCode().name() : status.getDescription();
  }

  /** The outermost of that type among an exception and its causes. */
  private static <T> @Nullable T first(Throwable e, Class<T> type) {
    for (@Nullable Throwable t = e; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
    }
    return null;
  }

  private static String causes(Throwable e) {
    StringBuilder text = new StringBuilder();
    for (@Nullable Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof WorkflowServiceException && t.getCause() != null) {
        continue;
      }
      text.append(text.isEmpty() ? "" : ": ").append(t.getClass().getSimpleName());
      if (t.getMessage() != null) {
        text.append(": ").append(ShownText.oneLine(t.getMessage(), 300));
      }
    }
    return text.toString();
  }
}
