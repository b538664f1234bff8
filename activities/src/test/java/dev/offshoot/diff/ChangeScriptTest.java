package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.DatabaseDump;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.ledger.ReplayStatement;
import dev.offshoot.text.ChangeScript;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The SQL of a change set, run on a copy of its parent, makes the branch. */
class ChangeScriptTest {
  private static ChangeSetStore store;

  @BeforeAll
  static void start() throws SQLException {
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    store = ledger.changeSets();
  }

  /**
   * @param name what is tried
   * @param parent its contents
   * @param experiment its statements
   */
  record Case(String name, String parent, String experiment) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "values that only look harmless, under names that are none",
            """
            CREATE SCHEMA "Weird ""S";
            CREATE TYPE "Weird ""S".mood AS ENUM ('glad', 'it''s', 'b\\ck');
            CREATE TABLE "Weird ""S"."T able" (
              "Id" numeric PRIMARY KEY, "select" text, "a\u202Eb" "Weird ""S".mood, j json, f float8,
              b bytea, t timestamptz, a text[], ok boolean, n numeric, i interval, u uuid, m money);
            INSERT INTO "Weird ""S"."T able" ("Id", "select") VALUES (1.0, 'x'), (2.50, 'y'), ('NaN', 'z');
            """,
            """
            INSERT INTO "Weird ""S"."T able" VALUES
              (3, E'tab\\there\\n\\x1b[2J', 'it''s', '{"a":1, "a":2}', '-0', '\\xde00', 'infinity',
               '{"a,b",NULL,"\\\\"}', true, 1.10, '-1 mon +3 days', gen_random_uuid(), 12.5),
              (4, U&'\\202Eevil', 'b\\ck', '[]', 'NaN', '', '0044-03-15 12:00 BC', '{}', false, 1e30,
               '1 mon', NULL, -1),
              (5, '--', NULL, 'null', 1e-300, NULL, NULL, NULL, NULL, -7, NULL, NULL, NULL);
            UPDATE "Weird ""S"."T able" SET "select" = $$'; DROP TABLE x; --\\$$, n = 1.00 WHERE "Id" = 1;
            UPDATE "Weird ""S"."T able" SET "a\u202Eb" = 'glad' WHERE "Id" = 'NaN';
            DELETE FROM "Weird ""S"."T able" WHERE "Id" = 2.5;
            """),
        new Case(
            "foreign keys in a circle, cascades, moved children, triggers and rules that rest",
            """
            CREATE TABLE a (id int PRIMARY KEY, b_id int, changes int DEFAULT 0);
            CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a ON DELETE CASCADE);
            ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b ON DELETE SET NULL;
            COMMENT ON CONSTRAINT a_b ON a IS 'there and back';
            CREATE FUNCTION count_changes() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN NEW.changes := OLD.changes + 1; RETURN NEW; END $$;
            CREATE TRIGGER counting BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION count_changes();
            CREATE TRIGGER never BEFORE DELETE ON a FOR EACH ROW EXECUTE FUNCTION count_changes();
            ALTER TABLE a DISABLE TRIGGER never; ALTER TABLE a ENABLE ALWAYS TRIGGER counting;
            CREATE TABLE said (id int PRIMARY KEY, what text);
            CREATE RULE twice AS ON INSERT TO b DO ALSO INSERT INTO said VALUES (NEW.id, 'b');
            INSERT INTO a (id) SELECT g FROM generate_series(1, 5) g;
            INSERT INTO b SELECT g, g FROM generate_series(1, 5) g; UPDATE a SET b_id = id;
            """,
            """
            UPDATE b SET a_id = 1 WHERE a_id = 2; UPDATE a SET b_id = NULL WHERE id = 2;
            DELETE FROM a WHERE id = 2; DELETE FROM a WHERE id = 3;
            INSERT INTO a (id) VALUES (9); INSERT INTO b VALUES (9, 9); UPDATE a SET b_id = 9 WHERE id = 9;
            """),
        new Case(
            "unique values change places, go to new rows and come from deleted ones",
            """
            CREATE TABLE item (id int PRIMARY KEY, list int, place int, code text UNIQUE, UNIQUE (list, place));
            INSERT INTO item SELECT g, g % 2, g, 'c' || g FROM generate_series(1, 8) g;
            """,
            """
            UPDATE item SET place = place + 100; UPDATE item SET place = 110 - place;
            DELETE FROM item WHERE id = 1; UPDATE item SET code = 'c1' WHERE id = 2;
            INSERT INTO item VALUES (20, 7, 7, 'c2');
            """),
        new Case(
            "rows without a key, also on partitions",
            """
            CREATE TABLE log (line text, at date, extra point);
            CREATE TABLE part (n int, line text) PARTITION BY LIST (n);
            CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
            CREATE TABLE part_2 PARTITION OF part FOR VALUES IN (2);
            INSERT INTO log SELECT 'same', '2026-01-01', '(1,2)' FROM generate_series(1, 5);
            INSERT INTO log VALUES (NULL, NULL, NULL), ('', NULL, NULL);
            INSERT INTO part SELECT 1 + g % 2, 'x' FROM generate_series(1, 6) g;
            """,
            """
            DELETE FROM log WHERE ctid IN (SELECT ctid FROM log WHERE line = 'same' LIMIT 2);
            DELETE FROM log WHERE line = ''; INSERT INTO log VALUES ('new', NULL, NULL), ('new', NULL, NULL);
            DELETE FROM part WHERE ctid = (SELECT min(ctid) FROM part_1) AND n = 1;
            UPDATE part SET n = 1 WHERE ctid = (SELECT min(ctid) FROM part_2) AND n = 2;
            """),
        new Case(
            "schema before and after the rows, under another search path, and a table made of a query",
            """
            CREATE SCHEMA side; CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, old text);
            INSERT INTO t (old) VALUES ('a'), ('b');
            """,
            """
            ALTER TABLE t ADD COLUMN fresh text, ADD COLUMN twice int GENERATED ALWAYS AS (id * 2) STORED;
            UPDATE t SET fresh = upper(old);
            ALTER TABLE t ALTER COLUMN fresh SET NOT NULL;
            SET search_path = side, public;
            CREATE TABLE copied AS SELECT id, old FROM t -- of now
            ;
            DELETE FROM copied WHERE id = 1;
            CREATE VIEW seen AS SELECT id FROM copied;
            INSERT INTO t (old, fresh) VALUES ('c', 'C');
            CREATE SEQUENCE ticket START 5; SELECT nextval('ticket');
            """));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void script_makesTheBranch(Case each) throws SQLException {
    try (TestParent parent = PostgresServer.parent(each.parent());
        TestParent copy = PostgresServer.parent(each.parent());
        ExperimentRun run =
            new ExperimentRun(
                parent,
                store,
                TransactionMode.PER_STATEMENT,
                SqlScript.split(each.experiment()).stream()
                    .map(SqlStatement::text)
                    .toArray(String[]::new))) {
      ChangeSummary summary = run.diff();
      String script = script(run.frozen(summary), run, summary);

      try (Connection owner = copy.ownerConnection();
          Statement statement = owner.createStatement()) {
        statement.setEscapeProcessing(false);
        statement.execute(script);
      }

      assertThat(copy.dump()).as(script).isEqualTo(DatabaseDump.of(run.ref().branchName()));
      assertThat(script.codePoints()).noneMatch(c -> c != '\n' && Character.isISOControl(c));
    }
  }

  private static String script(ChangeSet changes, ExperimentRun run, ChangeSummary summary) {
    List<ReplayedStatement> statements =
        changes.script().stream()
            .map(
                statement ->
                    new ReplayedStatement(
                        statement.index(),
                        statement.sql(),
                        statement.searchPath(),
                        statement.phase() == ReplayStatement.Phase.AFTER_ROWS))
            .toList();
    List<String> lines = new ArrayList<>();
    ChangeScript.write(
        changes.digest(),
        statements,
        changes.schemaChanges(),
        summary.tables(),
        changes.sequences(),
        (table, stretches) -> inTwos(rows(run, summary, table), stretches),
        lines::add);
    return String.join("\n", lines);
  }

  private static List<RowChange> rows(
      ExperimentRun run, ChangeSummary summary, TableChanges table) {
    return run.rows(summary, table.table().schema(), table.table().name());
  }

  /** In stretches as small as pages can be. */
  private static void inTwos(List<RowChange> rows, Consumer<List<RowChange>> stretches) {
    for (int i = 0; i < rows.size(); i += 2) {
      stretches.accept(rows.subList(i, Math.min(rows.size(), i + 2)));
    }
  }
}
