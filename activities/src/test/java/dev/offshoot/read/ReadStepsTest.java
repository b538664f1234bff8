package dev.offshoot.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.activity.ReadActivities.ListExperiments;
import dev.offshoot.activity.ReadActivities.ReadDiff;
import dev.offshoot.activity.ReadActivities.ReadSchema;
import dev.offshoot.activity.ReadActivities.ReadValue;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.HealthFinding.Level;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaPage;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.ValuePart;
import dev.offshoot.judge.NoJudge;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.ledger.ReplayStatement;
import dev.offshoot.ledger.Undoing;
import dev.offshoot.step.Progress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReadStepsTest {
  private static final TableName ORDERS = new TableName("public", "orders");

  private static Ledger ledger;
  private static TestParent parent;
  private static PostgresBranchProvider provider;
  private static ReadSteps steps;

  @BeforeAll
  static void start() throws SQLException {
    ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    parent = PostgresServer.parent("CREATE TABLE t (id int)");
    provider = new PostgresBranchProvider(parent.config());
    steps = new ReadSteps(ledger, parents(parent.config(), provider), new NoJudge());
  }

  @AfterAll
  static void stop() throws SQLException {
    provider.close();
    parent.close();
  }

  @Test
  void pages_coverAllRowsOnceAndInOrder() {
    String digest = frozen(rows(2_345, "x"));
    List<RowChange> read = new ArrayList<>();
    @Nullable Long from = null;
    int pages = 0;
    do {
      DiffPage page = steps.page(new ReadDiff(digest, ORDERS, from, 1_000));
      read.addAll(page.rows());
      from = page.next();
      pages++;
    } while (from != null);

    assertThat(pages).isEqualTo(3);
    assertThat(read).isEqualTo(rows(2_345, "x"));
  }

  @Test
  void wideRows_comeInSmallerPages_andAGiantIsCut() {
    String digest = frozen(rows(4, "y".repeat(200_000)));
    DiffPage page = steps.page(new ReadDiff(digest, ORDERS, null, 1_000));
    assertThat(page.rows()).hasSize(2);
    assertThat(page.next()).isEqualTo(2);

    String giant = frozen(rows(2, "z".repeat(3_000_000)));
    DiffPage first = steps.page(new ReadDiff(giant, ORDERS, null, 1_000));
    assertThat(first.rows()).hasSize(1);
    assertThat(first.next()).isEqualTo(1);
    assertThat(first.rows().get(0).after())
        .isNotNull()
        .last()
        .asString()
        .endsWith("…(3000000 characters)");
    assertThat(first.cut()).isTrue();
    assertThat(page.cut()).isFalse();
  }

  @Test
  void aGiantValue_isReadWhole_partByPart() {
    String value = "a" + "😀".repeat(600_000);
    String digest = frozen(rows(2, value));
    StringBuilder read = new StringBuilder();
    @Nullable Integer from = null;
    do {
      ValuePart part = steps.value(new ReadValue(digest, ORDERS, 1, 1, true, from));
      read.append(part.text());
      from = part.next();
    } while (from != null);

    assertThat(read.toString().equals(value)).isTrue();
    for (ReadValue nothing :
        List.of(
            new ReadValue(digest, ORDERS, 2, 1, true, null),
            new ReadValue(digest, ORDERS, 0, 2, true, null),
            new ReadValue(digest, ORDERS, 0, 1, false, null))) {
      assertThatThrownBy(() -> steps.value(nothing))
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }
  }

  @Test
  void schemaAndTables_comeWhole_inPages() {
    List<ReplayStatement> script = new ArrayList<>();
    List<SchemaChange> changes = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      script.add(
          new ReplayStatement(
              i, "-- " + i + "s".repeat(200_000), "side", ReplayStatement.Phase.AFTER_ROWS));
      changes.add(
          new SchemaChange(
              SchemaChange.Kind.CREATED, "view", "public.v" + i, null, "v".repeat(200_000)));
    }
    String digest = frozen(rows(1, "x"), script, changes);
    List<String> read = new ArrayList<>();
    List<TableChanges> tables = new ArrayList<>();
    @Nullable Integer from = null;
    int pages = 0;
    do {
      SchemaPage page = steps.schema(new ReadSchema(digest, from));
      page.script().forEach(statement -> read.add(statement.sql() + statement.afterRows()));
      page.changes().forEach(change -> read.add(change.identity()));
      tables.addAll(page.tables());
      from = page.next();
      pages++;
    } while (from != null);

    assertThat(pages).isBetween(6, 10);
    assertThat(read)
        .hasSize(14)
        .doesNotHaveDuplicates()
        .contains(script.get(6).sql() + "true", "public.v0", "public.v6");
    assertThat(tables).singleElement().satisfies(t -> assertThat(t.columns()).hasSize(2));
  }

  @Test
  void unknownDigestOrTable_isNotFound() {
    String digest = frozen(rows(1, "x"));

    for (ReadDiff request :
        List.of(
            new ReadDiff("nope", ORDERS, null, 1),
            new ReadDiff(digest, new TableName("public", "nope"), null, 1))) {
      assertThatThrownBy(() -> steps.page(request))
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }
  }

  @Test
  void experiments_areListedFromTheLedger() {
    BranchRef ref = new BranchRef(new ExperimentId("listed"), 1, "elsewhere");
    register(ref, Instant.now().plus(Duration.ofHours(1)));

    assertThat(steps.experiments(new ListExperiments("elsewhere", null, 0)))
        .singleElement()
        .satisfies(row -> assertThat(row.id()).isEqualTo(ref.experimentId()));
    assertThat(steps.experiments(new ListExperiments("nowhere", null, 10))).isEmpty();
  }

  @Test
  void examine_tellsBranchesThatTheLedgerDoesNotKnow_andThoseThatAreLate() {
    BranchRef unknown = made("unknown-1");
    assertThat(branches())
        .satisfies(
            finding -> {
              assertThat(finding.level()).isEqualTo(Level.WARNING);
              assertThat(finding.finding()).contains("does not know offshoot_unknown-1");
            });

    register(unknown, Instant.now().minusSeconds(5));
    assertThat(branches().finding()).contains("past their deadline: offshoot_unknown-1");

    ledger.branches().extend(unknown, Instant.now().plusSeconds(600));
    assertThat(branches().level()).isEqualTo(Level.OK);
    provider.drop(unknown);
    ledger.branches().dropped(unknown, "done");
  }

  @Test
  void examine_neverFails_whateverIsBroken() {
    ParentConfig down =
        ParentConfig.of("down", "jdbc:postgresql://127.0.0.1:1/shop", "nobody", "secret-word");
    try (PostgresBranchProvider nobody = new PostgresBranchProvider(down)) {
      List<HealthFinding> findings =
          new ReadSteps(ledger, parents(down, nobody), new NoJudge()).findings();

      assertThat(findings).extracting(HealthFinding::level).contains(Level.BROKEN, Level.WARNING);
      assertThat(findings.toString()).doesNotContain("secret-word").contains("ledger", "down");
    }
  }

  private static HealthFinding branches() {
    return steps.findings().stream()
        .filter(finding -> finding.subject().equals("branches"))
        .findFirst()
        .orElseThrow();
  }

  private static BranchRef made(String id) {
    BranchRef ref = new BranchRef(new ExperimentId(id), 1, parent.database());
    provider.create(ref, Instant.now().plus(Duration.ofHours(1)), Progress.NONE);
    return ref;
  }

  private static void register(BranchRef ref, Instant deadline) {
    ledger
        .branches()
        .register(
            ref,
            "postgres",
            ref.experimentId().workflowId(),
            "run-1",
            ExperimentSpec.builder().goal("g").parent(ref.parent()).requestedBy("me").build(),
            deadline);
    ledger.branches().ready(ref);
  }

  private static Parents parents(ParentConfig config, PostgresBranchProvider home) {
    return new Parents(List.of(new Parents.Parent(config, home)));
  }

  private static List<RowChange> rows(int count, String note) {
    List<RowChange> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(RowChange.insert(List.of(Integer.toString(i), note)));
    }
    return rows;
  }

  private static String frozen(List<RowChange> rows) {
    return frozen(rows, List.of(), List.of());
  }

  private static String frozen(
      List<RowChange> rows, List<ReplayStatement> script, List<SchemaChange> changes) {
    try (ChangeSetStore.Writer writer = ledger.changeSets().begin(new ExperimentId("e1"))) {
      writer.startTable(
          new ChangedTable(
              ORDERS,
              ORDERS,
              List.of(new ColumnShape("id", "int"), new ColumnShape("note", "text")),
              List.of(0),
              9));
      rows.forEach(writer::row);
      return writer.freeze(script, changes, List.of(), List.of(), Undoing.OF_ROWS).digest();
    }
  }
}
