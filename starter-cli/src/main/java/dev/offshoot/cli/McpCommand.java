package dev.offshoot.cli;

import dev.offshoot.cli.mcp.HttpEndpoint;
import dev.offshoot.cli.mcp.Refusal;
import dev.offshoot.cli.mcp.StdioLines;
import dev.offshoot.cli.mcp.ToolServer;
import dev.offshoot.cli.mcp.ToolSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mcp}. */
@Command(
    name = "mcp",
    sortOptions = false,
    description = {
      "Serve agents over the Model Context Protocol: a branch, SQL on it, its diff, its submission.",
      "On standard input and output, for clients that start it; it ends when they close its input,",
      "and experiments go on. No tool approves. See docs/mcp.md for clients' configuration."
    })
final class McpCommand extends OffshootCommand {
  private static final Pattern COLUMN = Pattern.compile("[^.]+\\.[^.]+\\.[^.]+");
  private static final int MOST_NAME = 200;
  private static final int MOST_PORT = 65_535;

  @Option(
      names = "--requested-by",
      paramLabel = "NAME",
      description =
          "who asks and therefore cannot approve (default: the client's own name and yours)")
  @Nullable String requestedBy;

  @Option(names = "--tenant", paramLabel = "NAME", description = "on whose behalf")
  @Nullable String tenant;

  @Option(names = "--no-samples", description = "show no sample values with a table")
  boolean noSamples;

  @Option(
      names = "--mask",
      paramLabel = "SCHEMA.TABLE.COLUMN",
      description = "show no value of it in samples and diffs (SQL can still read it); repeatable")
  List<String> masked = List.of();

  @Option(
      names = "--http",
      paramLabel = "PORT",
      description = "serve http://127.0.0.1:PORT/mcp instead, for any number of clients")
  @Nullable Integer port;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "with --http: the token that clients send as 'Authorization: Bearer TOKEN'; made, readable by you only, if it is not there")
  @Nullable Path tokenFile;

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    requireValid();
    ToolSettings settings =
        new ToolSettings(requestedBy, tenant, !noSamples, new HashSet<>(masked));
    try (McpBackstage backstage = new McpBackstage(offshoot)) {
      ToolServer tools = new ToolServer(backstage, settings, Version.number());
      if (port == null) {
        Terminal terminal = offshoot.terminal();
        backstage.log("serving on standard input and output; it ends with its input");
        new StdioLines(terminal.in(), terminal.out()).serve(tools);
      } else {
        serveHttp(backstage, tools, port, Path.of(String.valueOf(tokenFile)));
      }
    }
    return ExitCode.DONE;
  }

  private static void serveHttp(McpBackstage backstage, ToolServer tools, int port, Path file)
      throws InterruptedException {
    try {
      HttpEndpoint endpoint = HttpEndpoint.open(tools, port, file);
      // Ctrl-C ends it, and nothing else does.
      Runtime.getRuntime().addShutdownHook(new Thread(endpoint::close, "mcp-end"));
      backstage.log("serving " + endpoint.address());
      backstage.log("the token is in %s; Ctrl-C ends it".formatted(file));
      new CountDownLatch(1).await();
    } catch (Refusal e) {
      throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()), e.next(), e);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNEXPECTED, "no folder for temporary files: " + e.getMessage(), null, e);
    }
  }

  private void requireValid() {
    if (port == null && tokenFile != null) {
      throw usage("--token-file: goes with --http; standard input and output need no token");
    }
    if (port != null && tokenFile == null) {
      throw usage("--http: needs --token-file, so that not every program of this machine gets in");
    }
    if (port != null && (port < 1 || port > MOST_PORT)) {
      throw usage("--http: must be a port, 1 to %d".formatted(MOST_PORT));
    }
    if (requestedBy != null && (requestedBy.isBlank() || requestedBy.length() > MOST_NAME)) {
      throw usage("--requested-by: must have 1 to %d characters".formatted(MOST_NAME));
    }
    for (String column : masked) {
      if (!COLUMN.matcher(column).matches()) {
        throw usage(
            "--mask: '%s' is not SCHEMA.TABLE.COLUMN, for instance public.users.email"
                .formatted(column));
      }
    }
  }

  private static CliException usage(String message) {
    return new CliException(ExitCode.USAGE, message, null);
  }
}
