package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.DroppedRows;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableLock;
import dev.offshoot.domain.TableName;
import java.util.Locale;

/** Hazards of what happened to rows, tables as a whole and sequences. */
final class RowHazards {
  private RowHazards() {}

  static void find(
      ExperimentSpec spec, ChangeSummary changes, HazardSettings settings, Findings findings) {
    for (TableChanges table : changes.tables()) {
      deletes(table, findings);
      updates(table, settings, findings);
    }
    for (TableName table : changes.rewrittenTables()) {
      findings.add(Hazard.REWRITES_TABLE, table.toString());
    }
    for (TableLock lock : changes.observed().locks()) {
      if (lock.bytes() >= settings.limits().largeTableBytes()) {
        findings.add(
            Hazard.LOCKS_LARGE_TABLE,
            "%s (%s) under %s".formatted(lock.table(), size(lock.bytes()), lock.mode()));
      }
    }
    for (DroppedRows dropped : changes.observed().dropped()) {
      findings.add(
          dropped.column() == null ? Hazard.DROPS_TABLE : Hazard.DROPS_COLUMN,
          "%s: what it holds in %s %s goes"
              .formatted(dropped, number(dropped.rows()), dropped.rows() == 1 ? "row" : "rows"));
    }
    for (SequenceAdvance sequence : changes.sequences()) {
      moved(sequence, changes.inserted(), settings.limits().sequenceJump(), findings);
    }
    limit(spec, changes, settings, findings);
  }

  private static void limit(
      ExperimentSpec spec, ChangeSummary changes, HazardSettings settings, Findings findings) {
    long own = spec.limits().maxChangedRows();
    long limit = Math.min(own, settings.maxChangedRows());
    if (changes.totalRows() > limit) {
      findings.add(
          Hazard.WRITES_OVER_LIMIT,
          "%s changed rows are over the limit of %s (%s)"
              .formatted(
                  number(changes.totalRows()),
                  number(limit),
                  own <= limit ? "limits.maxChangedRows" : "the parent's maxChangedRows"));
    }
  }

  private static void deletes(TableChanges table, Findings findings) {
    if (table.deleted() == 0) {
      return;
    }
    findings.add(Hazard.DELETES_ROWS, share(table, table.deleted()));
    if (table.deleted() >= table.rowsInBase() && table.inserted() == 0) {
      findings.add(
          Hazard.EMPTIES_TABLE,
          "%s loses all of its %s rows".formatted(table.table(), number(table.rowsInBase())));
    }
  }

  private static void updates(TableChanges table, HazardSettings settings, Findings findings) {
    if (table.updated() >= settings.limits().manyRows()
        && table.updated() >= settings.limits().manyRowsShare() * table.rowsInBase()) {
      findings.add(Hazard.UPDATES_MANY_ROWS, share(table, table.updated()));
    }
  }

  /** Inserted rows draw numbers, some of them for nothing. */
  private static void moved(SequenceAdvance sequence, long inserted, long jump, Findings findings) {
    long from = sequence.baseValue();
    long to = sequence.branchValue();
    boolean back = to < from;
    if (back || inserted == 0 || to - from > jump) {
      findings.add(
          Hazard.MOVES_SEQUENCE,
          "%s: %s to %s%s"
              .formatted(sequence.sequence(), number(from), number(to), back ? ", backward" : ""));
    }
  }

  private static String size(long bytes) {
    double megabytes = bytes / (1024.0 * 1024.0);
    return megabytes < 1024
        ? String.format(Locale.ROOT, "%,.1f MB", megabytes)
        : String.format(Locale.ROOT, "%,.1f GB", megabytes / 1024);
  }

  private static String share(TableChanges table, long rows) {
    double percent = table.rowsInBase() == 0 ? 100 : 100.0 * rows / table.rowsInBase();
    return String.format(
        Locale.ROOT,
        "%s: %s of %s rows (%s%%)",
        table.table(),
        number(rows),
        number(table.rowsInBase()),
        percent > 0 && percent < 0.1 ? "<0.1" : String.format(Locale.ROOT, "%.1f", percent));
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
