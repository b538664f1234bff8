package dev.offshoot.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.NewerSyntax;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Table;
import dev.offshoot.step.Progress;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;

/** Which keys are noted of what a transaction writes, and when the log cannot vouch for them. */
class KeyLogTest {
  private static final String SETUP =
      """
      CREATE TABLE a (id int PRIMARY KEY, v int, w text);
      CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE);
      CREATE DOMAIN code AS text CHECK (VALUE <> 'never');
      CREATE TABLE pair (n numeric, c code, v int, PRIMARY KEY (c, n));
      CREATE TABLE f (x float8, t timestamptz, y bytea, v int, PRIMARY KEY (x, t, y));
      CREATE TABLE keyless (v int);
      CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE TABLE moody (m mood PRIMARY KEY);
      CREATE TABLE ev (id int, at date, v text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
      CREATE TABLE ev25 PARTITION OF ev FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      CREATE TABLE ev26 (v text, junk int, at date NOT NULL, id int NOT NULL);
      ALTER TABLE ev26 DROP junk;
      ALTER TABLE ev ATTACH PARTITION ev26 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      CREATE VIEW va AS SELECT id, v FROM a;
      CREATE TABLE ruled (id int PRIMARY KEY);
      CREATE RULE elsewhere AS ON INSERT TO ruled DO INSTEAD INSERT INTO a VALUES (NEW.id, 0);
      CREATE TABLE heard (id int PRIMARY KEY);
      CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO b VALUES (1000 + NEW.id, NULL); RETURN NULL; END';
      CREATE TRIGGER tell AFTER INSERT ON heard FOR EACH ROW EXECUTE FUNCTION tell();
      INSERT INTO a SELECT g, g, 'x' FROM generate_series(1, 20) g;
      INSERT INTO b SELECT g, g FROM generate_series(1, 20) g;
      INSERT INTO pair VALUES (1.50, 'tab	and \\back"slash', 0), (2, '', 0), (3, '{a,NULL}', 0);
      INSERT INTO f VALUES (0.1, '2026-02-03 04:05:06.789+00', '\\x00ff', 0);
      INSERT INTO keyless VALUES (1);
      INSERT INTO moody VALUES ('sad');
      INSERT INTO ev SELECT g, '2025-06-01', 'x' FROM generate_series(1, 5) g;
      INSERT INTO ev SELECT g, '2026-06-01', 'x' FROM generate_series(1, 5) g;
      """;

  private static TestParent parent;
  private static Connection owner;

  /**
   * @param statement what is run
   * @param noted {@code table[key, ...]} of each table that was written, ? if nobody can vouch
   */
  record Case(String statement, String noted) {}

