package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.ledger.ReplayStatement;
import dev.offshoot.ledger.Undoing;
import dev.offshoot.sql.CatalogFingerprint;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which schema changes can be taken back. Every case is rolled back, so all share one database. */
class SchemaInversionTest {
  private static final String SHOP =
      """
      CREATE SCHEMA stock;
      CREATE TYPE mood AS ENUM ('fine', 'bad');
      CREATE TYPE pair AS (a int, b text);
      CREATE DOMAIN positive AS int CHECK (VALUE > 0);
      CREATE TABLE customers (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL DEFAULT 'nobody',
        email text UNIQUE, mood mood, age int CONSTRAINT adult CHECK (age >= 18));
      CREATE TABLE orders (
        id serial PRIMARY KEY, customer bigint REFERENCES customers, total numeric DEFAULT 1);
      CREATE TABLE "Odd ""Table""\" ("a.b" int, "ON" text, note text);
      CREATE INDEX by_mood ON customers (mood);
      CREATE VIEW rich AS SELECT id, total FROM orders WHERE total > 100;
      CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
      CREATE SEQUENCE tickets;
      COMMENT ON TABLE orders IS 'what they''re sold';
      ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON orders FOR SELECT USING (total > 0);
      CREATE TABLE events (at date, what text) PARTITION BY RANGE (at);
      CREATE TABLE events_26 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      CREATE FUNCTION fits(n int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN true; END';
      CREATE TABLE boxes (n int CONSTRAINT fitting CHECK (fits(n)));
      INSERT INTO boxes VALUES (1);
      INSERT INTO customers (name, age) VALUES ('ada', 30);
      INSERT INTO orders (customer, total) VALUES (1, 200);
      """;

  /** The constraint is to be made again with other code than it was made with. */
  private static final String SLOW =
      """
      ALTER TABLE boxes DROP CONSTRAINT fitting;
      CREATE OR REPLACE FUNCTION fits(n int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
        AS 'BEGIN %s; RETURN true; END'
      """;

  private static TestParent parent;

  @BeforeAll
  static void start() throws SQLException {
    parent = PostgresServer.parent(SHOP);
  }

