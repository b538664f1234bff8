package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.ledger.ReplayStatement;
import dev.offshoot.ledger.ReplayStatement.Phase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What exactly is frozen, and what of it history carries. */
class ChangeSetContentTest {
  private static final String SETUP =
      """
      CREATE SCHEMA app;
      CREATE SEQUENCE sq START 100;
      CREATE TABLE doc (id int PRIMARY KEY, name text, g int GENERATED ALWAYS AS (id + 1) STORED);
      INSERT INTO doc VALUES (1, 'one'), (2, NULL), (3, 'three'), (10, 'ten');
      CREATE TABLE log (a int, b text); INSERT INTO log VALUES (1, 'x'), (1, 'x'), (2, NULL);
      """;

  private static ChangeSetStore store;

  @BeforeAll
  static void makeLedger() throws SQLException {
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    store = ledger.changeSets();
  }

  @Test
  void rows_areFrozenInTheOrderOfTheKey_withTheServersOwnText() throws SQLException {
    try (TestParent parent = PostgresServer.parent(SETUP);
        ExperimentRun run =
            ExperimentRun.of(
                parent,
                store,
                "UPDATE doc SET name = E'a\\tb\\\\' WHERE id IN (2, 10)",
                "DELETE FROM doc WHERE id = 3",
                "INSERT INTO doc VALUES (-5, '')",
                "DELETE FROM log WHERE a = 1",
                "INSERT INTO log VALUES (2, NULL), (2, NULL)")) {
      ChangeSummary summary = run.diff();

      assertThat(run.rows(summary, "public", "doc"))
          .containsExactly(
              RowChange.insert(List.of("-5", "")),
              RowChange.update(Arrays.asList("2", null), List.of("2", "a\tb\\")),
              RowChange.delete(List.of("3", "three")),
              RowChange.update(List.of("10", "ten"), List.of("10", "a\tb\\")));
      assertThat(run.rows(summary, "public", "log"))
          .containsExactly(
              new RowChange(RowChange.Kind.DELETE, List.of("1", "x"), null, 2),
              new RowChange(RowChange.Kind.INSERT, null, Arrays.asList("2", null), 2));
      assertThat(run.frozen(summary).tables())
          .extracting(ChangeSet.CountedTable::shape)
          .first()
          .isEqualTo(
              new ChangedTable(
                  new TableName("public", "doc"),
                  new TableName("public", "doc"),
                  List.of(new ColumnShape("id", "integer"), new ColumnShape("name", "text")),
                  List.of(0),
                  4));
    }
  }

  @Test
  void script_saysWhatRunsBeforeTheRows_whatAfter_andUnderWhichSearchPath() throws SQLException {
    try (TestParent parent = PostgresServer.parent(SETUP);
        ExperimentRun run =
            ExperimentRun.of(
                parent,
                store,
                "ALTER TABLE doc RENAME TO document",
                "UPDATE document SET name = 'two' WHERE id = 2",
                "ALTER TABLE document ALTER name SET NOT NULL",
                "SET search_path = app, public",
                "CREATE TABLE mine (id int PRIMARY KEY)",
                "CREATE INDEX ON document (name)",
                "CREATE VIEW named AS SELECT id FROM document WHERE name IS NOT NULL")) {
      ChangeSummary summary = run.diff();
      ChangeSet frozen = run.frozen(summary);

      String usual = frozen.script().get(0).searchPath();
      assertThat(usual).contains("public");
      assertThat(frozen.script())
          .extracting(ReplayStatement::index, ReplayStatement::phase, ReplayStatement::searchPath)
          .containsExactly(
              tuple(0, Phase.BEFORE_ROWS, usual),
              tuple(4, Phase.BEFORE_ROWS, "app, public"),
              tuple(5, Phase.BEFORE_ROWS, "app, public"),
              tuple(6, Phase.BEFORE_ROWS, "app, public"),
              tuple(2, Phase.AFTER_ROWS, usual));
      assertThat(frozen.tables().get(0).shape().table()).hasToString("document");
      assertThat(frozen.tables().get(0).shape().baseName()).hasToString("doc");
      assertThat(frozen.schemaChanges()).extracting(c -> c.identity()).contains("app.mine");
    }
  }

  @Test
  void rewrittenTables_areThoseOfTheBranchPoint_byTheirNewNames() throws SQLException {
    try (TestParent parent = PostgresServer.parent(SETUP);
        ExperimentRun run =
            ExperimentRun.of(
                parent,
                store,
                "ALTER TABLE doc DROP g, ALTER id TYPE bigint",
                "ALTER TABLE doc RENAME TO document",
                "CREATE TABLE fresh (id int)",
                "ALTER TABLE fresh ALTER id TYPE bigint",
                "TRUNCATE log")) {
      assertThat(run.diff().rewrittenTables()).containsExactly(new TableName("public", "document"));
    }
  }

