package dev.offshoot.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.NewerSyntax;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One parent with one of everything; what is changed in a test is rolled back. */
class CatalogFingerprintTest {
  private static final String EVERYTHING =
      """
      CREATE TYPE mood AS ENUM ('a''b', 'ok'); CREATE TYPE span AS RANGE (subtype = float8);
      CREATE TYPE pair AS (a int, b mood[]);
      CREATE DOMAIN code AS text COLLATE "C" DEFAULT 'x' CONSTRAINT filled CHECK (VALUE <> '');
      CREATE TABLE ref (id int PRIMARY KEY, d date DEFAULT '2024-02-01', f float8 DEFAULT 0.1,
        i interval DEFAULT '1 day 2 hours', n bytea DEFAULT '\\x01', c code, big text);
      CREATE SEQUENCE sq; CREATE INDEX ref_lower ON ref (lower(big));
      CREATE TABLE part (id int REFERENCES ref, k int, EXCLUDE (k WITH =)) PARTITION BY LIST (k);
      CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1);
      CREATE TABLE child (z int) INHERITS (ref);
      CREATE FUNCTION plus(a int, b int DEFAULT 3) RETURNS int LANGUAGE sql AS 'SELECT a + b';
      CREATE AGGREGATE total (int) (sfunc = plus, stype = int, initcond = '0');
      CREATE OPERATOR <+> (leftarg = int, rightarg = int, function = plus);
      CREATE CAST (mood AS pair) WITH INOUT;
      CREATE TEXT SEARCH CONFIGURATION words (COPY = english);
      CREATE TEXT SEARCH DICTIONARY plain (template = simple);
      CREATE COLLATION german (provider = icu, locale = 'de');
      CREATE FUNCTION tr() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER t AFTER INSERT ON part FOR EACH ROW EXECUTE FUNCTION tr();
      CREATE POLICY own ON ref TO PUBLIC USING (id > 1);
      CREATE VIEW v AS SELECT id, big FROM ref WHERE d > '2024-02-01' AND f > 0.1;
      CREATE MATERIALIZED VIEW mv AS SELECT count(*) FROM ref;
      CREATE RULE ru AS ON INSERT TO v DO INSTEAD NOTHING;
      CREATE STATISTICS st ON id, big FROM ref;
      CREATE PUBLICATION pub FOR TABLE ref; CREATE EXTENSION pg_trgm;
      CREATE SCHEMA offshoot; CREATE TABLE offshoot.merge_receipt (id text);
      ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
      GRANT SELECT ON ref TO PUBLIC; COMMENT ON TABLE ref IS 'r';
      """;

  /** Older servers have no exclusion constraints on partitioned tables. */
  private static final boolean EXCLUDES = PostgresServer.majorVersion() >= 17;

  private static TestParent parent;

  @BeforeAll
  static void start() throws SQLException {
    parent =
        PostgresServer.parent(
            EXCLUDES ? EVERYTHING : EVERYTHING.replace(", EXCLUDE (k WITH =)", ""));
  }

  @AfterAll
  static void stop() throws SQLException {
    parent.close();
  }

  @Test
  void fingerprint_isTheSameOnParentBaseAndBranch_whoeverOwnsThem() throws SQLException {
    BranchRef ref = new BranchRef(new ExperimentId("fingerprint"), 1, parent.config().name());
    try (PostgresBranchProvider provider = new PostgresBranchProvider(parent.config())) {
      provider.create(ref, Instant.now().plusSeconds(600), Progress.NONE);
      CatalogFingerprint onBranch;
      try (Connection session = provider.openForExperiment(ref)) {
        onBranch = CatalogFingerprint.read(session);
      }
      CatalogFingerprint onBase;
      try (Connection session = provider.openBaseForReading(ref)) {
        onBase = CatalogFingerprint.read(session);
      }
      CatalogFingerprint onParent;
      try (Connection session = provider.openParent()) {
        onParent = CatalogFingerprint.read(session);
      }
      provider.drop(ref);

      assertThat(onBranch.definitions()).isEqualTo(onBase.definitions());
      // What the owner grants by default to what it makes stays in the copy beside the branch's.
      assertThat(CatalogFingerprint.changes(onParent, onBase))
          .extracting(SchemaChange::objectType)
          .containsOnly("default privileges");
      assertThat(CatalogFingerprint.changes(onParent, onBase))
          .extracting(SchemaChange::kind)
          .containsOnly(SchemaChange.Kind.CREATED);
    }
  }

