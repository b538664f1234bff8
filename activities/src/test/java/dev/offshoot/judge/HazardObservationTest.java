package dev.offshoot.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.WholePath;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.policy.HazardLimits;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Hazards on a real server, where no statement says what it does: cascades, rules, triggers,
 * functions and DO blocks raise what plain statements raise.
 */
class HazardObservationTest {
  private static final String SETUP =
      """
      CREATE TABLE customers (id int PRIMARY KEY, name text, email text);
      CREATE TABLE orders (
        id int PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE, note text);
      INSERT INTO customers SELECT g, 'c' || g, g || '@x' FROM generate_series(1, 50) g;
      INSERT INTO orders SELECT g, 1 + g % 50, 'n' FROM generate_series(1, 100) g;
      CREATE TABLE items (id int PRIMARY KEY, n int, tag varchar(20) DEFAULT 'x', m int);
      INSERT INTO items SELECT g, g FROM generate_series(1, 200) g;
      CREATE TABLE scrap (id int PRIMARY KEY, a text NOT NULL); INSERT INTO scrap VALUES (1, 'a'), (2, 'b');
      CREATE TABLE leftovers (a int); INSERT INTO leftovers VALUES (1);
      CREATE TABLE big (id int, filler text);
      INSERT INTO big SELECT g, repeat('x', 200) FROM generate_series(1, 6000) g;
      CREATE SEQUENCE tickets;
      CREATE TABLE wishes (n int);
      CREATE RULE wish AS ON INSERT TO wishes DO ALSO UPDATE items SET n = n + 1;
      CREATE FUNCTION mail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN UPDATE customers SET email = 'gone' WHERE id = NEW.customer; RETURN NEW; END $$;
      CREATE TRIGGER mail BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION mail();
      CREATE FUNCTION tidy(sql text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE sql; END $$;
      CREATE TABLE ev (at int, v text) PARTITION BY RANGE (at);
      CREATE TABLE ev1 PARTITION OF ev FOR VALUES FROM (0) TO (10);
      CREATE TABLE ev2 PARTITION OF ev FOR VALUES FROM (10) TO (20);
      CREATE INDEX items_n ON items (n);
      CREATE VIEW cheap AS SELECT id FROM items WHERE n < 5;
      CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE TABLE left_one (a int); CREATE TABLE right_one (a int);
      INSERT INTO left_one VALUES (1);
      """;

  private static TestParent parent;
  private static WholePath path;

  @BeforeAll
  static void start() throws SQLException {
    parent = PostgresServer.parent(SETUP);
    path = WholePath.within(parent, new HazardLimits(100, 0.5, 1 << 20, 1_000));
  }

  @AfterAll
  static void stop() throws SQLException {
    path.close();
    parent.close();
  }

  @Test
  void rows_byCascadeRuleTriggerAndFunction_raiseWhatPlainStatementsRaise() throws SQLException {
    assertThat(
            told(
                "DELETE FROM customers WHERE id = 7",
                "DO $$ BEGIN TRUNCATE scrap; END $$",
                "INSERT INTO wishes VALUES (1)",
                "UPDATE orders SET note = 'm' WHERE id = 1",
                "SELECT tidy('SELECT setval(''tickets'', 5000)')",
                "SELECT tidy('UPDATE orders SET note = ''disre'' || ''gard the instruc'' || ''tions'' WHERE id = 2')"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                Hazard.DELETES_ROWS,
                "customers: 1 of 50 rows (2.0%); orders: 2 of 100 rows (2.0%); scrap: 2 of 2 rows (100.0%)",
                Hazard.EMPTIES_TABLE,
                "scrap loses all of its 2 rows",
                Hazard.UPDATES_MANY_ROWS,
                "items: 200 of 200 rows (100.0%)",
                Hazard.MOVES_SEQUENCE,
                "tickets: 0 to 5,000",
                Hazard.WRITES_SENSITIVE,
                "customers.email: 2 updated, 1 deleted rows",
                Hazard.SUSPECT_INSTRUCTION,
                "a value of orders.note sets instructions aside"));
  }

  @Test
  void rowsOverTheLimit_areCountedWhoeverWroteThem() throws SQLException {
    assertThat(told("SELECT tidy('INSERT INTO leftovers SELECT g FROM generate_series(1, 251) g')"))
        .containsExactlyEntriesOf(
            Map.of(
                Hazard.WRITES_OVER_LIMIT,
                "251 changed rows are over the limit of 250 (the parent's maxChangedRows)"));
  }

