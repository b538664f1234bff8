package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Collisions: all are listed at once, as {@code KIND table[key] column: base | parent | branch},
 * and the parent stays as its users left it. Each case fails if the guard that it is about does.
 */
class MergeConflictTest {
  private static final String ITEMS =
      """
      CREATE TABLE items (id int PRIMARY KEY, name text, price numeric, stock int);
      INSERT INTO items VALUES (1, 'pen', 1.0, 10), (2, 'ink', 2.0, 20), (3, 'pad', 3.0, 30);
      """;

  private static final String FAMILY =
      """
      CREATE TABLE a (id int PRIMARY KEY, code text UNIQUE);
      CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a ON DELETE CASCADE);
      CREATE TABLE c (id int PRIMARY KEY, a_id int REFERENCES a ON DELETE SET NULL);
      CREATE TABLE d (id int PRIMARY KEY, a_id int REFERENCES a);
      CREATE TABLE e (id int PRIMARY KEY, code text REFERENCES a (code) ON UPDATE CASCADE);
      INSERT INTO a VALUES (1, 'x'), (2, 'y'), (3, 'z'), (4, 'w');
      INSERT INTO b VALUES (1, 1);
      """;

  record Case(
      String name,
      String base,
      String experiment,
      String parent,
      Strictness strictness,
      List<String> conflicts) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case byRow(
      String name, String base, String experiment, String parent, String... conflicts) {
    return new Case(name, base, experiment, parent, Strictness.ROW, List.of(conflicts));
  }

  private static Case byCell(
      String name, String base, String experiment, String parent, String... conflicts) {
    return new Case(name, base, experiment, parent, Strictness.CELL, List.of(conflicts));
  }

