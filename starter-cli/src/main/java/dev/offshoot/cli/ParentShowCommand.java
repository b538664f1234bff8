package dev.offshoot.cli;

import dev.offshoot.domain.ParentView;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code parent show}. */
@Command(
    name = "show",
    description = "Show a parent: what branches are made of, its age, and what has changed since.")
final class ParentShowCommand extends OffshootCommand {
  @Parameters(paramLabel = "NAME", description = "name of the parent")
  String parent = "";

  @Override
  ExitCode run(Offshoot offshoot) {
    Output output = offshoot.output();
    try (Connection connection = offshoot.connect()) {
      ParentView view = new ReadQuestions(connection).parents(parent).get(0);
      if (output.forPeople()) {
        output.lines(new ParentRenderer(output.colour()).lines(view, Instant.now()));
      } else {
        output.document(view);
      }
    }
    return ExitCode.DONE;
  }
}
