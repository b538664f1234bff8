package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Strictness;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Merges without a conflict: the parent then is what it would be had its users and the experiment
 * worked one after the other.
 */
class MergeRoundTripTest {
  private static final String SHOP =
      """
      CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, email text UNIQUE);
      CREATE TABLE orders (
        id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, total numeric(10, 2));
      INSERT INTO customers VALUES (1, 'Ada', 'ada@x'), (2, 'Bob', 'bob@x'), (3, 'Cyd', 'cyd@x');
      INSERT INTO orders VALUES (10, 1, 5.00), (11, 2, 7.50), (12, 2, 1.00);
      """;

  record Case(String name, String base, String experiment, String parent, Strictness strictness) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case roundTrip(String name, String base, String experiment) {
    return new Case(name, base, experiment, "", Strictness.ROW);
  }

  private static Case both(String name, String base, String experiment, String parent) {
    return new Case(name, base, experiment, parent, Strictness.ROW);
  }

  private static Case byCell(String name, String base, String experiment, String parent) {
    return new Case(name, base, experiment, parent, Strictness.CELL);
  }

  static Stream<Case> cases() {
    return Stream.of(
        roundTrip(
            "insert, update and delete",
            SHOP,
            """
            INSERT INTO customers VALUES (4, 'Dee', NULL);
            INSERT INTO orders VALUES (13, 4, 9.99);
            UPDATE orders SET total = NULL WHERE id = 10;
            DELETE FROM orders WHERE id = 12;
            """),
        both(
            "disjoint rows of one table both survive",
            SHOP,
            "UPDATE customers SET name = 'Ada L.' WHERE id = 1",
            "UPDATE customers SET name = 'Bobby' WHERE id = 2; INSERT INTO customers VALUES (9, 'Zoe')"),
        byCell(
            "disjoint cells of one row both survive",
            SHOP,
            "UPDATE customers SET name = 'Ada L.' WHERE id = 1",
            "UPDATE customers SET email = 'ada@y' WHERE id = 1"),
        both(
            "what the parent did likewise is no conflict",
            SHOP,
            """
            UPDATE customers SET name = 'Same' WHERE id = 1; DELETE FROM orders WHERE id = 12;
            INSERT INTO customers VALUES (7, 'Gus', NULL) ON CONFLICT DO NOTHING;
            """,
            """
            UPDATE customers SET name = 'Same' WHERE id = 1; DELETE FROM orders WHERE id = 12;
            INSERT INTO customers VALUES (7, 'Gus', NULL);
            """),
        roundTrip(
            "children move to another parent, which is deleted",
            SHOP,
            "UPDATE orders SET customer_id = 1 WHERE customer_id = 2; DELETE FROM customers WHERE id = 2"),
        roundTrip(
            "children move to a new parent that takes the unique value of the deleted one",
            SHOP,
            """
            UPDATE customers SET email = NULL WHERE id = 2;
            INSERT INTO customers VALUES (20, 'Bob', 'bob@x');
            UPDATE orders SET customer_id = 20 WHERE customer_id = 2;
            DELETE FROM customers WHERE id = 2;
            """),
        roundTrip(
            "the survivor takes the unique value of the row that its children leave",
            SHOP,
            """
            UPDATE orders SET customer_id = 1 WHERE customer_id = 2;
            DELETE FROM customers WHERE id = 2;
            UPDATE customers SET email = 'bob@x' WHERE id = 1;
            """),
        roundTrip(
            "a key is renumbered with its references",
            """
            CREATE TABLE a (id int PRIMARY KEY, code text UNIQUE);
            CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a ON UPDATE CASCADE);
            INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 1), (2, 1);
            """,
            "UPDATE a SET id = 100 WHERE id = 1"),
        roundTrip(
            "referenced values that are no key change with their references",
            """
            CREATE TABLE a (id int PRIMARY KEY, code text UNIQUE);
            CREATE TABLE b (id int PRIMARY KEY, code text REFERENCES a (code) ON UPDATE CASCADE);
            INSERT INTO a VALUES (1, 'x'), (2, 'y'); INSERT INTO b VALUES (1, 'x'), (2, 'y');
            """,
            "UPDATE a SET code = code || '!'"),
        roundTrip(
            "rows that refer to each other in a circle",
            """
            CREATE TABLE a (id int PRIMARY KEY, b_id int);
            CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a);
            ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b;
            """,
            """
            INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1);
            UPDATE a SET b_id = 1 WHERE id = 1;
            """),
        roundTrip(
            "a circle is deleted",
            """
            CREATE TABLE a (id int PRIMARY KEY, b_id int);
            CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a);
            ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b;
            INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1); UPDATE a SET b_id = 1;
            """,
            "UPDATE a SET b_id = NULL; DELETE FROM b; DELETE FROM a"),
        roundTrip(
            "a tree loses an inner node",
            """
            CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree, name text UNIQUE);
            INSERT INTO tree VALUES (1, NULL, 'root'), (2, 1, 'mid'), (3, 2, 'leaf');
            """,
            """
            INSERT INTO tree VALUES (4, 1, 'new'); UPDATE tree SET up = 4 WHERE id = 3;
            DELETE FROM tree WHERE id = 2; UPDATE tree SET name = 'mid' WHERE id = 3;
            """),
        roundTrip(
            "deferrable constraints stay what they are",
            """
            CREATE TABLE a (id int PRIMARY KEY, n int UNIQUE DEFERRABLE);
            CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a DEFERRABLE);
            INSERT INTO a VALUES (1, 1), (2, 2);
            """,
            "UPDATE a SET n = 3 - n; INSERT INTO a VALUES (3, 3); INSERT INTO b VALUES (1, 3)"),
        roundTrip(
            "cascading deletes that the experiment saw",
            """
            CREATE TABLE a (id int PRIMARY KEY);
            CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a ON DELETE CASCADE);
            CREATE TABLE c (id int PRIMARY KEY, a_id int REFERENCES a ON DELETE SET NULL);
            INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (1, 1), (2, 2);
            INSERT INTO c VALUES (1, 1), (2, 2);
            """,
            "DELETE FROM a WHERE id = 1"),
        roundTrip(
            "two rows swap their unique values",
            """
            CREATE TABLE a (id int PRIMARY KEY, n int NOT NULL UNIQUE, note text);
            CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a);
            INSERT INTO a VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 3, 'z');
            INSERT INTO b VALUES (1, 1), (2, 2);
            """,
            "UPDATE a SET n = 99 WHERE id = 1; UPDATE a SET n = 1 WHERE id = 2; UPDATE a SET n = 2 WHERE id = 1"),
        roundTrip(
            "a default flag moves under a partial unique index",
            """
            CREATE TABLE a (id int PRIMARY KEY, person int, main boolean);
            CREATE UNIQUE INDEX ON a (person) WHERE main;
            INSERT INTO a SELECT g, 1, g = 1 FROM generate_series(1, 9) g;
            """,
            "UPDATE a SET main = false; UPDATE a SET main = true WHERE id = 9"),
        roundTrip(
            "values shift along under a unique index over an expression",
            """
            CREATE TABLE a (id int PRIMARY KEY, name text);
            CREATE UNIQUE INDEX ON a (lower(name));
            INSERT INTO a SELECT g, 'N' || g FROM generate_series(1, 9) g;
            """,
            """
            UPDATE a SET name = 'n10' WHERE id = 9; UPDATE a SET name = 'n9' WHERE id = 8;
            UPDATE a SET name = 'n8' WHERE id = 7; UPDATE a SET name = 'n7' WHERE id = 6;
            """),
        roundTrip(
            "identity columns of both kinds",
            """
            CREATE TABLE a (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text);
            CREATE TABLE b (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
              nr int GENERATED ALWAYS AS IDENTITY);
            INSERT INTO a (note) VALUES ('x'), ('y'); INSERT INTO b DEFAULT VALUES;
            """,
            """
            INSERT INTO a (note) VALUES ('z'); UPDATE a SET note = 'w' WHERE id = 1;
            INSERT INTO b DEFAULT VALUES; UPDATE b SET nr = DEFAULT WHERE id = 1;
            """),
        roundTrip(
            "computed columns follow",
            """
            CREATE TABLE a (id int PRIMARY KEY, n int, twice int GENERATED ALWAYS AS (n * 2) STORED);
            INSERT INTO a VALUES (1, 1), (2, 2);
            """,
            "UPDATE a SET n = 5 WHERE id = 1; INSERT INTO a VALUES (3, 3)"),
        both(
            "rows without a key are counted",
            """
            CREATE TABLE log (what text, n numeric);
            INSERT INTO log VALUES ('a', 1), ('a', 1), ('a', 1), ('b', NULL), ('c', 1.0);
            """,
            """
            DELETE FROM log WHERE ctid IN (SELECT ctid FROM log WHERE what = 'a' LIMIT 2);
            UPDATE log SET n = 2 WHERE what = 'b'; INSERT INTO log VALUES ('d', NULL), ('d', NULL);
            """,
            "INSERT INTO log VALUES ('a', 5), ('d', NULL); DELETE FROM log WHERE what = 'c'"),
        roundTrip(
            "values of many types",
            """
            CREATE TYPE mood AS ENUM ('glad', 'sad');
            CREATE DOMAIN positive AS int CHECK (VALUE > 0) NOT NULL;
            CREATE TYPE pair AS (x int, y text);
            CREATE TABLE a (id int PRIMARY KEY, m mood, p positive, r pair, i int[], j json,
              b jsonb, n numeric, f float8, t timestamptz, d interval, c char(5), v varchar(9)[],
              y bytea, g int4range, e text COLLATE "C", u uuid, o money);
            INSERT INTO a (id, p, r) VALUES (1, 1, NULL), (2, 2, ROW(NULL, NULL));
            """,
            """
            INSERT INTO a VALUES (3, 'sad', 7, ROW(1, E'a\\t"b'), '{1,NULL,3}', '{"a": 1,  "a": 2}',
              '{"z": 1}', 'NaN', '-0', 'infinity', '1 mon 30 days', 'ab', '{"q,r",s}', '\\x00ff',
              '[1,5)', E'line\\nbreak\\\\ \\t', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '1234.5');
            UPDATE a SET n = 1.00, f = 'NaN', r = ROW(NULL, NULL) WHERE id = 1;
            UPDATE a SET r = NULL, t = '-infinity', e = '' WHERE id = 2;
            """),
        roundTrip(
            "names that need quotes",
            """
            CREATE SCHEMA "Sché ma";
            CREATE TABLE "Sché ma"."a ""quoted"" {table}" ("I d" int PRIMARY KEY, "%s" text, "n" int);
            INSERT INTO "Sché ma"."a ""quoted"" {table}" VALUES (1, 'x', 1);
            """,
            """
            UPDATE "Sché ma"."a ""quoted"" {table}" SET "%s" = '{rows}';
            INSERT INTO "Sché ma"."a ""quoted"" {table}" VALUES (2, '$1 \\1', 2);
            """),
        roundTrip(
            "rows move between partitions",
            """
            CREATE TABLE p (id int, at date, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
            CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
            CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
            INSERT INTO p VALUES (1, '2026-01-05', 'a'), (2, '2026-02-05', 'b');
            """,
            """
            UPDATE p SET at = '2026-02-07' WHERE id = 1; INSERT INTO p1 VALUES (3, '2026-01-09', 'c');
            UPDATE p2 SET note = 'bb' WHERE id = 2;
            """),
        roundTrip(
            "an inheriting table keeps its own rows",
            """
            CREATE TABLE a (id int PRIMARY KEY, n int); CREATE TABLE b (PRIMARY KEY (id)) INHERITS (a);
            INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 10), (2, 20);
            """,
            "UPDATE ONLY a SET n = 2; DELETE FROM b WHERE id = 2"),
        both(
            "a column is added and filled",
            SHOP,
            """
            ALTER TABLE customers ADD COLUMN tier text NOT NULL DEFAULT 'basic';
            UPDATE customers SET tier = 'gold' WHERE id IN (SELECT customer_id FROM orders WHERE total > 6);
            """,
            "INSERT INTO customers VALUES (4, 'Dee', NULL)"),
        roundTrip(
            "a new column whose default differs on every run",
            SHOP,
            "ALTER TABLE customers ADD COLUMN seen text DEFAULT 'at ' || statement_timestamp(); UPDATE customers SET seen = 'once'"),
        roundTrip(
            "a constraint that only the new rows satisfy comes after them",
            SHOP,
            "DELETE FROM orders WHERE total < 2; ALTER TABLE orders ADD CONSTRAINT least CHECK (total >= 2)"),
        roundTrip(
            "a foreign key to rows that come with it",
            SHOP,
            """
            CREATE TABLE shops (id int PRIMARY KEY);
            ALTER TABLE orders ADD COLUMN shop_id int;
            INSERT INTO shops VALUES (1); UPDATE orders SET shop_id = 1;
            ALTER TABLE orders ADD FOREIGN KEY (shop_id) REFERENCES shops;
            """),
        roundTrip(
            "a table made from a query holds what was reviewed",
            SHOP,
            "CREATE TABLE big AS SELECT * FROM orders WHERE total > 2; UPDATE big SET total = 0"),
        roundTrip(
            "a column changes its type and a table its name",
            SHOP,
            """
            ALTER TABLE orders ALTER COLUMN total TYPE text USING total::text || ' EUR';
            ALTER TABLE orders RENAME TO purchases; ALTER TABLE purchases RENAME COLUMN total TO sum;
            UPDATE purchases SET sum = 'free' WHERE id = 10;
            """),
        roundTrip(
            "objects of the schema come and go",
            SHOP,
            """
            CREATE TYPE mood AS ENUM ('glad', 'sad');
            ALTER TABLE customers ADD COLUMN mood mood, DROP COLUMN name;
            CREATE INDEX ON orders (customer_id);
            CREATE VIEW spent AS SELECT customer_id, sum(total) FROM orders GROUP BY 1;
            CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE RETURN n * 2;
            COMMENT ON TABLE orders IS 'what they bought';
            UPDATE customers SET mood = 'glad';
            """),
        roundTrip(
            "triggers and rules have done their work on the branch and stay as they were",
            """
            CREATE TABLE audit (n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);
            CREATE TABLE a (id int PRIMARY KEY, v text, changed int DEFAULT 0);
            CREATE TABLE p (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
            CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
              BEGIN INSERT INTO audit (what) VALUES (TG_NAME || ' ' || TG_OP); RETURN NEW; END $$;
            CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$
              BEGIN NEW.changed := NEW.changed + 1; RETURN NEW; END $$;
            CREATE TRIGGER a1 AFTER INSERT OR UPDATE OR DELETE ON a FOR EACH ROW EXECUTE FUNCTION note();
            CREATE TRIGGER a2 BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION bump();
            CREATE TRIGGER a3 AFTER UPDATE ON a FOR EACH STATEMENT EXECUTE FUNCTION note();
            CREATE TRIGGER a4 AFTER UPDATE ON a FOR EACH ROW EXECUTE FUNCTION note();
            CREATE TRIGGER a5 AFTER UPDATE ON a FOR EACH ROW EXECUTE FUNCTION note();
            CREATE CONSTRAINT TRIGGER a6 AFTER UPDATE ON a DEFERRABLE FOR EACH ROW EXECUTE FUNCTION note();
            CREATE TRIGGER p0 AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION note();
            CREATE RULE r AS ON DELETE TO a DO ALSO INSERT INTO audit (what) VALUES ('rule');
            ALTER TABLE a ENABLE ALWAYS TRIGGER a3, DISABLE TRIGGER a4, ENABLE REPLICA TRIGGER a5;
            ALTER TABLE p1 ENABLE ALWAYS TRIGGER p0;
            INSERT INTO a VALUES (1, 'x'), (2, 'y');
            """,
            """
            UPDATE a SET v = 'z' WHERE id = 1; DELETE FROM a WHERE id = 2;
            INSERT INTO a VALUES (3, 'w'); INSERT INTO p VALUES (1, 'p'); SET CONSTRAINTS ALL IMMEDIATE;
            """),
        roundTrip(
            "a truncated table", SHOP, "TRUNCATE orders; INSERT INTO orders VALUES (10, 1, 1)"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void mergedParent_isWhatBothWouldHaveMadeInTurn(Case given) throws SQLException {
    try (Merging merging = Merging.into(given.base());
        TestParent expected =
            PostgresServer.parent(given.base() + ";" + given.parent() + ";" + given.experiment())) {
      var changeSet = merging.experiment(given.experiment());
      merging.parentDoes(given.parent());

      MergeResult result = merging.merge(changeSet, given.strictness());

      assertThat(result.conflicts()).isNull();
      assertThat(merging.parent.dump()).isEqualTo(expected.dump());
    }
  }
}
