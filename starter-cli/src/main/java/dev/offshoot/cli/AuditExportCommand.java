package dev.offshoot.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code audit export}. */
@Command(
    name = "export",
    description = {
      "Print the audit records, a JSON document a line, oldest first.",
      "Each line is a link of a chain: audit verify --file checks it later."
    })
final class AuditExportCommand extends OffshootCommand {
  @Option(names = "--from", paramLabel = "NUMBER", description = "begin with this record")
  @Nullable Long from;

  @Override
  ExitCode run(Offshoot offshoot) {
    Output output = offshoot.output();
    try (Connection connection = offshoot.connect()) {
      long[] exported = new long[1];
      new ReadQuestions(connection)
          .audit(
              from,
              page ->
                  page.lines()
                      .forEach(
                          line -> {
                            output.line(AuditFile.written(line));
                            output.requireReader();
                            exported[0]++;
                          }));
      output.message(Numbers.of(exported[0], "record"));
    }
    return ExitCode.DONE;
  }
}
