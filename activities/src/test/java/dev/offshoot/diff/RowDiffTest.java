package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.DatabaseDump;
import dev.offshoot.NewerSyntax;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TransactionMode;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.Ledger;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of rows, for one kind of change after the other. */
class RowDiffTest {
  private static ChangeSetStore store;

  /**
   * @param name what happens
   * @param setup SQL that makes the parent
   * @param statements of the experiment
   * @param expected {@code table +inserted ~updated -deleted of rowsInBase}, in order
   */
  record Case(String name, String setup, List<String> statements, String expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String DOC =
      """
      CREATE TABLE doc (id int PRIMARY KEY, owner text, n int);
      INSERT INTO doc SELECT i, 'owner ' || i % 3, i FROM generate_series(1, 100) i;
      """;

  static List<Case> cases() {
    return List.of(
        new Case(
            "insert, update, delete",
            DOC,
            List.of(
                "INSERT INTO doc VALUES (101, 'new', 1), (102, NULL, 2)",
                "UPDATE doc SET n = -n WHERE id <= 3",
                "DELETE FROM doc WHERE id > 96 AND id <= 100"),
            "doc +2 ~3 -4 of 100"),
        new Case(
            "what is undone is nothing",
            DOC,
            List.of("UPDATE doc SET n = n + 1", "UPDATE doc SET n = n - 1"),
            ""),
        new Case("truncate", DOC, List.of("TRUNCATE doc"), "doc +0 ~0 -100 of 100"),
        new Case(
            "truncate and refill",
            DOC,
            List.of(
                "CREATE TEMP TABLE keep AS SELECT * FROM doc",
                "TRUNCATE doc",
                "INSERT INTO doc SELECT id, owner, n + (id = 7)::int FROM keep"),
            "doc +0 ~1 -0 of 100"),
        new Case(
            "key update is another row",
            DOC,
            List.of("UPDATE doc SET id = 1000 WHERE id = 5"),
            "doc +1 ~0 -1 of 100"),
        new Case(
            "create table as",
            DOC,
            List.of(
                "UPDATE doc SET n = 0 WHERE id = 1",
                "CREATE TABLE copy AS SELECT id, n FROM doc WHERE id <= 10",
                "ALTER TABLE copy ADD PRIMARY KEY (id)"),
            "copy +10 ~0 -0 of 0; doc +0 ~1 -0 of 100"),
        new Case(
            "new table dropped again",
            DOC,
            List.of("CREATE TABLE gone (a int)", "INSERT INTO gone VALUES (1)", "DROP TABLE gone"),
            ""),
        new Case("drop table", DOC, List.of("DROP TABLE doc"), ""),
        new Case(
            "rename table and column",
            DOC,
            List.of(
                "ALTER TABLE doc RENAME TO document",
                "ALTER TABLE document RENAME n TO number",
                "UPDATE document SET number = 0 WHERE id = 1"),
            "document +0 ~1 -0 of 100"),
        new Case(
            "alter type using",
            DOC,
            List.of(
                "ALTER TABLE doc ALTER owner TYPE int USING length(owner)",
                "UPDATE doc SET owner = 0 WHERE id = 1"),
            "doc +0 ~1 -0 of 100"),
        new Case(
            "add column with default touches no row",
            DOC,
            List.of("ALTER TABLE doc ADD tier int NOT NULL DEFAULT 3"),
            ""),
        new Case(
            "add column, fill it, forbid null",
            DOC,
            List.of(
                "ALTER TABLE doc ADD initial text",
                "UPDATE doc SET initial = left(owner, 1)",
                "ALTER TABLE doc ALTER initial SET NOT NULL"),
            "doc +0 ~100 -0 of 100"),
        new Case(
            "add column whose default is the time of day",
            DOC,
            List.of("ALTER TABLE doc ADD at timestamptz NOT NULL DEFAULT clock_timestamp()"),
            "doc +0 ~100 -0 of 100"),
        new Case(
            "add column whose default is now",
            DOC,
            List.of("ALTER TABLE doc ADD at timestamptz DEFAULT now()"),
            "doc +0 ~100 -0 of 100"),
        new Case(
            "numbers that a replay draws from a sequence are the same and are given back",
            DOC + "CREATE SEQUENCE sq START 7; SELECT nextval('sq');",
            List.of(
                "ALTER TABLE doc ADD a int NOT NULL DEFAULT nextval('sq'), ADD b serial",
                "UPDATE doc SET n = 0 WHERE id = 1"),
            "doc +0 ~1 -0 of 100"),
        new Case(
            "drop column",
            DOC,
            List.of("ALTER TABLE doc DROP owner", "UPDATE doc SET n = 0 WHERE id = 1"),
            "doc +0 ~1 -0 of 100"),
        new Case(
            "remove duplicates, then a unique index",
            """
            CREATE TABLE mail (id int PRIMARY KEY, address text);
            INSERT INTO mail SELECT i, 'a' || i / 2 FROM generate_series(1, 100) i;
            """,
            List.of(
                "DELETE FROM mail a USING mail b WHERE a.address = b.address AND a.id > b.id",
                "CREATE UNIQUE INDEX mail_address ON mail (address)"),
            "mail +0 ~0 -49 of 100"),
        new Case(
            "remove duplicates, then a primary key",
            """
            CREATE TABLE word (w text);
            INSERT INTO word SELECT 'w' || i % 40 FROM generate_series(1, 100) i;
            """,
            List.of(
                "CREATE TEMP TABLE once AS SELECT DISTINCT w FROM word",
                "DELETE FROM word",
                "INSERT INTO word SELECT w FROM once",
                "ALTER TABLE word ADD PRIMARY KEY (w)"),
            "word +0 ~0 -60 of 100"),
        new Case(
            "mend rows, then a foreign key",
            """
            CREATE TABLE cust (id int PRIMARY KEY); INSERT INTO cust VALUES (1), (2);
            CREATE TABLE ord (id int PRIMARY KEY, cust int);
            INSERT INTO ord VALUES (1, 1), (2, 99), (3, 2);
            """,
            List.of(
                "UPDATE ord SET cust = 1 WHERE cust = 99",
                "ALTER TABLE ord ADD CONSTRAINT ord_cust FOREIGN KEY (cust) REFERENCES cust",
                "INSERT INTO cust VALUES (3)"),
            "cust +1 ~0 -0 of 2; ord +0 ~1 -0 of 3"),
        new Case(
            "keyless table is a multiset",
            """
            CREATE TABLE log (a int, b text);
            INSERT INTO log VALUES (1, 'x'), (1, 'x'), (1, 'x'), (2, NULL), (2, '');
            """,
            List.of(
                "DELETE FROM log WHERE ctid IN (SELECT ctid FROM log WHERE a = 1 LIMIT 2)",
                "INSERT INTO log VALUES (2, NULL), (2, NULL), (NULL, NULL)",
                "UPDATE log SET b = NULL WHERE b = ''"),
            "log +4 ~0 -3 of 5"),
        new Case(
            "unique not-null index is a key",
            """
            CREATE TABLE code (c text NOT NULL, label text); CREATE UNIQUE INDEX ON code (c);
            INSERT INTO code VALUES ('a', '1'), ('b', '2');
            """,
            List.of("UPDATE code SET label = '3' WHERE c = 'b'"),
            "code +0 ~1 -0 of 2"),
        new Case(
            "composite key of number and text, in the order of bytes",
            """
            CREATE TABLE c (n bigint, t text, v int, PRIMARY KEY (t, n));
            INSERT INTO c SELECT n, t, 0 FROM generate_series(-2, 10) n,
              unnest(ARRAY['', 'a', 'A', 'Z', 'ä', 'z', '~', E'\\uFFFD', U&'\\+01F600', 'aa']) t;
            """,
            List.of(
                "UPDATE c SET v = 1 WHERE n = 9",
                "DELETE FROM c WHERE n = -1",
                "INSERT INTO c SELECT 11, t, 0 FROM c WHERE n = 1"),
            "c +10 ~10 -10 of 130"),
        new Case(
            "keys of other types",
            """
            CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
            CREATE DOMAIN code AS int;
            CREATE TABLE k1 (k uuid PRIMARY KEY, v int);
            INSERT INTO k1 SELECT md5(i::text)::uuid, 0 FROM generate_series(1, 50) i;
            CREATE TABLE k2 (k numeric PRIMARY KEY, v int);
            INSERT INTO k2 SELECT i / 4.0 - 5, 0 FROM generate_series(1, 50) i;
            CREATE TABLE k3 (k timestamptz PRIMARY KEY, v int);
            INSERT INTO k3 SELECT '2024-12-30'::timestamptz + i * interval '7 hours', 0
              FROM generate_series(1, 50) i;
            INSERT INTO k3 VALUES ('infinity', 0), ('-infinity', 0), ('0044-03-15 BC', 0);
            CREATE TABLE k4 (k mood PRIMARY KEY, v int);
            INSERT INTO k4 VALUES ('sad', 0), ('ok', 0), ('glad', 0);
            CREATE TABLE k5 (k code PRIMARY KEY, v int);
            INSERT INTO k5 SELECT i, 0 FROM generate_series(-20, 30) i;
            CREATE TABLE k6 (k int[] PRIMARY KEY, v int);
            INSERT INTO k6 SELECT ARRAY[i, -i], 0 FROM generate_series(1, 50) i;
            CREATE TABLE k7 (k char(4) PRIMARY KEY, v int);
            INSERT INTO k7 SELECT i::text, 0 FROM generate_series(1, 50) i;
            CREATE TABLE k8 (k bytea PRIMARY KEY, v int);
            INSERT INTO k8 SELECT decode(md5(i::text), 'hex'), 0 FROM generate_series(1, 50) i;
            CREATE TABLE k9 (k boolean PRIMARY KEY, v int); INSERT INTO k9 VALUES (true, 0), (false, 0);
            """,
            List.of(
                "UPDATE k1 SET v = 1 WHERE k < '80000000-0000-0000-0000-000000000000'",
                "UPDATE k2 SET v = 1 WHERE k < 0",
                "UPDATE k3 SET v = 1 WHERE k < '2025-01-01' OR k = 'infinity'",
                "UPDATE k4 SET v = 1 WHERE k = 'ok'",
                "UPDATE k5 SET v = 1 WHERE k < 0",
                "UPDATE k6 SET v = 1 WHERE k[1] > 40",
                "UPDATE k7 SET v = 1 WHERE k > '4'",
                "UPDATE k8 SET v = 1 WHERE k > '\\x80'",
                "UPDATE k9 SET v = 1 WHERE k"),
            "k1 +0 ~23 -0 of 50; k2 +0 ~19 -0 of 50; k3 +0 ~9 -0 of 53; k4 +0 ~1 -0 of 3; "
                + "k5 +0 ~20 -0 of 51; k6 +0 ~10 -0 of 50; k7 +0 ~16 -0 of 50; k8 +0 ~27 -0 of 50; "
                + "k9 +0 ~1 -0 of 2"),
        new Case(
            "values equal under = that print differently are changes",
            """
            CREATE TABLE v (id int PRIMARY KEY, n numeric, j json, f float8, i interval, c char(3));
            INSERT INTO v SELECT i, 1.0, '{"a":1,"a":2}', 0, '1 mon', 'a' FROM generate_series(1, 6) i;
            """,
            List.of(
                "UPDATE v SET n = 1.00 WHERE id = 1",
                "UPDATE v SET j = '{\"a\":2}' WHERE id = 2",
                "UPDATE v SET f = '-0' WHERE id = 3",
                "UPDATE v SET i = '30 days' WHERE id = 4",
                "UPDATE v SET n = 'NaN' WHERE id = 5",
                "UPDATE v SET c = 'a  ' WHERE id = 6"),
            "v +0 ~5 -0 of 6"),
        new Case(
            "composites, ranges, arrays, nested nulls",
            """
            CREATE TYPE pair AS (a int, b text);
            CREATE TYPE mood AS ENUM ('sad', 'ok');
            CREATE TABLE v (p pair, r int4range, m mood[], x bytea, j jsonb, t tstzrange, d text[][]);
            INSERT INTO v VALUES
              (NULL, NULL, NULL, NULL, NULL, NULL, NULL),
              (ROW(NULL, NULL), 'empty', '{}', '', 'null', '(,)', '{{a,NULL},{"NULL",""}}'),
              (ROW(1, '(,)'), '[1,5)', '{ok,NULL}', '\\x00ff', '{"a": [1]}', '[2024-01-01,)', '{{" "}}');
            """,
            List.of(
                "UPDATE v SET p = ROW(NULL, NULL) WHERE r IS NULL",
                "UPDATE v SET m = '{ok,sad}' WHERE p = ROW(1, '(,)')::pair"),
            "v +2 ~0 -2 of 3"),
        new Case(
            "generated columns are computed, not carried",
            """
            CREATE TABLE g (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int,
              s int GENERATED ALWAYS AS (a * 2) STORED, v int GENERATED ALWAYS AS (a * 3) VIRTUAL);
            INSERT INTO g (a) SELECT i FROM generate_series(1, 10) i;
            """,
            List.of(
                "ALTER TABLE g ALTER s SET EXPRESSION AS (a * 4)",
                "UPDATE g SET a = 0 WHERE id = 1",
                "INSERT INTO g (a) VALUES (7)"),
            "g +1 ~1 -0 of 10"),
        new Case(
            "mixed case, Unicode and hostile names; one name in two schemas",
            """
            CREATE SCHEMA "Größe"; CREATE SCHEMA "a.b";
            CREATE TABLE "Größe"."T" ("Id" int PRIMARY KEY, "sel""ect; --" text, "{x}?" int);
            CREATE TABLE "a.b"."T" ("Id" int PRIMARY KEY, "sel""ect; --" text, "{x}?" int);
            INSERT INTO "Größe"."T" VALUES (1, 'a', 1); INSERT INTO "a.b"."T" VALUES (1, 'a', 1);
            """,
            List.of(
                "UPDATE \"Größe\".\"T\" SET \"{x}?\" = 2",
                "INSERT INTO \"a.b\".\"T\" VALUES (2, '{fn now()}', 3)"),
            "Größe.T +0 ~1 -0 of 1; a.b.T +1 ~0 -0 of 1"),
        new Case(
            "inheritance children are tables of their own",
            """
            CREATE TABLE p (id int PRIMARY KEY, v int); CREATE TABLE c (PRIMARY KEY (id)) INHERITS (p);
            INSERT INTO p VALUES (1, 1); INSERT INTO c VALUES (1, 1), (2, 2);
            """,
            List.of("UPDATE p SET v = 0"),
            "c +0 ~2 -0 of 2; p +0 ~1 -0 of 1"),
        new Case(
            "unlogged table",
            "CREATE UNLOGGED TABLE u (id int PRIMARY KEY)",
            List.of("INSERT INTO u VALUES (1)"),
            "u +1 ~0 -0 of 0"),
        new Case(
            "cascades and triggers count by what they did",
            """
            CREATE TABLE a (id int PRIMARY KEY);
            CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE CASCADE, note text);
            CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN NEW.note := upper(NEW.note); RETURN NEW; END';
            CREATE TRIGGER up BEFORE INSERT OR UPDATE ON b FOR EACH ROW EXECUTE FUNCTION up();
            INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (1, 1, 'x'), (2, 2, 'y');
            """,
            List.of("DELETE FROM a WHERE id = 1", "INSERT INTO b VALUES (3, 2, 'z')"),
            "a +0 ~0 -1 of 2; b +1 ~0 -1 of 2"),
        new Case(
            "switched-off trigger and rule do not disturb the rehearsal",
            """
            CREATE TABLE a (id int PRIMARY KEY, n int); INSERT INTO a VALUES (1, 1), (2, NULL);
            CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN RAISE ''not here''; END';
            CREATE TRIGGER no BEFORE DELETE ON a FOR EACH ROW EXECUTE FUNCTION no();
            CREATE RULE never AS ON DELETE TO a DO INSTEAD NOTHING;
            """,
            List.of("UPDATE a SET n = 2 WHERE n IS NULL", "ALTER TABLE a ALTER n SET NOT NULL"),
            "a +0 ~1 -0 of 2"),
        new Case(
            "swapped unique values and a deferred foreign key in one rehearsal",
            """
            CREATE TABLE a (id int PRIMARY KEY, u int UNIQUE, n int);
            CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a (u) ON UPDATE CASCADE);
            COMMENT ON CONSTRAINT b_a_fkey ON b IS 'kept';
            INSERT INTO a VALUES (1, 10, NULL), (2, 20, NULL); INSERT INTO b VALUES (1, 10), (2, 20);
            """,
            List.of(
                "UPDATE a SET u = 0 WHERE id = 1",
                "UPDATE a SET u = 10 WHERE id = 2",
                "UPDATE a SET u = 20 WHERE id = 1",
                "UPDATE a SET n = id",
                "ALTER TABLE a ALTER n SET NOT NULL"),
            "a +0 ~2 -0 of 2; b +0 ~2 -0 of 2"));
  }

  static List<Case> partitionCases() {
    String setup =
        """
        CREATE TABLE ev (id int, at date, v text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
        CREATE TABLE ev25 PARTITION OF ev FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        CREATE TABLE ev26 PARTITION OF ev FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
          PARTITION BY RANGE (at);
        CREATE TABLE ev26a PARTITION OF ev26 FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
        CREATE TABLE old (id int, at date NOT NULL, v text, PRIMARY KEY (id, at));
        INSERT INTO ev SELECT i, '2025-03-01', 'a' FROM generate_series(1, 10) i;
        INSERT INTO ev SELECT i, '2026-03-01', 'b' FROM generate_series(1, 5) i;
        INSERT INTO old SELECT i, '2024-03-01', 'c' FROM generate_series(1, 3) i;
        """;
    return List.of(
        new Case(
            "rows of partitions are the root's",
            setup,
            List.of("UPDATE ev SET v = 'x' WHERE id <= 2", "DELETE FROM ev26a WHERE id = 5"),
            "ev +0 ~4 -1 of 15"),
        new Case(
            "row moves between partitions",
            setup,
            List.of("UPDATE ev SET at = '2026-02-02' WHERE id = 1 AND at = '2025-03-01'"),
            "ev +1 ~0 -1 of 15"),
        new Case(
            "new partition with rows",
            setup,
            List.of(
                "CREATE TABLE ev27 PARTITION OF ev FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
                "INSERT INTO ev VALUES (1, '2027-05-05', 'n')"),
            "ev +1 ~0 -0 of 15"),
        new Case(
            "table made, filled and attached",
            setup,
            List.of(
                "CREATE TABLE ev27 AS SELECT id, date '2027-02-02' AS at, v FROM ev25",
                "ALTER TABLE ev27 ALTER id SET NOT NULL, ALTER at SET NOT NULL",
                "ALTER TABLE ev ATTACH PARTITION ev27 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')"),
            "ev +10 ~0 -0 of 15"),
        new Case(
            "old table attached, one row changed",
            setup,
            List.of(
                "ALTER TABLE ev ATTACH PARTITION old FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
                "UPDATE ev SET v = 'z' WHERE id = 3 AND at < '2025-01-01'"),
            "ev +0 ~1 -0 of 18"),
        new Case(
            "partition detached, one row changed on either side",
            setup,
            List.of(
                "ALTER TABLE ev DETACH PARTITION ev25",
                "UPDATE ev25 SET v = 'z' WHERE id = 3",
                "UPDATE ev SET v = 'y' WHERE id = 3"),
            "ev +0 ~1 -0 of 5; ev25 +0 ~1 -0 of 10"),
        new Case("partition dropped", setup, List.of("DROP TABLE ev25"), ""),
        new Case(
            "partitioned table truncated and its default made not null",
            setup,
            List.of(
                "TRUNCATE ev26",
                "ALTER TABLE ev ADD w int",
                "UPDATE ev SET w = 1",
                "ALTER TABLE ev ALTER w SET NOT NULL"),
            "ev +0 ~10 -5 of 15"));
  }

  @BeforeAll
  static void makeLedger() throws SQLException {
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    store = ledger.changeSets();
  }

  @ParameterizedTest
  @MethodSource({"cases", "partitionCases"})
  void changeSet_tellsWhatChanged_isStable_andLeavesTheBaseAlone(Case given) throws SQLException {
    NewerSyntax.assumeUnderstood(given.setup());
    try (TestParent parent = PostgresServer.parent(given.setup());
        ExperimentRun run =
            new ExperimentRun(
                parent, store, TransactionMode.SINGLE, given.statements().toArray(String[]::new))) {
      String base = DatabaseDump.of(run.ref().baseName());

      ChangeSummary summary = run.diff();

      assertThat(counts(summary)).isEqualTo(given.expected());
      assertThat(run.diff().digest()).isEqualTo(summary.digest());
      assertThat(run.comparedWhole().diff().digest()).isEqualTo(summary.digest());
      assertThat(DatabaseDump.of(run.ref().baseName())).isEqualTo(base);
    }
  }

  static String counts(ChangeSummary summary) {
    return summary.tables().stream().map(RowDiffTest::counts).collect(Collectors.joining("; "));
  }

  private static String counts(TableChanges table) {
    return "%s +%d ~%d -%d of %d"
        .formatted(
            table.table(), table.inserted(), table.updated(), table.deleted(), table.rowsInBase());
  }
}
