package dev.offshoot.cli;

import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The way in: options that every command has, and the commands. */
@Command(
    name = "offshoot",
    description = "Every AI-agent task gets its own branch of a Postgres database.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      WorkerCommand.class,
      ExperimentCommand.class,
      ParentCommand.class,
      BranchesCommand.class,
      AuditCommand.class,
      JudgeCommand.class,
      KeyCommand.class,
      DoctorCommand.class,
      McpCommand.class,
      CompletionCommand.class
    },
    footerHeading = "%nFirst steps:%n",
    footer = {
      "  ./offshoot demo    the whole path on data of its own, in half a minute",
      "  ./offshoot up      a stack of your own that stays up",
      "",
      "Exit codes: 0 done, 1 unexpected, 2 usage, 3 dropped, 4 permission, 5 pending,",
      "6 not found, 7 conflict, 8 unreachable, 130 interrupted."
    })
public final class Offshoot {
  @Option(
      names = "--address",
      scope = ScopeType.INHERIT,
      paramLabel = "HOST:PORT",
      description = "Temporal server (else TEMPORAL_* and profiles; else 127.0.0.1:7233)")
  @Nullable String address;

  @Option(
      names = "--namespace",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "Temporal namespace (else TEMPORAL_* and profiles; else default)")
  @Nullable String namespace;

  @Option(
      names = "--profile",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "profile of Temporal's configuration file")
  @Nullable String profile;

  @Option(
      names = {"-o", "--output"},
      scope = ScopeType.INHERIT,
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
  Output.Format format = Output.Format.TABLE;

  @Option(
      names = "--no-color",
      scope = ScopeType.INHERIT,
      description = "no colours (NO_COLOR does the same)")
  boolean noColour;

  @Option(
      names = {"-h", "--help"},
      scope = ScopeType.INHERIT,
      usageHelp = true,
      description = "show this help")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "show the version")
  boolean version;

  private final Terminal terminal;

  Offshoot(Terminal terminal) {
    this.terminal = terminal;
  }

  public static void main(String[] args) {
    // Libraries that log would write between our lines; whoever configures it wants to see it.
    if (System.getProperty("java.util.logging.config.file") == null) {
      LogManager.getLogManager().reset();
    }
    System.exit(run(Terminal.ofProcess(), args));
  }

  /** Runs one command line and answers its exit code. */
  static int run(Terminal terminal, String... args) {
    Offshoot offshoot = new Offshoot(terminal);
    int code =
        new CommandLine(offshoot)
            .setOut(terminal.out())
            .setErr(terminal.err())
            .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExitCodeExceptionMapper(e -> ExitCode.UNEXPECTED.code())
            .setParameterExceptionHandler(
                (e, given) -> Problem.ofUsage(e).report(offshoot.output()).code())
            .setExecutionExceptionHandler(
                (e, command, result) -> Problem.of(e, offshoot).report(offshoot.output()).code())
            .execute(args);
    terminal.out().flush();
    terminal.err().flush();
    return code;
  }

  Terminal terminal() {
    return terminal;
  }

  Output output() {
    return new Output(terminal, format, Colour.of(terminal, noColour));
  }

  /** A connection as the options and the environment describe it; nothing is sent yet. */
  Connection connect() {
    return Connection.open(this);
  }

  /** Who sits here, for decisions and for the identity that Temporal's history keeps. */
  String actor() {
    String named = terminal.variable("OFFSHOOT_USER", "");
    if (!named.isEmpty()) {
      return named;
    }
    String user = terminal.variable("USER", System.getProperty("user.name", "somebody"));
    String host = System.getProperty("offshoot.host", "");
    return host.isEmpty() ? user : user + "@" + host;
  }
}
