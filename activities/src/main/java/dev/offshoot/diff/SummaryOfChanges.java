package dev.offshoot.diff;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Observations;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Reversal;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.Undoing;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells a change set within the bounds of workflow history: as much detail as fits, all counts
 * always.
 */
public final class SummaryOfChanges {
  private static final int PREFERRED_BYTES = 200_000;

  /** The judge's request holds specification and report besides, and must stay below 2 MiB. */
  private static final int MOST_BYTES = 800_000;

  /**
   * How much is told.
   *
   * @param changes schema changes
   * @param definition characters of each definition
   * @param statement characters of each statement of the script
   * @param sampled tables with sample rows
   * @param columns whether all tables tell their columns, or only those with sample rows
   */
  private record Detail(int changes, int definition, int statement, int sampled, boolean columns) {}

  private static final List<Detail> DETAILS =
      List.of(
          new Detail(100, 2_000, 2_000, 20, true),
          new Detail(100, 500, 1_000, 20, true),
          new Detail(100, 200, 400, 10, true),
          new Detail(50, 200, 200, 5, false),
          new Detail(20, 100, 80, 0, false));

  private SummaryOfChanges() {}

  /**
   * @param observed what was seen beyond definitions and rows
   * @param newerMerges of a revert: experiments merged later into the same tables
   */
  public static ChangeSummary of(
      ChangeSet changes,
      SampleRows samples,
      Observations observed,
      List<String> newerMerges,
      long millis) {
    for (Detail detail : DETAILS) {
      ChangeSummary summary = told(changes, samples, observed, newerMerges, millis, detail);
      if (bytes(summary) <= PREFERRED_BYTES) {
        return summary;
      }
    }
    ChangeSummary shortest =
        told(changes, samples, observed, newerMerges, millis, DETAILS.get(DETAILS.size() - 1));
    if (bytes(shortest) > MOST_BYTES) {
      throw new OffshootException(
          ErrorCode.LIMIT_EXCEEDED,
          "the experiment changed %d tables with %d statements, more than anybody can review at once; split the task"
              .formatted(changes.tables().size(), changes.script().size()));
    }
    return shortest;
  }

  private static ChangeSummary told(
      ChangeSet changes,
      SampleRows samples,
      Observations observed,
      List<String> newerMerges,
      long millis,
      Detail detail) {
    return new ChangeSummary(
        changes.digest(),
        changes.schemaChanges().stream()
            .limit(detail.changes())
            .map(change -> told(change, detail.definition()))
            .toList(),
        changes.schemaChanges().size(),
        changes.script().stream()
            .map(statement -> ShownText.lines(statement.sql(), detail.statement()))
            .toList(),
        tables(changes, samples, detail),
        changes.rewrittenTables(),
        changes.sequences(),
        millis,
        told(changes.undoing(), newerMerges, detail),
        observed);
  }

  private static Reversal told(Undoing undoing, List<String> newerMerges, Detail detail) {
    return new Reversal(
        undoing.of(),
        newerMerges,
        undoing.script().stream()
            .map(statement -> ShownText.lines(statement.sql(), detail.statement()))
            .toList(),
        undoing.obstacle());
  }

  private static SchemaChange told(SchemaChange change, int limit) {
    return new SchemaChange(
        change.kind(),
        change.objectType(),
        ShownText.oneLine(change.identity(), limit),
        elided(change.before(), limit),
        elided(change.after(), limit));
  }

  private static @Nullable String elided(@Nullable String definition, int limit) {
    return definition == null ? null : ShownText.lines(definition, limit);
  }

  private static List<TableChanges> tables(ChangeSet changes, SampleRows samples, Detail detail) {
    List<ChangeSet.CountedTable> tables = changes.tables();
    return IntStream.range(0, tables.size())
        .mapToObj(
            i -> {
              ChangeSet.CountedTable table = tables.get(i);
              boolean sampled = i < detail.sampled();
              boolean columns = sampled || detail.columns();
              return new TableChanges(
                  table.shape().table(),
                  columns ? table.shape().columns() : List.of(),
                  columns ? table.shape().keyColumns() : List.of(),
                  table.inserted(),
                  table.updated(),
                  table.deleted(),
                  table.shape().rowsInBase(),
                  sampled ? samples.of(table.shape().table()) : List.of(),
                  columns ? samples.updatesOf(table.shape().table()) : List.of());
            })
        .toList();
  }

  private static int bytes(ChangeSummary summary) {
    try {
      return OffshootJson.mapper().writeValueAsBytes(summary).length;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a summary is JSON", e);
    }
  }
}
