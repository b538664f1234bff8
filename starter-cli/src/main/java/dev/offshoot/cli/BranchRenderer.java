package dev.offshoot.cli;

import dev.offshoot.domain.BranchView;
import dev.offshoot.domain.ShownText;
import java.util.ArrayList;
import java.util.List;

/** Branches on the terminal; pure. */
final class BranchRenderer {
  private static final int TEXT_LIMIT = 200;

  private BranchRenderer() {}

  static List<String> lines(List<BranchView> branches, Colour colour) {
    Table table = new Table(6);
    table.row(
        List.of("branch", "parent", "state", "workflow", "deadline", "").stream()
            .map(name -> new Table.Cell(name, colour.faint(name)))
            .toList());
    for (BranchView branch : branches) {
      List<Table.Cell> row = new ArrayList<>();
      row.add(Table.Cell.of(shown(branch.name())));
      row.add(Table.Cell.of(shown(branch.ref().parent())));
      row.add(state(branch.state(), colour));
      row.add(Table.Cell.of(branch.owner().name()));
      row.add(
          Table.Cell.of(branch.deadline() == null ? "" : AuditRenderer.time(branch.deadline())));
      row.add(Table.Cell.of(note(branch)));
      table.row(row);
    }
    return table.lines("");
  }

  private static Table.Cell state(BranchView.State state, Colour colour) {
    String name = state.name();
    return switch (state) {
      case STANDS, INCOMPLETE, SWEPT -> Table.Cell.of(name);
      case UNKNOWN, LEFT_BEHIND, UNREGISTERED -> new Table.Cell(name, colour.bad(name));
    };
  }

  private static String note(BranchView branch) {
    String note = branch.note() == null ? "" : shown(branch.note());
    return branch.droppedAt() == null
        ? note
        : "deleted %s: %s".formatted(AuditRenderer.time(branch.droppedAt()), note);
  }

  private static String shown(String text) {
    return ShownText.oneLine(text, TEXT_LIMIT);
  }
}