  @Test
  void valueThatTheServerChoseForANewColumn_isNoOldImage() throws SQLException {
    try (TestParent parent = PostgresServer.parent(SETUP);
        ExperimentRun run =
            ExperimentRun.of(
                parent,
                store,
                "ALTER TABLE doc ADD tag uuid NOT NULL DEFAULT gen_random_uuid(), ADD n int DEFAULT 7",
                "DELETE FROM doc WHERE id > 1")) {
      ChangeSummary summary = run.diff();
      List<RowChange> rows = run.rows(summary, "public", "doc");

      assertThat(rows).hasSize(4);
      assertThat(rows.get(0).before()).isEqualTo(Arrays.asList("1", "one", null, null));
      assertThat(rows.get(0).after()).startsWith("1", "one").doesNotContainNull();
      assertThat(rows.get(1).before()).isEqualTo(Arrays.asList("2", null, null, null));
    }
  }

  @Test
  void sequences_areToldWhereTheyStandElsewhere() throws SQLException {
    try (TestParent parent = PostgresServer.parent(SETUP + "CREATE SEQUENCE unused;");
        ExperimentRun run =
            ExperimentRun.of(
                parent,
                store,
                "SELECT nextval('sq') FROM generate_series(1, 3)",
                "CREATE TABLE app.numbered (id serial PRIMARY KEY, a int GENERATED ALWAYS AS IDENTITY)",
                "INSERT INTO app.numbered VALUES (DEFAULT), (DEFAULT)")) {
      assertThat(run.diff().sequences())
          .containsExactly(
              new SequenceAdvance(new TableName("app", "numbered_a_seq"), 0, 2),
              new SequenceAdvance(new TableName("app", "numbered_id_seq"), 0, 2),
              new SequenceAdvance(new TableName("public", "sq"), 0, 102));
    }
  }

  @Test
  void experimentThatOnlyLooked_changesNothing() throws SQLException {
    try (TestParent parent = PostgresServer.parent(SETUP);
        ExperimentRun run =
            ExperimentRun.of(
                parent, store, "SELECT * FROM doc", "CREATE TEMP TABLE t AS SELECT * FROM doc")) {
      assertThat(run.diff().nothingChanged()).isTrue();
    }
  }

  @Test
  void digest_isOfTheContent_notOfTheExperiment() throws SQLException {
    String[] same = {"UPDATE doc SET name = 'x' WHERE id = 1", "ALTER TABLE doc ADD y int"};
    try (TestParent parent = PostgresServer.parent(SETUP);
        ExperimentRun one = ExperimentRun.of(parent, store, same);
        ExperimentRun other = ExperimentRun.of(parent, store, same);
        ExperimentRun different =
            ExperimentRun.of(parent, store, "UPDATE doc SET name = 'y' WHERE id = 1", same[1])) {
      String digest = one.diff().digest();

      assertThat(other.diff().digest()).isEqualTo(digest);
      assertThat(different.diff().digest()).isNotEqualTo(digest);
    }
  }

  @Test
  void summary_staysSmall_whateverIsInTheChangeSet() throws Exception {
    int tables = 30;
    int columns = 60;
    List<String> statements = new ArrayList<>();
    String values =
        IntStream.range(0, columns)
            .mapToObj(i -> "repeat('\u202e' || '" + i + "', 120)")
            .collect(Collectors.joining(", "));
    for (int t = 0; t < tables; t++) {
      String table = "wide%02d".formatted(t);
      statements.add(
          "CREATE TABLE %s (%s)"
              .formatted(
                  table,
                  IntStream.range(0, columns)
                      .mapToObj(i -> "column_with_a_long_name_" + i + " text")
                      .collect(Collectors.joining(", "))));
      statements.add(
          "INSERT INTO %s SELECT %s FROM generate_series(1, 3)".formatted(table, values));
    }
    try (TestParent parent = PostgresServer.parent("");
        ExperimentRun run = ExperimentRun.of(parent, store, statements.toArray(String[]::new))) {
      ChangeSummary summary = run.diff();

      assertThat(OffshootJson.mapper().writeValueAsBytes(summary)).hasSizeLessThan(200_000);
      assertThat(summary.tables()).hasSize(tables);
      assertThat(summary.inserted()).isEqualTo(3L * tables);
      assertThat(summary.schemaChangeCount()).isEqualTo(tables * (columns + 1));
      assertThat(summary.schemaScript()).hasSize(tables);
      assertThat(run.frozen(summary).schemaChanges()).hasSize(tables * (columns + 1));
    }
  }

  @Test
  void samples_areTheFirstRows_madeSafeToShow() throws SQLException {
    try (TestParent parent = PostgresServer.parent(SETUP);
        ExperimentRun run =
            ExperimentRun.of(
                parent,
                store,
                "INSERT INTO doc SELECT i, repeat('\u202ey', 500) FROM generate_series(100, 120) i")) {
      TableChanges table = run.diff().tables().get(0);

      assertThat(table.inserted()).isEqualTo(21);
      assertThat(table.sample()).hasSize(5);
      assertThat(table.sample().get(0).after().get(0)).isEqualTo("100");
      assertThat(table.sample().get(0).after().get(1))
          .startsWith("\\u202ey\\u202ey")
          .doesNotContain("\u202e")
          .endsWith("characters)")
          .hasSizeLessThan(240);
    }
  }
}
