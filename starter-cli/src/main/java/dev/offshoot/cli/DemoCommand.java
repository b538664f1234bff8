package dev.offshoot.cli;

import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.TableChanges;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code demo}: the commands of {@code up} and {@code experiment}, one after the other, on a stack
 * that it starts and ends.
 */
@Command(
    name = "demo",
    sortOptions = false,
    description = {
      "Show the whole path, from branch to merge, on a stack of its own.",
      "An agent's experiment branches a database, changes schema and rows, is shown and judged,",
      "decided by you, and merged.",
      "Nothing stays behind. Exit codes: 0 merged, 3 rejected, 5 nobody could answer."
    })
final class DemoCommand extends OffshootCommand {
  private static final int SAMPLE_ROWS = 4;

  /** A short life: what starts soonest wins over what runs fastest. */
  private static final List<String> CHILD_JVM =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

  @Option(names = "--yes", description = "answer the question with yes")
  boolean yes;

  @Option(
      names = "--temporal",
      paramLabel = "WHICH",
      defaultValue = "embedded",
      description = "embedded, dev, env or HOST:PORT, as for up (default ${DEFAULT-VALUE})")
  String temporal = "embedded";

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    Output output = offshoot.output();
    long began = System.nanoTime();
    StackOptions options = new StackOptions(true, temporal, 0, 0, null, true, true, Map.of());
    output.progress(
        output.colour().faint("starting Temporal and Postgres, filling the parent database …"));
    try (StackProcess stack = StackProcess.start(WorkerJar.find(), CHILD_JVM, options)) {
      StackReady ready = stack.ready();
      started(ready, millisSince(began), output);
      try (Connection connection = connect(offshoot, ready)) {
        ExitCode code = path(offshoot, connection, output);
        output.progress("");
        output.progress("total time " + Numbers.millis(millisSince(began)));
        return code;
      }
    }
  }

  private static long millisSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1_000_000;
  }

  private static Connection connect(Offshoot offshoot, StackReady ready) {
    if (ready.temporalIsOurs()) {
      return Connection.local(ready.temporal(), ready.namespace(), offshoot);
    }
    if (offshoot.address == null) {
      offshoot.address = ready.temporal();
    }
    return offshoot.connect();
  }

  private static void started(StackReady ready, long millis, Output output) {
    output.progress(
        "stack ready after %s: Temporal %s (%s), parents %s"
            .formatted(
                Numbers.millis(millis),
                ready.temporal(),
                ready.temporalKind(),
                String.join(", ", ready.parents())));
    output.progress(
        ready.ui() != null
            ? "web ui " + ready.ui()
            : "web ui none here; to get it: " + UpCommand.GET_THE_UI);
    output.progress("");
  }

  private ExitCode path(Offshoot offshoot, Connection connection, Output output)
      throws InterruptedException {
    DemoExperiment demo = DemoExperiment.load();
    output.progress("an agent asks: " + output.colour().strong(String.valueOf(demo.spec().goal())));
    output.progress("");
    demo.shownScript().forEach(line -> output.progress("    " + output.colour().faint(line)));
    output.progress("");
    Experiment experiment = connection.offshoot().start(demo.spec());
    LiveView view = new LiveView(connection, output);
    ExperimentStatus asked = view.follow(experiment, now -> now.stage() == Stage.AWAITING_DECISION);
    if (asked.stage() == Stage.CLOSED) {
      return ExitCode.of(asked);
    }
    showDiff(Objects.requireNonNull(asked.changes()), output);
    @Nullable Boolean answer = answer(asked, output);
    if (answer == null) {
      output.message("nobody can answer here: standard input is no terminal");
      output.message("answer with ./offshoot demo --yes, or run it in a terminal;");
      output.message(
          "this stack ends now with its experiment: ./offshoot up has one that waits for you");
      return ExitCode.PENDING;
    }
    decide(experiment, asked, answer, offshoot.actor());
    ExperimentStatus ended = view.follow(experiment, now -> false);
    showEnd(connection, experiment, ended, output);
    return ExitCode.of(ended);
  }

  private static void showDiff(ChangeSummary changes, Output output) {
    DiffRenderer renderer = new DiffRenderer(output.colour(), output.terminal().columns());
    output.progress("");
    renderer.head(changes).forEach(output::progress);
    for (TableChanges table : changes.tables()) {
      List<RowChange> sample =
          table.sample().subList(0, Math.min(SAMPLE_ROWS, table.sample().size()));
      renderer.table(changes, table, sample).forEach(output::progress);
    }
    output.progress("");
  }

  /** Yes, no, or nothing if nobody can be asked. */
  private @Nullable Boolean answer(ExperimentStatus asked, Output output) {
    List<String> named = needName(asked);
    String naming = named.isEmpty() ? "" : " (yes accepts " + String.join(", ", named) + ")";
    String question = "approve?%s [y/N] ".formatted(naming);
    if (yes) {
      output.progress(question + "y (--yes)");
      return true;
    }
    Terminal terminal = output.terminal();
    if (!terminal.inIsTerminal()) {
      return null;
    }
    terminal.out().print(question);
    terminal.out().flush();
    try {
      @Nullable String line = terminal.in().readLine();
      String said = line == null ? "" : line.strip().toLowerCase(Locale.ROOT);
      return said.equals("y") || said.equals("yes");
    } catch (IOException e) {
      throw new CliException(
          ExitCode.PENDING, "the answer could not be read", "answer with --yes", e);
    }
  }

  private static List<String> needName(ExperimentStatus asked) {
    return asked.judgement() == null
        ? List.of()
        : asked.judgement().hazards().stream()
            .filter(finding -> finding.severity() == Severity.NEEDS_NAME)
            .map(HazardFinding::hazard)
            .map(Enum::name)
            .toList();
  }

  private static void decide(
      Experiment experiment, ExperimentStatus asked, boolean approved, String actor) {
    Decision decision =
        approved
            ? experiment.approve(
                new DecisionRequest(
                    actor,
                    "looked at in the demo",
                    Objects.requireNonNull(asked.changes()).digest(),
                    needName(asked)))
            : experiment.reject(new DecisionRequest(actor, "said no in the demo", null, List.of()));
    if (!decision.accepted()) {
      throw new CliException(
          ExitCode.CONFLICT, "the decision was not counted: " + decision.refusal(), null);
    }
  }

  private static void showEnd(
      Connection connection, Experiment experiment, ExperimentStatus ended, Output output) {
    @Nullable MergeReport merge = ended.outcome() == null ? null : ended.outcome().merge();
    if (merge != null) {
      output.progress("");
      output.progress("on the parent, before → after, as the merge transaction read it");
      new ProofRenderer(output.colour(), output.terminal().columns())
          .lines(merge)
          .forEach(output::progress);
    }
    output.progress("");
    if (ended.branch() != null) {
      output.progress(
          ended.branchExists()
              ? "branch %s still stands".formatted(ended.branch().ref().branchName())
              : "branch %s is gone".formatted(ended.branch().ref().branchName()));
    }
    output.progress("");
    output.progress("audit, read back from workflow history");
    AuditRenderer.lines(Audit.of(connection, experiment, output), output.colour())
        .forEach(line -> output.progress("  " + line));
  }
}
