package dev.offshoot.cli;

import dev.offshoot.activity.JanitorActivities;
import dev.offshoot.activity.ParentActivities;
import dev.offshoot.activity.ReadActivities;
import dev.offshoot.domain.AuditPage;
import dev.offshoot.domain.BranchView;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.Reverted;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaPage;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.ValuePart;
import dev.offshoot.workflow.BranchWorkflows;
import dev.offshoot.workflow.OffshootNames;
import dev.offshoot.workflow.ParentWorkflows;
import dev.offshoot.workflow.ReadWorkflows;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.failure.TimeoutFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks the worker through its short read workflows; each question has an end. */
final class ReadQuestions {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Most rows of a page. */
  private static final int MOST_ROWS = 1_000;

  /** With what a cut value ends, and a whole one hardly ever. */
  private static final String CUT = " characters)";

  private final Connection connection;

  ReadQuestions(Connection connection) {
    this.connection = connection;
  }

  /**
   * Some rows of a frozen change set.
   *
   * @param rows in its order
   * @param next where to go on; absent at the end
   */
  record Page(List<RowChange> rows, @Nullable Long next) {}

  /** What a change set holds besides rows, all of it. */
  SchemaPage schema(String digest) {
    List<ReplayedStatement> script = new ArrayList<>();
    List<SchemaChange> changes = new ArrayList<>();
    List<TableChanges> tables = new ArrayList<>();
    @Nullable Integer from = null;
    do {
      ReadActivities.ReadSchema request = new ReadActivities.ReadSchema(digest, from);
      SchemaPage page = answered(() -> stub(ReadWorkflows.ReadSchemaWorkflow.class).run(request));
      script.addAll(page.script());
      changes.addAll(page.changes());
      tables.addAll(page.tables());
      from = page.next();
    } while (from != null);
    return new SchemaPage(digest, script, changes, tables, null);
  }

  /**
   * Rows of one table, page by page.
   *
   * @param start number of the first, from 0
   * @param most how many at most
   * @param whole whether values that fit no page are wanted whole, else cut with their length
   * @return where to go on; absent at the end
   */
  @Nullable Long rows(
      String digest,
      TableChanges table,
      long start,
      long most,
      int pageSize,
      boolean whole,
      Consumer<List<RowChange>> pages) {
    @Nullable Long from = start;
    long left = most;
    do {
      long begin = from;
      int limit = (int) Math.min(pageSize, left);
      DiffPage page = page(digest, table.table(), begin, limit);
      if (!page.rows().isEmpty()) {
        pages.accept(
            page.cut() && whole
                ? List.of(completed(digest, table.table(), begin, page.rows().get(0)))
                : page.rows());
      }
      left -= page.rows().size();
      from = page.next();
    } while (from != null && left > 0);
    return from;
  }

  /** The same as one page, whole; for not too many rows. */
  Page page(String digest, TableChanges table, long start, long most) {
    List<RowChange> rows = new ArrayList<>();
    @Nullable Long next = rows(digest, table, start, most, MOST_ROWS, true, rows::addAll);
    return new Page(rows, next);
  }

  /** For few rows; values that fit no page are cut. */
  List<RowChange> firstRows(String digest, TableName table, int most) {
    List<RowChange> rows = new ArrayList<>();
    @Nullable Long from = 0L;
    while (from != null && rows.size() < most) {
      DiffPage page = page(digest, table, from, Math.min(MOST_ROWS, most - rows.size()));
      rows.addAll(page.rows());
      from = page.next();
    }
    return rows;
  }

  /** A stretch of one table as the ledger pages it; may have fewer rows than asked for. */
  DiffPage page(String digest, TableName table, long from, int limit) {
    ReadActivities.ReadDiff request = new ReadActivities.ReadDiff(digest, table, from, limit);
    return answered(() -> stub(ReadWorkflows.ReadDiffWorkflow.class).run(request));
  }