  static List<Case> cases() {
    return List.of(
        new Case("SELECT 1", ""),
        new Case("UPDATE a SET v = 0 WHERE id < 0", ""),
        new Case("INSERT INTO a VALUES (30), (31)", "a[30, 31]"),
        new Case("UPDATE a SET v = 0 WHERE id IN (3, 2)", "a[2, 3]"),
        new Case("DELETE FROM b WHERE id = 3; DELETE FROM b WHERE id = 4", "b[3, 4]"),
        new Case("INSERT INTO a VALUES (30); DELETE FROM a WHERE id = 30", "a[30]"),
        new Case("UPDATE b SET id = 100 WHERE id = 5", "b[100, 5]"),
        new Case("UPDATE b SET id = id + 100 WHERE id < 3", "b[1, 101, 102, 2]"),
        new Case("UPDATE a SET id = 50 WHERE id = 7", "a[50, 7] b[7]"),
        new Case("DELETE FROM a WHERE id <= 2", "a[1, 2] b[1, 2]"),
        new Case(
            "INSERT INTO a VALUES (1, 1), (40, 1) ON CONFLICT (id) DO UPDATE SET v = 9",
            "a[1, 40]"),
        new Case("INSERT INTO a VALUES (1, 1) ON CONFLICT DO NOTHING", ""),
        new Case(
            """
            MERGE INTO a USING (VALUES (1), (2), (60)) AS s (k) ON s.k = a.id
            WHEN MATCHED AND k = 1 THEN DELETE WHEN MATCHED THEN UPDATE SET v = 0
            WHEN NOT MATCHED THEN INSERT VALUES (k, 0)
            """,
            "a[1, 2, 60] b[1]"),
        new Case("COPY a (id) FROM STDIN", "a[70, 71]"),
        new Case(
            "WITH gone AS (DELETE FROM b WHERE id = 9 RETURNING id) INSERT INTO a SELECT 80 FROM gone",
            "a[80] b[9]"),
        new Case("UPDATE va SET v = 5 WHERE id = 4", "a[4]"),
        new Case("INSERT INTO ruled VALUES (90)", "a[90]"),
        new Case("INSERT INTO heard VALUES (1)", "b[1001] heard[1]"),
        new Case(
            "DO $$ BEGIN UPDATE a SET v = 1 WHERE id = 1; UPDATE a SET v = 2 WHERE id = 2; END $$",
            "a[1, 2]"),
        // All kinds of keys, whatever the session's settings make of them
        new Case("UPDATE pair SET v = 1", "pair[tab\tand \\back\"slash|1.50, {a,NULL}|3, |2]"),
        new Case(
            """
            CREATE FUNCTION format(text, anyelement) RETURNS text LANGUAGE sql AS 'SELECT ''no''';
            DO $$ BEGIN
              SET LOCAL extra_float_digits = -15; SET LOCAL bytea_output = 'escape';
              SET LOCAL TimeZone = 'Asia/Tokyo'; SET LOCAL DateStyle = 'SQL, DMY';
              SET LOCAL search_path = public, pg_catalog;
              UPDATE f SET v = 1, x = 0.1::float8 + 0.2::float8;
              SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL TimeZone = 'UTC'; END $$
            """,
            "f[0.1|2026-02-03 04:05:06.789+00|\\x00ff, 0.30000000000000004|2026-02-03 04:05:06.789+00|\\x00ff]"),
        // Partitions
        new Case("UPDATE ev SET v = 'y' WHERE id = 1", "ev[1|2025-06-01, 1|2026-06-01]"),
        new Case("DELETE FROM ev26 WHERE id = 2", "ev[2|2026-06-01]"),
        new Case(
            "UPDATE ev SET at = '2026-02-02' WHERE id = 3 AND at < '2026-01-01'",
            "ev[3|2025-06-01, 3|2026-02-02]"),
        new Case(
            "CREATE TABLE ev27 PARTITION OF ev FOR VALUES FROM ('2027-01-01') TO ('2028-01-01'); INSERT INTO ev VALUES (1, '2027-05-05')",
            "ev?"),
        new Case("ALTER TABLE ev DETACH PARTITION ev25; DELETE FROM ev WHERE id = 1", "ev?"),
        new Case(
            """
            ALTER TABLE ev DETACH PARTITION ev25; DELETE FROM ev25 WHERE id = 1;
            ALTER TABLE ev ATTACH PARTITION ev25 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
            """,
            "ev[1|2025-06-01]"),
        // What does not add up
        new Case("INSERT INTO keyless VALUES (2)", "keyless?"),
        new Case("UPDATE moody SET m = 'ok'", "moody?"),
        new Case("CREATE TABLE fresh (id int PRIMARY KEY); INSERT INTO fresh VALUES (1)", "fresh?"),
        new Case(
            "SAVEPOINT s; UPDATE a SET v = 0; ROLLBACK TO s; DELETE FROM b WHERE id = 1",
            "a? b[1]"),
        new Case(
            "CREATE TABLE heir () INHERITS (a); INSERT INTO heir VALUES (1); UPDATE a SET v = 0 WHERE id = 1",
            "a? heir?"),
        new Case("ALTER TABLE a DISABLE TRIGGER USER; UPDATE a SET v = 0 WHERE id = 1", "a?"),
        new Case(
            """
            DO $$ BEGIN ALTER TABLE a DISABLE TRIGGER offshoot_capture_update;
              UPDATE a SET v = 0 WHERE id = 1;
              ALTER TABLE a ENABLE TRIGGER offshoot_capture_update; UPDATE a SET v = 1 WHERE id = 2; END $$
            """,
            "a?"),
        new Case(
            "ALTER TABLE a ENABLE ALWAYS TRIGGER offshoot_capture_update; UPDATE a SET v = 0 WHERE id = 1",
            "a?"),
        new Case(
            "DROP TRIGGER offshoot_capture_update ON a; DELETE FROM b WHERE id = 1; UPDATE a SET v = 0 WHERE id = 1",
            "a? b[1]"),
        new Case(
            "ALTER TRIGGER offshoot_capture_update ON a RENAME TO x; UPDATE a SET v = 0 WHERE id = 1",
            "a?"),
        new Case(
            "CREATE OR REPLACE TRIGGER offshoot_capture_insert AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION tell(); INSERT INTO a VALUES (99)",
            "a? b[1099]"),
        // The key's columns change under the statements' feet
        new Case(
            "DO $$ BEGIN ALTER TABLE b RENAME id TO \"I.d\"; EXECUTE 'DELETE FROM b WHERE \"I.d\" = 3'; ALTER TABLE b RENAME \"I.d\" TO id; END $$",
            "b[3]"),
        new Case("ALTER TABLE b ALTER id TYPE bigint; DELETE FROM b WHERE id = 3", "b?"),
        new Case("DO $$ BEGIN ALTER TABLE b DROP id; DELETE FROM b WHERE a = 3; END $$", "b?"),
        new Case(
            "ALTER TABLE b DROP CONSTRAINT b_pkey, ALTER id DROP NOT NULL; UPDATE b SET id = NULL WHERE id = 3",
            "b?"),
        new Case(
            """
            ALTER TABLE b DROP CONSTRAINT b_pkey, ALTER id DROP NOT NULL;
            INSERT INTO b VALUES (NULL, 1), (3, 1); DELETE FROM b WHERE id IS NULL; DELETE FROM b WHERE id = 3;
            ALTER TABLE b ADD CONSTRAINT other PRIMARY KEY (id)
            """,
            "b[3]"),
        new Case(
            "ALTER TABLE a RENAME TO x; ALTER TABLE heard RENAME TO a; ALTER TABLE x RENAME TO heard; UPDATE heard SET v = 0 WHERE id = 1",
            "heard[1]"),
        new Case("DROP TABLE b; UPDATE a SET v = 0 WHERE id = 1", "a[1]"));
  }