  @AfterAll
  static void stop() throws SQLException {
    parent.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // new tables, views, types and what belongs to them
        """
        CREATE TABLE t (id serial PRIMARY KEY, c bigint REFERENCES customers);
        CREATE INDEX ON t (c); CREATE VIEW v AS SELECT c FROM t; COMMENT ON VIEW v IS 'x';
        CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int REFERENCES a);
        CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM orders;
        CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('x'); CREATE TABLE s.t (e s.e);
        CREATE SEQUENCE s; CREATE DOMAIN d AS positive;
        CREATE FUNCTION f(d) RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE RULE r AS ON DELETE TO b DO INSTEAD NOTHING;
        CREATE RULE r AS ON DELETE TO orders DO INSTEAD NOTHING;
        CREATE STATISTICS st ON id, total FROM orders;
        CREATE TABLE events_27 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')
        """,
        // new columns and constraints
        """
        ALTER TABLE orders ADD COLUMN paid boolean NOT NULL DEFAULT false,
          ADD COLUMN n serial, ADD COLUMN m int GENERATED ALWAYS AS IDENTITY,
          ADD COLUMN tax numeric GENERATED ALWAYS AS (total / 5) STORED,
          ADD CONSTRAINT c CHECK (total > 0), ADD UNIQUE (customer);
        ALTER TABLE "Odd ""Table""\" ADD COLUMN "x.y ON" int DEFAULT 7 CHECK ("x.y ON" > 1);
        ALTER TABLE orders ALTER COLUMN total SET NOT NULL, ALTER COLUMN total SET DEFAULT 2;
        ALTER TABLE customers ALTER COLUMN name DROP NOT NULL, ALTER COLUMN name DROP DEFAULT;
        ALTER TYPE pair ADD ATTRIBUTE c int;
        ALTER TABLE events ADD COLUMN who text; CREATE INDEX ON events (who)
        """,
        // new names
        """
        ALTER TABLE orders RENAME TO sales; ALTER TABLE sales RENAME COLUMN total TO amount;
        ALTER TABLE sales ADD COLUMN more int, ADD CONSTRAINT c CHECK (amount > 0);
        ALTER SCHEMA stock RENAME TO store; ALTER TABLE customers SET SCHEMA store;
        ALTER INDEX store.by_mood RENAME TO per_mood; ALTER VIEW rich RENAME TO wealthy;
        ALTER TABLE store.customers RENAME CONSTRAINT adult TO grown;
        ALTER SEQUENCE tickets RENAME TO t; ALTER TYPE mood RENAME VALUE 'bad' TO 'it''s';
        ALTER TYPE mood RENAME TO feeling; ALTER TYPE pair RENAME ATTRIBUTE a TO first;
        ALTER FUNCTION twice(int) RENAME TO double; ALTER TRIGGER touched ON sales RENAME TO t
        """,
        // other definitions
        """
        CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n + n';
        CREATE OR REPLACE VIEW rich AS SELECT id, total FROM orders WHERE total > 1000;
        ALTER TABLE orders DISABLE TRIGGER touched, DISABLE ROW LEVEL SECURITY;
        ALTER TABLE customers FORCE ROW LEVEL SECURITY;
        DROP POLICY own ON orders; CREATE POLICY other ON orders FOR DELETE USING (total < 0);
        COMMENT ON TABLE orders IS NULL; COMMENT ON COLUMN orders.total IS 'in \\ ''euro''';
        COMMENT ON FUNCTION twice(int) IS 'x'; COMMENT ON CONSTRAINT adult ON customers IS 'y';
        ALTER SEQUENCE tickets INCREMENT 5 MAXVALUE 1000 CYCLE;
        GRANT SELECT, UPDATE ON orders TO PUBLIC; GRANT SELECT (name) ON customers TO PUBLIC;
        REVOKE EXECUTE ON FUNCTION twice(int) FROM PUBLIC; GRANT USAGE ON SCHEMA stock TO PUBLIC
        """,
        // what is gone and held nothing
        """
        DROP VIEW rich; DROP INDEX by_mood; DROP TRIGGER touched ON orders; DROP FUNCTION touch();
        ALTER TABLE customers DROP CONSTRAINT adult;
        ALTER TABLE orders DROP CONSTRAINT orders_customer_fkey;
        CREATE VIEW rich AS SELECT id, total, customer FROM orders
        """,
      })
  void schemaChange_isTakenBack(String ddl) throws SQLException {
    Undoing undoing = undoing(ddl);

    assertThat(undoing.obstacle()).isNull();
    assertThat(undoing.script()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE customers DROP COLUMN age; ALTER TABLE customers ADD COLUMN years int",
        "DROP TABLE orders CASCADE; CREATE TABLE orders (id serial PRIMARY KEY, customer bigint REFERENCES customers, total numeric DEFAULT 1)",
        "ALTER TABLE orders ALTER COLUMN customer TYPE int",
        "ALTER TYPE mood ADD VALUE 'great'",
        "ALTER TABLE customers RENAME TO old; CREATE TABLE customers (LIKE old INCLUDING ALL)",
        "ALTER TABLE customers RENAME COLUMN age TO a; ALTER TABLE customers RENAME COLUMN email TO age; ALTER TABLE customers RENAME COLUMN a TO email",
        "ALTER TABLE events DETACH PARTITION events_26",
        "DROP SEQUENCE tickets",
        "ALTER TABLE orders SET UNLOGGED",
      })
  void whatNoStatementBringsBack_isAnObstacle(String ddl) throws SQLException {
    Undoing undoing = undoing(ddl);

    assertThat(undoing.obstacle()).isNotNull();
    assertThat(undoing.script()).isEmpty();
  }

  @Test
  void whatOldRowsNeedNotMeet_goesBeforeTheRows_andTheRestAfterThem() throws SQLException {
    Undoing undoing =
        undoing(
            """
            ALTER TABLE orders ADD COLUMN tier text;
            UPDATE orders SET tier = 'gold';
            ALTER TABLE orders ALTER COLUMN tier SET NOT NULL, ADD CHECK (total > 100)""");

    assertThat(undoing.script())
        .extracting(ReplayStatement::phase, ReplayStatement::sql)
        .containsExactly(
            tuple(
                ReplayStatement.Phase.BEFORE_ROWS,
                "ALTER TABLE \"public\".\"orders\" ALTER COLUMN \"tier\" DROP NOT NULL"),
            tuple(
                ReplayStatement.Phase.BEFORE_ROWS,
                "ALTER TABLE \"public\".\"orders\" DROP CONSTRAINT \"orders_total_check\""),
            tuple(ReplayStatement.Phase.AFTER_ROWS, "ALTER TABLE public.orders DROP COLUMN tier"));
  }

  @Test
  void obstacle_namesWhatStaysDifferent() throws SQLException {
    assertThat(undoing("ALTER TABLE orders ALTER COLUMN customer TYPE int").obstacle())
        .isEqualTo("no statement is known that takes back changed column public.orders.customer");
  }

  @Test
  void obstacle_namesEverythingWhoseContentsAreGone() throws SQLException {
    assertThat(
            undoing("DROP TABLE orders CASCADE; ALTER TABLE customers DROP COLUMN age").obstacle())
        .isEqualTo(
            "contents of sequence \"public\".\"orders_id_seq\", table \"public\".\"orders\", column \"public\".\"customers\".\"age\" go with it");
  }

  @Test
  void whatTakesTooLong_isAnObstacle() throws SQLException {
    Undoing undoing = undoing(SLOW.formatted("PERFORM pg_sleep(60)"), Duration.ofSeconds(1));

    assertThat(undoing.obstacle())
        .isEqualTo("taking it back takes longer than limits.statementTimeout (1s)");
    assertThat(undoing.script()).isEmpty();
  }

  @Test
  void codeThatCatchesItsCancellation_isEndedByTheWorkersClock() {
    String endless =
        "LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP";

    assertThatThrownBy(() -> undoing(SLOW.formatted(endless), Duration.ofSeconds(1)))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
        .hasMessageContaining("taking back the schema");
  }

  private static Undoing undoing(String ddl) throws SQLException {
    return undoing(ddl, Duration.ofMinutes(1));
  }

  /** What the script leaves is compared once more, by running it. */
  private static Undoing undoing(String ddl, Duration timeout) throws SQLException {
    try (Connection base = parent.ownerConnection()) {
      base.setAutoCommit(false);
      Sql.execute(base, "SET LOCAL search_path = pg_catalog, pg_temp");
      CatalogFingerprint before = CatalogFingerprint.read(base);
      SchemaInversion inversion =
          new SchemaInversion(base, parent.config().username(), "public", timeout, Progress.NONE);
      Sql.execute(base, "SET LOCAL search_path = public; " + ddl);
      Sql.execute(base, "SET LOCAL search_path = pg_catalog, pg_temp");
      CatalogFingerprint after = CatalogFingerprint.read(base);
      Undoing undoing = inversion.find(before, Map.of());
      assertThat(CatalogFingerprint.read(base)).as("left as it was").isEqualTo(after);
      for (ReplayStatement statement : undoing.script()) {
        Sql.execute(base, "SET LOCAL search_path = " + statement.searchPath());
        Sql.execute(base, statement.sql());
      }
      if (undoing.obstacle() == null) {
        assertThat(CatalogFingerprint.changes(before, CatalogFingerprint.read(base)))
            .isEqualTo(List.of());
      }
      base.rollback();
      return undoing;
    }
  }
}