  @Test
  void placesOfOurs_areNobodysSchema() throws SQLException {
    try (TestParent fresh = PostgresServer.parent("");
        Connection session = fresh.ownerConnection()) {
      CatalogFingerprint before = CatalogFingerprint.read(session);

      Sql.execute(
          session,
          """
          CREATE SCHEMA offshoot; COMMENT ON SCHEMA offshoot IS 'receipts';
          CREATE TABLE offshoot.merge_receipt (id text PRIMARY KEY);
          COMMENT ON TABLE offshoot.merge_receipt IS 'too';
          CREATE SCHEMA offshoot_capture; COMMENT ON SCHEMA offshoot_capture IS 'keys';
          """);

      assertThat(CatalogFingerprint.read(session)).isEqualTo(before);
    }
  }

  @Test
  void fingerprint_dependsOnNoSetting_andLeavesThemAsTheyWere() throws SQLException {
    String settings =
        """
        SELECT current_setting('search_path') || current_setting('DateStyle')
          || current_setting('quote_all_identifiers') || current_setting('extra_float_digits')
        """;
    try (Connection plain = parent.ownerConnection();
        Connection odd = parent.ownerConnection()) {
      CatalogFingerprint expected = CatalogFingerprint.read(plain);
      odd.setAutoCommit(false);
      Sql.execute(
          odd,
          """
          SET search_path = public, pg_catalog; SET LOCAL quote_all_identifiers = on;
          SET DateStyle = 'ISO, DMY'; SET extra_float_digits = -10; SET IntervalStyle = 'iso_8601';
          SET bytea_output = 'escape'; SET standard_conforming_strings = off
          """);
      String before = Sql.only(odd, settings, row -> row.getString(1));

      assertThat(CatalogFingerprint.read(odd)).isEqualTo(expected);
      String after = Sql.only(odd, settings, row -> row.getString(1));
      assertThat(after).isEqualTo(before);
      assertThat(expected.definitions()).hasSizeGreaterThan(60);
    }
  }

  @Test
  void fingerprint_runsNobodysCode() throws SQLException {
    try (Connection session = parent.ownerConnection()) {
      session.setAutoCommit(false);
      Sql.execute(
          session,
          """
          CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE plpgsql AS
            'BEGIN RAISE ''ran''; END';
          CREATE FUNCTION public.boom(text, text) RETURNS text LANGUAGE plpgsql AS
            'BEGIN RAISE ''ran''; END';
          CREATE OPERATOR public.|| (leftarg = text, rightarg = text, function = public.boom);
          CREATE TEMP TABLE pg_class AS SELECT * FROM pg_catalog.pg_class WHERE false;
          CREATE TEMP TABLE pg_namespace AS SELECT * FROM pg_catalog.pg_namespace WHERE false;
          SET search_path = pg_temp, public, pg_catalog
          """);

      assertThat(CatalogFingerprint.read(session).definitions())
          .containsKey(new CatalogObject("table", "public.ref"));
      assertThat(TableCatalog.read(session).tables()).isNotEmpty();
    }
  }

  @Test
  void otherPeoplesObjects_areLeftOut() throws SQLException {
    try (Connection session = parent.ownerConnection()) {
      session.setAutoCommit(false);
      Sql.execute(session, "CREATE TEMP TABLE passing (id int PRIMARY KEY)");

      assertThat(CatalogFingerprint.read(session).definitions().keySet())
          .extracting(CatalogObject::toString)
          .noneMatch(name -> name.contains("passing"))
          .noneMatch(name -> name.contains("offshoot"))
          .noneMatch(name -> name.contains("similarity"))
          .noneMatch(name -> name.startsWith("function public.span"))
          .contains("extension pg_trgm");
    }
  }

