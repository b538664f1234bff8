package dev.offshoot.branch;

import dev.offshoot.TestParent;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/** A small parent with one of each kind of object, and names for its branches. */
final class Shop {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  static final Instant DEADLINE = Instant.parse("2040-01-01T00:00:00Z");

  static final String SQL =
      """
      CREATE SCHEMA sales;
      CREATE TYPE mood AS ENUM ('glad', 'sad');
      CREATE TYPE address AS (street text, city text);
      CREATE TYPE span AS RANGE (subtype = float8);
      CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
      CREATE COLLATION german (provider = icu, locale = 'de');
      CREATE SEQUENCE ticket;
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.note := coalesce(NEW.note, 'touched'); RETURN NEW; END $$;
      CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
      CREATE FUNCTION near(a int, b int) RETURNS boolean LANGUAGE sql AS 'SELECT abs(a - b) < 2';
      CREATE OPERATOR ~~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = near);
      CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
      CREATE TABLE customer (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, mail email, mood mood,
        home address, "Odd ""name" int);
      CREATE TABLE orders (
        id serial PRIMARY KEY, customer bigint NOT NULL REFERENCES customer, note text,
        number bigint DEFAULT nextval('ticket'));
      CREATE TRIGGER orders_touch BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();
      CREATE TABLE sales.events (at date NOT NULL, what text) PARTITION BY RANGE (at);
      CREATE TABLE sales.events_2026 PARTITION OF sales.events
        FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      CREATE PROCEDURE tidy() LANGUAGE sql AS 'DELETE FROM sales.events WHERE false';
      CREATE VIEW glad AS SELECT * FROM customer WHERE mood = 'glad';
      CREATE MATERIALIZED VIEW per_customer AS SELECT customer, count(*) FROM orders GROUP BY 1;
      CREATE STATISTICS orders_stats ON customer, number FROM orders;
      CREATE TEXT SEARCH CONFIGURATION simple_one (COPY = simple);
      CREATE TEXT SEARCH DICTIONARY simple_dict (TEMPLATE = simple);
      CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
      ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
      CREATE POLICY everyone ON orders USING (true);
      INSERT INTO customer (name, mail, mood) VALUES ('Ada', 'ada@x', 'glad'), ('Bob', NULL, 'sad');
      INSERT INTO orders (customer) SELECT 1 + n % 2 FROM generate_series(1, 50) AS n;
      INSERT INTO sales.events VALUES ('2026-05-01', 'opened');
      REFRESH MATERIALIZED VIEW per_customer;
      """;

  private Shop() {}

  /** A branch of {@code parent} that nobody has had before. */
  static BranchRef newBranch(TestParent parent) {
    return newBranch(parent.config().name());
  }

  static BranchRef newBranch(String parent) {
    return new BranchRef(new ExperimentId("t-" + NUMBER.incrementAndGet()), 1, parent);
  }

  /** Runs statements and closes the session. */
  static void run(Connection session, String sql) throws SQLException {
    try (session;
        Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }
}
