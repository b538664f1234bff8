package dev.offshoot.cli;

import dev.offshoot.domain.BranchView;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code branches}. */
@Command(
    name = "branches",
    description = {
      "List branches as ledger, their homes and Temporal know them,",
      "and those that the janitor has deleted."
    })
final class BranchesCommand extends OffshootCommand {
  @Option(names = "--parent", paramLabel = "NAME", description = "only those of this parent")
  @Nullable String parent;

  @Override
  ExitCode run(Offshoot offshoot) {
    Output output = offshoot.output();
    try (Connection connection = offshoot.connect()) {
      List<BranchView> branches = new ReadQuestions(connection).branches(parent);
      if (!output.forPeople()) {
        output.documents(branches);
      } else if (branches.isEmpty()) {
        output.message("no branch stands");
      } else {
        output.lines(BranchRenderer.lines(branches, output.colour()));
      }
    }
    return ExitCode.DONE;
  }
}