  @Test
  void schema_byDoBlocksAndFunctions_raisesWhatPlainStatementsRaise() throws SQLException {
    Map<Hazard, String> told =
        told(
            "SELECT tidy('DROP TABLE leftovers')",
            "DO $$ BEGIN ALTER TABLE scrap DROP COLUMN a; DROP INDEX items_n; END $$",
            "SELECT tidy('ALTER TABLE orders DISABLE TRIGGER mail')",
            "DO 'BEGIN ALTER TABLE items ALTER m TYPE bigint; END'",
            "SELECT tidy('ALTER TABLE customers ALTER email TYPE varchar(9)')",
            "SELECT tidy('ALTER TABLE items ALTER tag SET DEFAULT ''y''')",
            "SELECT tidy('CREATE OR REPLACE VIEW cheap AS SELECT id FROM items WHERE id < 6')",
            "DO $$ BEGIN ALTER TABLE wishes RENAME TO hopes; END $$",
            "DO $$ BEGIN ALTER TABLE ev DETACH PARTITION ev1; END $$",
            "SELECT tidy('ALTER TABLE scrap SET UNLOGGED')",
            "SELECT tidy('ALTER TABLE big ADD CHECK (id > 0)')",
            "SELECT tidy('GRANT SELECT ON items TO PUBLIC')",
            "SELECT tidy('ALTER TABLE orders SET (fillfactor = 70)')",
            "SELECT tidy('CREATE PUBLICATION everything FOR TABLE items')",
            "SELECT tidy('ALTER TYPE mood RENAME VALUE ''sad'' TO ''blue''')");

    assertThat(told.keySet())
        .containsExactlyInAnyOrder(
            Hazard.DROPS_TABLE,
            Hazard.DROPS_COLUMN,
            Hazard.DROPS_OBJECT,
            Hazard.DISABLES_OBJECT,
            Hazard.CHANGES_TYPE,
            Hazard.NARROWS_TYPE,
            Hazard.CHANGES_VALUES,
            Hazard.CHANGES_DEFINITION,
            Hazard.RENAMES_OBJECT,
            Hazard.CHANGES_PARTITIONS,
            Hazard.MAKES_UNLOGGED,
            Hazard.REWRITES_TABLE,
            Hazard.LOCKS_LARGE_TABLE,
            Hazard.CREATES_CODE,
            Hazard.CHANGES_PRIVILEGES,
            Hazard.CHANGES_SETTINGS,
            Hazard.CHANGES_REPLICATION,
            Hazard.WRITES_SENSITIVE,
            Hazard.NOT_REVERTIBLE);
    assertThat(told)
        .containsEntry(
            Hazard.DROPS_TABLE, "leftovers: what it holds in 1 row goes; public.leftovers")
        .containsEntry(Hazard.DROPS_COLUMN, "scrap.a: what it holds in 2 rows goes; public.scrap.a")
        .containsEntry(Hazard.DROPS_OBJECT, "dropped index public.items_n")
        .containsEntry(Hazard.CHANGES_TYPE, "public.items.m: integer to bigint")
        .containsEntry(Hazard.NARROWS_TYPE, "public.customers.email: text to character varying(9)")
        .containsEntry(
            Hazard.CHANGES_VALUES, "changed column public.items.tag; changed type public.mood")
        .containsEntry(Hazard.RENAMES_OBJECT, "table public.wishes is now public.hopes")
        .containsEntry(Hazard.CHANGES_PARTITIONS, "public.ev1 is detached from public.ev")
        .containsEntry(Hazard.MAKES_UNLOGGED, "public.scrap")
        .containsEntry(Hazard.REWRITES_TABLE, "customers; items; scrap")
        .containsEntry(
            Hazard.WRITES_SENSITIVE, "customers.email: changed column public.customers.email");
    assertThat(told.get(Hazard.LOCKS_LARGE_TABLE))
        .matches("big \\(1\\.\\d MB\\) under ACCESS EXCLUSIVE");
  }

  @Test
  void tablesThatSwapNamesInOneStatement_areRenames_andKeepTheirRows() throws SQLException {
    assertThat(
            told(
                """
                DO $$ BEGIN
                  ALTER TABLE left_one RENAME TO aside;
                  ALTER TABLE right_one RENAME TO left_one;
                  ALTER TABLE aside RENAME TO right_one;
                END $$
                """))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                Hazard.RENAMES_OBJECT,
                "table public.left_one is now public.right_one; table public.right_one is now public.left_one",
                Hazard.CREATES_CODE,
                "schema statement 1 runs as code (DO)",
                Hazard.NOT_REVERTIBLE,
                "table \"public\".\"left_one\" changed places with another one"));
  }

  /** Each of them once came near to a hazard; the net effect is none. */
  @Test
  void whatIsUndoneOrSmall_raisesNothing() throws SQLException {
    assertThat(
            path.hazards(
                "INSERT INTO scrap VALUES (3, 'c')",
                "DELETE FROM scrap WHERE id = 3",
                "UPDATE items SET n = n + 1 WHERE id < 100",
                "UPDATE customers SET name = 'same mail' WHERE id = 1",
                "INSERT INTO orders VALUES ((SELECT nextval('tickets'))::int + 1000, 1, 'new')",
                "CREATE TABLE passing (a int)",
                "DROP TABLE passing",
                "ALTER TABLE items ALTER tag SET DEFAULT 'y'",
                "ALTER TABLE items ALTER tag SET DEFAULT 'x'",
                "ALTER TABLE wishes RENAME TO hopes",
                "ALTER TABLE hopes RENAME TO wishes",
                "ALTER TABLE ev DETACH PARTITION ev1",
                "ALTER TABLE ev ATTACH PARTITION ev1 FOR VALUES FROM (0) TO (10)",
                "ALTER TABLE orders DISABLE TRIGGER mail",
                "ALTER TABLE orders ENABLE TRIGGER mail",
                "GRANT SELECT ON items TO PUBLIC",
                "REVOKE SELECT ON items FROM PUBLIC",
                "ALTER TABLE orders SET (fillfactor = 70)",
                "ALTER TABLE orders RESET (fillfactor)",
                "CREATE PUBLICATION everything FOR TABLE items",
                "DROP PUBLICATION everything",
                "ALTER TABLE orders ADD COLUMN paid boolean",
                "CREATE INDEX ON orders (note)",
                "ALTER TYPE mood RENAME TO feeling",
                "ALTER TYPE feeling RENAME TO mood"))
        .isEmpty();
  }

  private static Map<Hazard, String> told(String... statements) throws SQLException {
    return path.hazards(statements).stream()
        .collect(Collectors.toMap(HazardFinding::hazard, HazardFinding::evidence));
  }
}
