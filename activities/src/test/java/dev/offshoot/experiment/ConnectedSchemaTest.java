package dev.offshoot.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.DatabaseDump;
import dev.offshoot.PostgresServer;
import dev.offshoot.StepByStep;
import dev.offshoot.TestParent;
import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.BranchActivities.DropBranch;
import dev.offshoot.activity.SessionActivities;
import dev.offshoot.activity.SessionActivities.CloseConnection;
import dev.offshoot.activity.SessionActivities.ConnectionDone;
import dev.offshoot.activity.SessionActivities.OpenConnection;
import dev.offshoot.client.ScramVerifier;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.SessionSpec;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.domain.Touched;
import dev.offshoot.workflow.Failures;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an agent changes over a connection of its own reaches the parent, schema and rows, though
 * nobody has seen a statement of it.
 */
@Timeout(120)
class ConnectedSchemaTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private TestParent parent;
  private StepByStep steps;
  private BranchRef branch;
  private ExperimentSpec spec;

  @BeforeEach
  void open() throws SQLException {
    parent =
        PostgresServer.parent(
            """
            CREATE TYPE mood AS ENUM ('glad', 'sad');
            CREATE TABLE customer (
              id serial PRIMARY KEY, name varchar(40) NOT NULL, email text, mood mood, age text);
            INSERT INTO customer (name, email, mood, age)
              SELECT 'customer ' || i, 'C' || i || '@example.org', 'glad', i::text
              FROM generate_series(1, 50) AS i;
            CREATE TABLE orders (
              id int PRIMARY KEY, customer int NOT NULL REFERENCES customer, total numeric NOT NULL DEFAULT 0);
            INSERT INTO orders SELECT i, i, i * 2 FROM generate_series(1, 40) AS i;
            CREATE INDEX orders_customer ON orders (customer);
            CREATE VIEW rich AS SELECT id, total FROM orders WHERE total > 50;
            CREATE FUNCTION shout(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper(t)';
            CREATE TABLE old_stuff (id int PRIMARY KEY, what text);
            INSERT INTO old_stuff VALUES (1, 'x');
            """);
    steps = StepByStep.on(parent.config());
    branch = steps.ref("connected-" + NUMBER.incrementAndGet());
    spec = steps.spec().session(new SessionSpec(null)).build();
    var unused = steps.create(branch, spec);
  }

  @AfterEach
  void close() throws SQLException {
    steps
        .steps(BranchActivities.class)
        .dropBranch(new DropBranch(branch, "run", "the test is over", false));
    steps.close();
    parent.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A table with everything, and rows.
        """
        CREATE TABLE product (
          id serial PRIMARY KEY, name text NOT NULL UNIQUE, price numeric(10, 2) CHECK (price >= 0),
          made timestamptz NOT NULL DEFAULT now(), owner int REFERENCES customer ON DELETE SET NULL);
        CREATE INDEX product_price ON product (price DESC) WHERE price IS NOT NULL;
        INSERT INTO product (name, price, owner) VALUES ('apple', 1.5, 1), ('pear', 2, 2);
        COMMENT ON TABLE product IS 'what''s sold'; COMMENT ON COLUMN product.price IS 'in euros'
        """,
        // As migration tools do it: add, fill, demand.
        """
        ALTER TABLE customer ADD COLUMN tier text;
        UPDATE customer SET tier = CASE WHEN id % 2 = 0 THEN 'gold' ELSE 'silver' END;
        ALTER TABLE customer ALTER COLUMN tier SET NOT NULL;
        ALTER TABLE customer ADD CONSTRAINT tier_known CHECK (tier IN ('gold', 'silver'))
        """,
        "ALTER TABLE customer ADD COLUMN seen int NOT NULL DEFAULT 7, ADD COLUMN note text DEFAULT 'none'",
        "ALTER TABLE customer DROP COLUMN age; DROP TABLE old_stuff",
        "ALTER TABLE customer RENAME TO client; ALTER TABLE client RENAME COLUMN email TO mail; UPDATE client SET mail = lower(mail) WHERE id < 5",
        "ALTER TABLE customer ALTER COLUMN email TYPE varchar(100), ALTER COLUMN id TYPE bigint",
        "ALTER TABLE customer ALTER COLUMN age TYPE int USING age::int; ALTER TABLE customer ALTER COLUMN name TYPE text",
        "ALTER TYPE mood ADD VALUE 'angry' AFTER 'glad'",
        """
        CREATE TYPE state AS ENUM ('new', 'paid', 'sent');
        ALTER TABLE orders ADD COLUMN state state NOT NULL DEFAULT 'new';
        UPDATE orders SET state = 'paid' WHERE id <= 3
        """,
        """
        CREATE OR REPLACE VIEW rich AS SELECT id, total, customer FROM orders WHERE total > 60;
        CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN n * 2; END $$;
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := trim(NEW.name); RETURN NEW; END $$;
        CREATE TRIGGER customer_touch BEFORE UPDATE ON customer FOR EACH ROW EXECUTE FUNCTION touch();
        CREATE OR REPLACE FUNCTION shout(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper(t) || ''!''';
        CREATE MATERIALIZED VIEW totals AS SELECT customer, sum(total) AS total FROM orders GROUP BY 1
        """,
        "CREATE TABLE numbered (id int GENERATED BY DEFAULT AS IDENTITY (START WITH 10) PRIMARY KEY, what text COLLATE \"C\", twice int GENERATED ALWAYS AS (length(what) * 2) STORED); INSERT INTO numbered (what) VALUES ('a'), ('b')",
        """
        CREATE TABLE event (at date NOT NULL, what text) PARTITION BY RANGE (at);
        CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE TABLE event_rest PARTITION OF event DEFAULT;
        CREATE INDEX event_at ON event (at);
        INSERT INTO event VALUES ('2026-05-05', 'x'), ('2030-01-01', 'y')
        """,
        // It points at a row that only the branch has.
        """
        INSERT INTO customer (name) VALUES ('the new one');
        ALTER TABLE orders ADD COLUMN payer int;
        UPDATE orders SET payer = (SELECT max(id) FROM customer);
        ALTER TABLE orders ADD CONSTRAINT orders_payer FOREIGN KEY (payer) REFERENCES customer
        """,
        "CREATE SCHEMA sales; CREATE TABLE sales.lead (id int PRIMARY KEY, \"Odd \"\"name\" text); INSERT INTO sales.lead VALUES (1, 'a'); CREATE DOMAIN sales.positive AS int CHECK (VALUE > 0); CREATE TYPE sales.point AS (x int, y int)",
        "CREATE INDEX CONCURRENTLY customer_mail ON customer (lower(email)); DROP INDEX orders_customer; ALTER TABLE orders ALTER COLUMN total DROP DEFAULT, ALTER COLUMN total DROP NOT NULL; ALTER TABLE customer ALTER COLUMN email SET DEFAULT 'none'",
        "CREATE UNLOGGED TABLE scratch (id int); CREATE TABLE kept (LIKE orders INCLUDING ALL) WITH (fillfactor = 70); ALTER TABLE kept ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON kept USING (true); ALTER TABLE kept REPLICA IDENTITY FULL",
        "CREATE SEQUENCE ticket INCREMENT 5 START 100; ALTER TABLE orders ADD COLUMN ticket bigint DEFAULT nextval('ticket'); ALTER SEQUENCE ticket OWNED BY orders.ticket",
        // What a migration tool keeps of itself.
        """
        CREATE TABLE alembic_version (version_num varchar(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
        INSERT INTO alembic_version VALUES ('a1'); UPDATE alembic_version SET version_num = 'b2' WHERE version_num = 'a1'
        """
      })
  void schemaAndRows_areMergedAsTheyStandOnTheBranch(String script) throws SQLException {
    overAConnection(script);

    ChangeSummary changes = handedIn(close(List.of()));
    String wanted = DatabaseDump.of(branch.branchName());
    steps.dropFrozen(branch);
    MergeResult result = steps.merge(branch, changes.digest(), spec.strictness());

    assertThat(result.conflicts()).as(String.valueOf(result.conflicts())).isNull();
    assertThat(DatabaseDump.of(parent.database())).isEqualTo(wanted);
  }

  @Test
  void rowsAlone_needNoStatement() throws SQLException {
    overAConnection("UPDATE customer SET email = lower(email)");

    assertThat(close(List.of()).schema()).isEmpty();
  }

  @Test
  void whatNobodyChanged_needsNoStatement_notEvenForSequences() throws SQLException {
    overAConnection("ALTER TABLE orders ADD COLUMN note text");

    assertThat(close(List.of()).schema())
        .extracting(ReplayedStatement::sql)
        .containsExactly("ALTER TABLE public.orders ADD COLUMN note text");
  }

  @Test
  void whatMessagesChangedBefore_isNotFoundAgain() throws SQLException {
    ReplayedStatement known =
        new ReplayedStatement(3, "ALTER TABLE customer ADD COLUMN tier text", "public", false);
    overAConnection(known.sql() + "; CREATE TABLE more (id int PRIMARY KEY)");

    List<ReplayedStatement> found = close(List.of(known)).schema();

    assertThat(found)
        .extracting(ReplayedStatement::sql)
        .anyMatch(sql -> sql.startsWith("CREATE TABLE public.more"))
        .noneMatch(sql -> sql.contains("tier"));
  }

  @Test
  void whatNoStatementIsKnownFor_isRefusedByName() throws SQLException {
    overAConnection(
        "CREATE FUNCTION near(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT abs($1 - $2) < 2';"
            + " CREATE OPERATOR ~~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = near)");

    ConnectionDone done = close(List.of());

    assertThatThrownBy(() -> handedIn(done))
        .extracting(Failures::fromTemporal)
        .satisfies(
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.NOT_CARRIED);
              assertThat(failure.message()).contains("operator");
            });
  }

  private void overAConnection(String script) throws SQLException {
    String password = ScramVerifier.freshPassword();
    ConnectAnswer address =
        session().openConnection(new OpenConnection(branch, ScramVerifier.of(password)));
    String url =
        "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), address.database());
    try (Connection agent = DriverManager.getConnection(url, address.user(), password);
        Statement statement = agent.createStatement()) {
      for (var each : SqlScript.split(script)) {
        statement.execute(each.text());
      }
    }
  }

  private ConnectionDone close(List<ReplayedStatement> known) {
    return session().closeConnection(new CloseConnection(branch, spec, Touched.NOTHING, known));
  }

  private ChangeSummary handedIn(ConnectionDone done) {
    List<String> statements = new ArrayList<>(List.of("SELECT 'connected'"));
    List<SchemaStatement> schema = new ArrayList<>();
    for (ReplayedStatement each : done.schema()) {
      schema.add(new SchemaStatement(statements.size(), each.searchPath()));
      statements.add(each.sql());
    }
    return steps.diff(
        branch,
        spec.handedIn(statements),
        new ExperimentReport(
            List.of(),
            List.of(),
            schema,
            done.touched().tables(),
            0,
            done.touched().writtenRows()));
  }

  private SessionActivities session() {
    return steps.steps(SessionActivities.class);
  }
}