  static Stream<Case> cases() {
    return Stream.of(
        byRow(
            "both update a cell",
            ITEMS,
            "UPDATE items SET price = 9 WHERE id = 1",
            "UPDATE items SET price = 1.5 WHERE id = 1",
            "UPDATE_UPDATE items[1] price: 1.0 | 1.5 | 9"),
        byRow(
            "both update a row in different cells",
            ITEMS,
            "UPDATE items SET price = 9 WHERE id = 1",
            "UPDATE items SET stock = 11 WHERE id = 1",
            "UPDATE_UPDATE items[1] stock: 10 | 11 | 10"),
        byCell(
            "both update the same cell, by cell",
            ITEMS,
            "UPDATE items SET price = 9, stock = 0 WHERE id = 1",
            "UPDATE items SET stock = 11, name = 'Pen' WHERE id = 1",
            "UPDATE_UPDATE items[1] stock: 10 | 11 | 0"),
        byRow(
            "values that are equal but print differently have changed",
            ITEMS,
            "UPDATE items SET name = 'PEN' WHERE id = 1",
            "UPDATE items SET price = 1.00 WHERE id = 1",
            "UPDATE_UPDATE items[1] price: 1.0 | 1.00 | 1.0"),
        byRow(
            "null is no empty string",
            "CREATE TABLE n (id int PRIMARY KEY, v text, w text); INSERT INTO n VALUES (1, NULL, 'a')",
            "UPDATE n SET w = 'b'",
            "UPDATE n SET v = ''",
            "UPDATE_UPDATE n[1] v: null |  | null"),
        byRow(
            "a collation for which cases are equal does not hide a change",
            """
            CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE TABLE n (id int PRIMARY KEY, v text COLLATE folded, w int);
            INSERT INTO n VALUES (1, 'abc', 1);
            """,
            "UPDATE n SET w = 2",
            "UPDATE n SET v = 'ABC'",
            "UPDATE_UPDATE n[1] v: abc | ABC | abc"),
        byRow(
            "updated here, deleted there",
            ITEMS,
            "UPDATE items SET price = 9 WHERE id = 1",
            "DELETE FROM items WHERE id = 1",
            "UPDATE_MISSING items[1]"),
        byRow(
            "deleted here, updated there",
            ITEMS,
            "DELETE FROM items WHERE id = 1",
            "UPDATE items SET stock = 9, price = 8 WHERE id = 1",
            "DELETE_UPDATED items[1] price: 1.0 | 8 | null"),
        byCell(
            "deleted here, updated there, by cell",
            ITEMS,
            "DELETE FROM items WHERE id = 1",
            "UPDATE items SET stock = 9 WHERE id = 1",
            "DELETE_UPDATED items[1] stock: 10 | 9 | null"),
        byRow(
            "deleted here, written there in a column that the parent has gained",
            ITEMS,
            "DELETE FROM items WHERE id < 3",
            "ALTER TABLE items ADD COLUMN note text DEFAULT 'none'; UPDATE items SET note = 'keep' WHERE id = 2",
            "DELETE_UPDATED items[2] note: null | keep | null"),
        byRow(
            "inserted on both sides",
            ITEMS,
            "INSERT INTO items VALUES (4, 'cap', 4, 40), (5, 'bag', 5, 50)",
            "INSERT INTO items VALUES (4, 'cup', 4, 40), (5, 'bag', 5, 50)",
            "INSERT_EXISTS items[4] name: null | cup | cap"),
        byRow(
            "rows without a key are fewer than are deleted",
            "CREATE TABLE log (what text); INSERT INTO log VALUES ('a'), ('a'), ('a'), ('b')",
            "DELETE FROM log WHERE what = 'a'",
            "DELETE FROM log WHERE ctid = '(0,1)'",
            "DELETE_UPDATED log[a]"),
        byRow(
            "a cascade would swallow a row that the parent has gained",
            FAMILY,
            "DELETE FROM a WHERE id <= 2",
            "INSERT INTO b VALUES (2, 2), (3, 2)",
            "DELETE_WOULD_CASCADE a[2]"),
        byRow(
            "a set null would change a row that the parent has gained",
            FAMILY,
            "DELETE FROM a WHERE id = 2",
            "INSERT INTO c VALUES (2, 2)",
            "DELETE_WOULD_CASCADE a[2]"),
        byRow(
            "a row that the parent has gained refers to a deleted one",
            FAMILY,
            "DELETE FROM a WHERE id = 2",
            "INSERT INTO d VALUES (2, 2)",
            "DELETE_REFERENCED a[2]"),
        byRow(
            "a row that the parent has gained refers to a renumbered one",
            FAMILY,
            "UPDATE a SET code = 'yy' WHERE id = 2",
            "INSERT INTO e VALUES (2, 'y')",
            "CONSTRAINT a[2]"),
        byRow(
            "rows refer to one that the parent has deleted",
            FAMILY,
            "INSERT INTO d VALUES (1, 3), (2, 3), (3, 4)",
            "DELETE FROM a WHERE id = 3",
            "CONSTRAINT d[1]",
            "CONSTRAINT d[2]"),
        byRow(
            "another row of the parent has taken the unique value",
            FAMILY,
            "INSERT INTO a VALUES (10, 'new'); UPDATE a SET code = 'other' WHERE id = 1",
            "INSERT INTO a VALUES (11, 'new'), (12, 'other')",
            "CONSTRAINT a[1]",
            "CONSTRAINT a[10]"),
        byRow(
            "a check that the parent has gained refuses a row",
            ITEMS,
            "UPDATE items SET stock = 0 WHERE id = 1",
            "ALTER TABLE items ADD CHECK (stock > 0)",
            "CONSTRAINT items"),
        byRow(
            "a column that the parent has gained must not be null",
            ITEMS,
            "INSERT INTO items VALUES (4, 'cup', 4, 40)",
            "ALTER TABLE items ADD COLUMN owner text NOT NULL DEFAULT 'x'; ALTER TABLE items ALTER owner DROP DEFAULT",
            "CONSTRAINT items owner"),
        byRow(
            "the parent's rows break a constraint that the experiment adds",
            ITEMS,
            "ALTER TABLE items ADD CONSTRAINT dear CHECK (price >= 1)",
            "INSERT INTO items VALUES (4, 'cup', 0.5, 40)",
            "CONSTRAINT items"),
        byRow(
            "the parent's rows break a constraint that comes after the rows",
            ITEMS,
            "DELETE FROM items WHERE id = 1; ALTER TABLE items ADD CONSTRAINT dear CHECK (price >= 2)",
            "INSERT INTO items VALUES (4, 'cup', 0.5, 40)",
            "CONSTRAINT items"),
        byRow(
            "both change an object of the schema, and rows collide too",
            ITEMS
                + "CREATE TABLE other (id int PRIMARY KEY, v int); INSERT INTO other VALUES (1, 1);",
            """
            ALTER TABLE items ALTER COLUMN stock SET DEFAULT 1; UPDATE other SET v = 2;
            """,
            "ALTER TABLE items ALTER COLUMN stock SET DEFAULT 2; UPDATE other SET v = 3",
            "SCHEMA_CHANGED[public.items.stock]: integer | integer DEFAULT 2 | integer DEFAULT 1",
            "UPDATE_UPDATE other[1] v: 1 | 3 | 2"),
        byRow(
            "both make the same change of the schema",
            ITEMS,
            "CREATE INDEX i ON items (name)",
            "CREATE INDEX i ON items (name)",
            "SCHEMA_CHANGED[public.i]: null | CREATE INDEX i ON public.items USING btree (name) | CREATE INDEX i ON public.items USING btree (name)"),
        byRow(
            "the parent has gained something that stands in the way of the script",
            ITEMS,
            "ALTER TABLE items DROP COLUMN stock",
            "CREATE VIEW low AS SELECT * FROM items WHERE stock < 5",
            "SCHEMA_CHANGED"),
        byRow(
            "the parent has dropped the table",
            ITEMS,
            "UPDATE items SET stock = 0",
            "DROP TABLE items",
            "SCHEMA_CHANGED items"),
        byRow(
            "the parent has changed the type of a column",
            ITEMS,
            "UPDATE items SET stock = 0",
            "ALTER TABLE items ALTER COLUMN name TYPE varchar(99)",
            "SCHEMA_CHANGED items"),
        byRow(
            "the parent's key is none any more",
            ITEMS,
            "UPDATE items SET stock = 0",
            "ALTER TABLE items DROP CONSTRAINT items_pkey",
            "SCHEMA_CHANGED items"),
        byRow(
            "the parent has renamed a label that the experiment used",
            """
            CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TABLE m (id int PRIMARY KEY, mood mood);
            INSERT INTO m VALUES (1, 'sad');
            """,
            "UPDATE m SET mood = 'glad'",
            "ALTER TYPE mood RENAME VALUE 'glad' TO 'happy'",
            "SCHEMA_CHANGED m"),
        byRow(
            "all at once",
            ITEMS + FAMILY,
            """
            UPDATE items SET price = 9 WHERE id = 1; UPDATE items SET stock = 0 WHERE id = 2;
            DELETE FROM items WHERE id = 3; DELETE FROM a WHERE id = 2;
            INSERT INTO d VALUES (1, 3); INSERT INTO b VALUES (7, 4);
            """,
            """
            UPDATE items SET name = 'Pen' WHERE id = 1; DELETE FROM items WHERE id = 2;
            UPDATE items SET name = 'Pad' WHERE id = 3; INSERT INTO b VALUES (2, 2), (7, NULL);
            DELETE FROM a WHERE id = 3;
            """,
            "INSERT_EXISTS b[7] a_id: null | null | 4",
            "UPDATE_UPDATE items[1] name: pen | Pen | pen",
            "UPDATE_MISSING items[2]",
            "DELETE_UPDATED items[3] name: pad | Pad | null",
            "DELETE_WOULD_CASCADE a[2]",
            "CONSTRAINT d[1]"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void conflicts_areAllListed_andNothingIsWritten(Case given) throws SQLException {
    try (Merging merging = Merging.into(given.base())) {
      ChangeSet changeSet = merging.experiment(given.experiment());
      merging.parentDoes(given.parent());
      String before = merging.parent.dump();

      MergeResult result = merging.merge(changeSet, given.strictness());

      assertThat(result.report()).isNull();
      assertThat(Merging.described(result)).containsExactlyInAnyOrderElementsOf(given.conflicts());
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }

  @Test
  void manyConflicts_areCountedExactly_andTheFirstFiftyListed() throws SQLException {
    try (Merging merging =
        Merging.into(
            "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT g, g FROM generate_series(1, 500) g")) {
      ChangeSet changeSet = merging.experiment("UPDATE t SET v = -v");
      merging.parentDoes("UPDATE t SET v = v + 1 WHERE id > 100");

      ConflictReport conflicts = merging.merge(changeSet).conflicts();

      assertThat(conflicts.total()).isEqualTo(400);
      assertThat(conflicts.conflicts()).hasSize(50);
    }
  }
}