  /** The row with its values read part by part, where what is at hand may be cut. */
  private RowChange completed(String digest, TableName table, long row, RowChange cut) {
    return new RowChange(
        cut.kind(),
        completed(digest, table, row, cut.before(), false),
        completed(digest, table, row, cut.after(), true),
        cut.count());
  }

  private @Nullable List<@Nullable String> completed(
      String digest,
      TableName table,
      long row,
      @Nullable List<@Nullable String> image,
      boolean after) {
    if (image == null) {
      return null;
    }
    List<@Nullable String> values = new ArrayList<>();
    for (int column = 0; column < image.size(); column++) {
      @Nullable String value = image.get(column);
      values.add(
          value != null && value.endsWith(CUT) ? value(digest, table, row, column, after) : value);
    }
    return values;
  }

  private String value(String digest, TableName table, long row, int column, boolean after) {
    StringBuilder value = new StringBuilder();
    @Nullable Integer from = null;
    do {
      ReadActivities.ReadValue request =
          new ReadActivities.ReadValue(digest, table, row, column, after, from);
      ValuePart part = answered(() -> stub(ReadWorkflows.ReadValueWorkflow.class).run(request));
      value.append(part.text());
      from = part.next();
    } while (from != null);
    return value.toString();
  }

  List<ExperimentRow> experiments(@Nullable String parent, @Nullable String tenant, int most) {
    ReadActivities.ListExperiments request =
        new ReadActivities.ListExperiments(parent, tenant, most);
    return answered(() -> stub(ReadWorkflows.ListExperimentsWorkflow.class).run(request));
  }

  /** All parents, or the one that is named. */
  List<ParentView> parents(@Nullable String parent) {
    ParentActivities.ViewParents request = new ParentActivities.ViewParents(parent);
    return answered(() -> stub(ParentWorkflows.ViewParentsWorkflow.class).run(request));
  }

  /** Who has taken back the merge of {@code merged}; nothing if nobody has. */
  @Nullable Reverted reverted(ExperimentId merged) {
    ReadActivities.ReadReverted request = new ReadActivities.ReadReverted(merged);
    return answered(() -> stub(ReadWorkflows.ReadRevertedWorkflow.class).run(request));
  }

  /** All branches, or those of the parent that is named. */
  List<BranchView> branches(@Nullable String parent) {
    JanitorActivities.ViewBranches request = new JanitorActivities.ViewBranches(parent);
    return answered(() -> stub(BranchWorkflows.ViewBranchesWorkflow.class).run(request));
  }

  /**
   * The chain of audit records, page by page.
   *
   * @param start number of the first; absent for the oldest
   */
  void audit(@Nullable Long start, Consumer<AuditPage> pages) {
    @Nullable Long from = start;
    do {
      ReadActivities.ReadAudit request = new ReadActivities.ReadAudit(from);
      AuditPage page = answered(() -> stub(ReadWorkflows.ReadAuditWorkflow.class).run(request));
      pages.accept(page);
      from = page.next();
    } while (from != null);
  }

  List<HealthFinding> health() {
    return answered(() -> stub(ReadWorkflows.DoctorWorkflow.class).run());
  }

  private static <T extends @Nullable Object> T answered(Supplier<T> question) {
    try {
      return question.get();
    } catch (WorkflowFailedException e) {
      if (e.getCause() instanceof TimeoutFailure) {
        throw new CliException(
            ExitCode.UNREACHABLE,
            "no worker answered within " + PATIENCE.toSeconds() + " s",
            "start one with ./offshoot up or ./offshoot worker --config FILE",
            e);
      }
      throw e;
    }
  }

  private <T> T stub(Class<T> type) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId("offshoot-read-" + UUID.randomUUID())
            .setTaskQueue(OffshootNames.TASK_QUEUE)
            .setWorkflowExecutionTimeout(PATIENCE)
            .build();
    return connection.temporal().newWorkflowStub(type, options);
  }
}
