package dev.offshoot.cli;

import dev.offshoot.domain.ParentView;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code parent list}. */
@Command(name = "list", description = "List the parents that the worker knows.")
final class ParentListCommand extends OffshootCommand {
  @Override
  ExitCode run(Offshoot offshoot) {
    Output output = offshoot.output();
    try (Connection connection = offshoot.connect()) {
      List<ParentView> parents = new ReadQuestions(connection).parents(null);
      if (output.forPeople()) {
        output.lines(new ParentRenderer(output.colour()).table(parents, Instant.now()));
      } else {
        output.documents(parents);
      }
    }
    return ExitCode.DONE;
  }
}
