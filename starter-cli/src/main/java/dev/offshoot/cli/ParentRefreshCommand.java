package dev.offshoot.cli;

import dev.offshoot.domain.RefreshReport;
import dev.offshoot.domain.ShownText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parent refresh}. */
@Command(
    name = "refresh",
    sortOptions = false,
    description = {
      "Make the copy anew that a parent's branches are made of, and wait for it.",
      "Nobody on the parent is interrupted; experiments that run keep the old copy."
    })
final class ParentRefreshCommand extends OffshootCommand {
  private static final int TEXT_LIMIT = 200;

  @Parameters(paramLabel = "NAME", description = "name of the parent")
  String parent = "";

  @Option(names = "--verbose", description = "a line for every table and every second")
  boolean verbose;

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    Output output = offshoot.output();
    try (Connection connection = offshoot.connect()) {
      // Says at once that there is no such parent, or no worker.
      new ReadQuestions(connection).parents(parent);
      RefreshReport report = new RefreshWatch(connection, output, verbose).refresh(parent);
      if (output.forPeople()) {
        show(report, output);
      } else {
        output.document(report);
      }
    }
    return ExitCode.DONE;
  }

  private static void show(RefreshReport report, Output output) {
    output.line(
        "copy %s of %s shows it as of %s: %s, %s, made in %s"
            .formatted(
                ShownText.oneLine(report.database(), TEXT_LIMIT),
                ShownText.oneLine(report.parent(), TEXT_LIMIT),
                AuditRenderer.time(report.refreshedAt()),
                Numbers.of(report.tables(), "table"),
                Numbers.bytes(report.bytes()),
                Numbers.millis(report.millis())));
    report.notes().forEach(note -> output.line("  " + ShownText.oneLine(note, TEXT_LIMIT)));
  }
}