  @Test
  void optionsOfServers_showNoValue() throws SQLException {
    try (TestParent other = PostgresServer.parent("");
        Connection superuser = other.superuserConnection()) {
      Sql.execute(
          superuser,
          """
          CREATE FOREIGN DATA WRAPPER w OPTIONS (token 'hunter2');
          CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'hunter2');
          CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'hunter2');
          CREATE FOREIGN TABLE f (a int OPTIONS (secret 'hunter2')) SERVER s OPTIONS (path 'hunter2')
          """);
      CatalogFingerprint before = CatalogFingerprint.read(superuser);

      assertThat(before.definitions().toString())
          .contains("OPTIONS (token)", "OPTIONS (host)", "OPTIONS (secret)", "OPTIONS (path)")
          .doesNotContain("hunter2");

      Sql.execute(superuser, "ALTER SERVER s OPTIONS (SET host 'elsewhere')");
      assertThat(changed(before, CatalogFingerprint.read(superuser)))
          .containsExactly("ALTERED server s");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "ALTER TABLE ref ADD x int | CREATED column public.child.x, CREATED column public.ref.x",
        "ALTER TABLE ref ALTER id SET STATISTICS 7 | ALTERED column public.child.id,"
            + " ALTERED column public.ref.id",
        "ALTER TABLE ref ALTER big SET STORAGE EXTERNAL | ALTERED column public.child.big,"
            + " ALTERED column public.ref.big",
        "ALTER TABLE ref ALTER big SET (n_distinct = 4) | ALTERED column public.ref.big",
        "ALTER TABLE ref SET (toast.autovacuum_enabled = off) | ALTERED table public.ref",
        "ALTER TABLE ref FORCE ROW LEVEL SECURITY | ALTERED table public.ref",
        "ALTER TABLE ref REPLICA IDENTITY FULL | ALTERED table public.ref",
        "ALTER TABLE ref CLUSTER ON ref_lower | ALTERED index public.ref_lower",
        "ALTER INDEX ref_lower ALTER COLUMN 1 SET STATISTICS 5 | ALTERED index public.ref_lower",
        "ALTER INDEX ref_pkey SET (fillfactor = 50) | ALTERED constraint ref_pkey ON public.ref",
        "ALTER TABLE ref RENAME CONSTRAINT ref_pkey TO pk |"
            + " CREATED constraint pk ON public.ref, DROPPED constraint ref_pkey ON public.ref",
        "ALTER TABLE ref RENAME CONSTRAINT ref_id_not_null TO nn | ALTERED column public.ref.id",
        "ALTER TABLE child NO INHERIT ref | ALTERED column public.child.big,"
            + " ALTERED column public.child.c, ALTERED column public.child.d,"
            + " ALTERED column public.child.f, ALTERED column public.child.i,"
            + " ALTERED column public.child.id, ALTERED column public.child.n,"
            + " ALTERED table public.child",
        "ALTER SEQUENCE sq OWNED BY ref.id | ALTERED sequence public.sq",
        "ALTER TABLE part DISABLE TRIGGER t | ALTERED trigger t ON public.part,"
            + " ALTERED trigger t ON public.part1",
        "ALTER DOMAIN code DROP CONSTRAINT filled | DROPPED constraint filled ON public.code",
        "ALTER DOMAIN code SET NOT NULL | ALTERED domain public.code",
        "ALTER TYPE pair ADD ATTRIBUTE c int | CREATED attribute public.pair.c",
        "ALTER FUNCTION plus(int, int) STRICT | ALTERED function public.plus(integer,integer)",
        "REVOKE ALL ON FUNCTION plus(int, int) FROM PUBLIC |"
            + " CREATED privileges function public.plus(integer,integer)",
        "GRANT USAGE ON SEQUENCE sq TO PUBLIC | CREATED privileges sequence public.sq",
        "GRANT CREATE ON SCHEMA public TO PUBLIC | ALTERED privileges schema public",
        "REVOKE USAGE ON TYPE mood FROM PUBLIC | CREATED privileges type public.mood",
        "GRANT UPDATE (id) ON ref TO PUBLIC | CREATED privileges column public.ref.id",
        "REVOKE SELECT ON ref FROM PUBLIC | DROPPED privileges table public.ref",
        "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM PUBLIC |"
            + " DROPPED default privileges FOR <owner> ON tables",
        "ALTER OPERATOR <+> (int, int) SET (commutator = <+>) |"
            + " ALTERED operator public.<+>(integer,integer)",
        "ALTER TEXT SEARCH CONFIGURATION words DROP MAPPING FOR word |"
            + " ALTERED text search configuration public.words",
        "ALTER TEXT SEARCH DICTIONARY plain (accept = false) |"
            + " ALTERED text search dictionary public.plain",
        "DROP COLLATION german | DROPPED collation public.german",
        "DROP CAST (mood AS pair) | DROPPED cast public.mood AS public.pair",
        "ALTER POLICY own ON ref USING (id > 2) | ALTERED policy own ON public.ref",
        "ALTER PUBLICATION pub SET (publish = 'insert') | ALTERED publication pub",
        "ALTER STATISTICS st SET STATISTICS 9 | ALTERED statistics public.st",
        "ALTER VIEW v ALTER id SET DEFAULT 4 | CREATED column public.v.id",
        "REFRESH MATERIALIZED VIEW mv WITH NO DATA | ALTERED materialized view public.mv",
        "COMMENT ON TABLE ref IS NULL | DROPPED comment table public.ref",
        "COMMENT ON TRIGGER t ON part IS 'x' | CREATED comment trigger t on public.part",
        "DROP EXTENSION pg_trgm | DROPPED extension pg_trgm",
        "ALTER TABLE part DETACH PARTITION part1 |"
            + " ALTERED constraint part1_k_excl ON public.part1,"
            + " CREATED constraint part_id_fkey ON public.part1, ALTERED table public.part1,"
            + " DROPPED trigger t ON public.part1",
        "INSERT INTO ref (id) VALUES (5) |",
        "UPDATE ONLY ref SET big = 'x' |",
        "SELECT nextval('sq') |",
        "ANALYZE ref |",
        "REINDEX TABLE ref |"
      })
  void eachChange_isToldOnce_andDataIsNone(String statement, String expected) throws SQLException {
    NewerSyntax.assumeUnderstood(statement);
    try (Connection session = parent.ownerConnection()) {
      session.setAutoCommit(false);
      CatalogFingerprint before = CatalogFingerprint.read(session);
      Sql.execute(session, statement);

      assertThat(String.join(", ", changed(before, CatalogFingerprint.read(session))))
          .isEqualTo(
              expected == null
                  ? ""
                  : EXCLUDES
                      ? expected
                      : expected.replace("ALTERED constraint part1_k_excl ON public.part1, ", ""));
    }
  }

