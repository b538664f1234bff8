package dev.offshoot.cli;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableProof;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parent's rows before and after a merge, as its transaction read them; pure. */
final class ProofRenderer {
  private static final int ROWS = 4;

  private final Colour colour;
  private final RowsRenderer rows;

  ProofRenderer(Colour colour, int columns) {
    this.colour = colour;
    this.rows = new RowsRenderer(colour, columns);
  }

  List<String> lines(MergeReport report) {
    List<String> lines = new ArrayList<>();
    for (TableProof proof : report.proofs()) {
      lines.add(colour.strong(DiffRenderer.shown(proof.table())));
      lines.addAll(table(proof));
    }
    return lines;
  }

  private List<String> table(TableProof proof) {
    Set<String> union = new LinkedHashSet<>(proof.columnsAfter());
    union.addAll(proof.columnsBefore());
    List<String> names = List.copyOf(union);
    List<RowChange> changes = new ArrayList<>();
    for (TableProof.Row row : proof.rows().subList(0, Math.min(ROWS, proof.rows().size()))) {
      changes.add(change(names, proof, row));
    }
    List<ColumnShape> shapes = names.stream().map(name -> new ColumnShape(name, "")).toList();
    TableChanges table = new TableChanges(proof.table(), shapes, List.of(0), 0, 0, 0, 0, List.of());
    return rows.lines(table, changes);
  }

  private static RowChange change(List<String> names, TableProof proof, TableProof.Row row) {
    @Nullable List<@Nullable String> before = image(names, proof.columnsBefore(), row.before());
    @Nullable List<@Nullable String> after = image(names, proof.columnsAfter(), row.after());
    if (before == null && after == null) {
      throw new IllegalStateException("a proof of a row that never was");
    }
    RowChange.Kind kind =
        before == null
            ? RowChange.Kind.INSERT
            : after == null ? RowChange.Kind.DELETE : RowChange.Kind.UPDATE;
    return new RowChange(kind, before, after, 1);
  }

  /** Values in the order of {@code names}; a column that is not there then is null. */
  private static @Nullable List<@Nullable String> image(
      List<String> names, List<String> columns, @Nullable List<@Nullable String> values) {
    if (values == null) {
      return null;
    }
    List<@Nullable String> image = new ArrayList<>();
    for (String name : names) {
      int at = columns.indexOf(name);
      image.add(at < 0 || at >= values.size() ? null : values.get(at));
    }
    return image;
  }
}
