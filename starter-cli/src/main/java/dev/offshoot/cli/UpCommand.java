package dev.offshoot.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code up}. */
@Command(
    name = "up",
    sortOptions = false,
    description = {
      "Start a stack on this machine and keep it up until Ctrl-C.",
      "It has Temporal, a Postgres 18 with the ledger and a parent 'shop' full of data, and a",
      "worker. Everything listens on 127.0.0.1 only."
    })
final class UpCommand extends OffshootCommand {
  static final String GET_THE_UI =
      "install the temporal program (go install github.com/temporalio/cli/cmd/temporal@v1.5.1) "
          + "and use --temporal dev";

  @Option(
      names = "--temporal",
      paramLabel = "WHICH",
      description = {
        "dev: the temporal program with its Web UI (default where it is installed);",
        "embedded: in memory; env: the server of TEMPORAL_* and profiles; HOST:PORT"
      })
  @Nullable String temporal;

  @Option(
      names = "--temporal-port",
      paramLabel = "PORT",
      defaultValue = "7233",
      description = "port of Temporal, 0 for any (default ${DEFAULT-VALUE})")
  int temporalPort;

  @Option(
      names = "--ui-port",
      paramLabel = "PORT",
      defaultValue = "8233",
      description = "port of the Web UI, 0 for any (default ${DEFAULT-VALUE})")
  int uiPort;

  @Option(
      names = "--data-folder",
      paramLabel = "FOLDER",
      description = "where the data lives (default ~/.local/share/offshoot)")
  @Nullable String dataFolder;

  @Option(
      names = "--parent",
      paramLabel = "NAME=JDBC_URL",
      description = {
        "a real parent; repeatable. The password is read from OFFSHOOT_PARENT_<NAME>_PASSWORD",
        "(or from the URL's query, where other users of the machine can see it)"
      })
  List<String> parents = List.of();

  @Option(names = "--no-shop", description = "without the parent 'shop'")
  boolean noShop;

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    Output output = offshoot.output();
    long began = System.nanoTime();
    StackOptions options =
        new StackOptions(
            true,
            temporal,
            temporalPort,
            uiPort,
            dataFolder,
            false,
            !noShop,
            StackOptions.parents(parents, offshoot.terminal()));
    WorkerJar jar = WorkerJar.find();
    output.message("starting …");
    try (StackProcess stack = StackProcess.start(jar, List.of(), options)) {
      StackReady ready = stack.ready();
      if (output.forPeople()) {
        long millis = (System.nanoTime() - began) / 1_000_000;
        output.lines(lines(ready, millis, output.colour()));
      } else {
        output.document(ready);
      }
      output.terminal().out().flush();
      int code = stack.waitFor();
      throw new CliException(
          ExitCode.UNEXPECTED,
          "the stack has ended by itself (exit code %d)%s"
              .formatted(code, stack.lastWords() == null ? "" : "\n" + stack.lastWords()),
          "see " + ready.logFile());
    }
  }

  static List<String> lines(StackReady ready, long millis, Colour colour) {
    Table table = new Table(2);
    table.row("temporal", temporal(ready));
    table.row("web ui", ready.ui() != null ? ready.ui() : noUi(ready));
    table.row("parents", String.join(", ", ready.parents()));
    table.row("data", ready.dataFolder());
    table.row("log", ready.logFile());
    List<String> lines = new ArrayList<>();
    lines.add(colour.good("up") + " after " + Numbers.millis(millis));
    lines.addAll(table.lines("  "));
    lines.add("");
    String parent = ready.parents().isEmpty() ? "NAME" : ready.parents().get(0);
    String address =
        ready.temporal().equals("127.0.0.1:7233") ? "" : " --address " + ready.temporal();
    lines.add("in another terminal:");
    lines.add("  ./offshoot doctor" + address);
    lines.add(
        "  echo 'SELECT 1' | ./offshoot experiment start --parent %s --goal 'look around' --sql - --wait%s"
            .formatted(parent, address));
    lines.add("Ctrl-C ends it; the data stays.");
    return lines;
  }

  private static String temporal(StackReady ready) {
    String kind =
        switch (ready.temporalKind()) {
          case "dev" -> "temporal server start-dev, kept in a file";
          case "embedded" -> "embedded, in memory: experiments are forgotten at the end";
          default -> "a server that ran already";
        };
    return "%s, namespace %s (%s)".formatted(ready.temporal(), ready.namespace(), kind);
  }

  private static String noUi(StackReady ready) {
    return ready.temporalIsOurs() ? "none; " + GET_THE_UI : "as that server has it";
  }
}