  @Test
  void orderOfColumns_isToldOnlyWhereColumnsChangedPlaces() throws SQLException {
    try (Connection session = parent.ownerConnection()) {
      session.setAutoCommit(false);
      Sql.execute(session, "CREATE TABLE o (a int, b int, c int)");
      CatalogFingerprint before = CatalogFingerprint.read(session);
      Sql.execute(session, "ALTER TABLE o RENAME b TO x; ALTER TABLE o DROP c, ADD d int");
      assertThat(changed(before, CatalogFingerprint.read(session)))
          .doesNotContain("ALTERED column order public.o");

      session.rollback();
      Sql.execute(session, "CREATE TABLE o (a int, b int, c int)");
      Sql.execute(session, "ALTER TABLE o DROP b; ALTER TABLE o ADD b int");
      assertThat(changed(before, CatalogFingerprint.read(session)))
          .containsExactly("ALTERED column order public.o");
    }
  }

  @Test
  void whatFollowsFromAPartitionedTable_isMarked() throws SQLException {
    try (Connection session = parent.ownerConnection()) {
      assertThat(CatalogFingerprint.read(session).derived())
          .extracting(CatalogObject::toString)
          .containsExactlyInAnyOrderElementsOf(
              Stream.of(
                      "column public.part1.id",
                      "column public.part1.k",
                      "column order public.part1",
                      "constraint part1_k_excl ON public.part1",
                      "trigger t ON public.part1")
                  .filter(object -> EXCLUDES || !object.contains("excl"))
                  .toList());
    }
  }

  private static List<String> changed(CatalogFingerprint before, CatalogFingerprint after) {
    return CatalogFingerprint.changes(before, after).stream()
        .map(change -> change.kind() + " " + change.objectType() + " " + change.identity())
        .toList();
  }
}