  @BeforeAll
  static void install() throws SQLException {
    parent = PostgresServer.parent(SETUP);
    owner = parent.ownerConnection();
    KeyCapture.install(owner, parent.database(), Progress.NONE);
    Sql.execute(owner, "SET search_path = public");
    owner.commit();
  }

  @AfterEach
  void undo() throws SQLException {
    owner.rollback();
  }

  @AfterAll
  static void stop() throws SQLException {
    owner.close();
    parent.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void keysOfWrittenRows_areNoted_orNobodyVouchesForThem(Case given) throws SQLException {
    NewerSyntax.assumeUnderstood(given.statement());
    assertThat(noted(given.statement())).isEqualTo(given.noted());
  }

  @Test
  void statementThatWritesVeryManyRows_isNotedToo() throws SQLException {
    TableCatalog original = TableCatalog.read(owner);
    RowWatch watch = RowWatch.begin(owner);
    Sql.execute(owner, "INSERT INTO a SELECT g FROM generate_series(21, 200022) g");
    watch.look(owner);

    KeyLog.Keys keys = log(original, watch).of(table("a")).orElseThrow();

    assertThat(keys.most()).isEqualTo(200_002);
    assertThat(
            Sql.<Long>only(
                owner, "SELECT count(*) FROM (" + keys.query() + ") k", row -> row.getLong(1)))
        .isEqualTo(200_002);
  }

  private static String noted(String statement) throws SQLException {
    TableCatalog original = TableCatalog.read(owner);
    RowWatch watch = RowWatch.begin(owner);
    if (statement.startsWith("COPY")) {
      copy(statement);
    } else {
      Sql.execute(owner, statement);
    }
    Sql.execute(
        owner,
        "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1");
    watch.look(owner);
    KeyLog log = log(original, watch);
    TreeMap<String, String> found = new TreeMap<>();
    for (long oid : watch.touchedTables()) {
      Table table = TableCatalog.read(owner).table(oid).orElseThrow();
      Table root =
          table.partitionRoot() == null
              ? table
              : TableCatalog.read(owner).table(table.partitionRoot()).orElseThrow();
      Optional<KeyLog.Keys> keys = log.of(root);
      found.put(root.name().name(), keys.isEmpty() ? "?" : rows(keys.get()));
    }
    StringBuilder text = new StringBuilder();
    found.forEach(
        (table, keys) -> text.append(text.isEmpty() ? "" : " ").append(table).append(keys));
    return text.toString();
  }

  private static String rows(KeyLog.Keys keys) throws SQLException {
    List<String> rows =
        Sql.list(
            owner,
            keys.query(),
            row -> {
              StringBuilder key = new StringBuilder(row.getString(1));
              for (int i = 2; i <= keys.types().size(); i++) {
                key.append('|').append(row.getString(i));
              }
              return key.toString();
            });
    return rows.stream().sorted().toList().toString();
  }

  private static KeyLog log(TableCatalog original, RowWatch watch) throws SQLException {
    return KeyLog.read(owner, original, TableCatalog.read(owner), watch.writtenRows());
  }

  private static Table table(String name) throws SQLException {
    return TableCatalog.read(owner).table(new TableName("public", name)).orElseThrow();
  }

  private static void copy(String statement) throws SQLException {
    try {
      owner.unwrap(PGConnection.class).getCopyAPI().copyIn(statement, new StringReader("70\n71\n"));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
