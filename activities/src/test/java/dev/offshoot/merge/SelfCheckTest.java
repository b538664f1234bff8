package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Experiments whose code is harmless where it is reviewed and does something else where it is
 * merged. It knows the parent by a row in {@code armed}.
 */
class SelfCheckTest {
  private static final String BASE =
      """
      CREATE TABLE armed (yes boolean);
      CREATE TABLE accounts (id int PRIMARY KEY, balance int);
      CREATE TABLE items (id int PRIMARY KEY, note text);
      INSERT INTO accounts VALUES (1, 100), (2, 200); INSERT INTO items VALUES (1, 'a'), (2, 'b');
      """;

  /** A function that looks immutable and is not. */
  private static final String SLY =
      """
      CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN IF EXISTS (SELECT FROM public.armed) THEN %s; END IF; RETURN 1; END $$;
      CREATE FUNCTION sly(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN PERFORM public.deed(); RETURN n; END $$;
      """;

  record Case(String name, String deed, String statements, String refusal) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String DEFAULT = "ALTER TABLE items ADD COLUMN n int DEFAULT deed()";
  private static final String WHILE_ROWS_ARE_WRITTEN =
      """
      CREATE TABLE fresh (id int PRIMARY KEY); CREATE INDEX ON fresh (sly(id));
      INSERT INTO fresh VALUES (1), (2); UPDATE items SET note = 'reviewed' WHERE id = 1;
      """;

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "a default writes another table",
            "UPDATE public.accounts SET balance = 0",
            DEFAULT,
            "writes rows of table accounts"),
        new Case(
            "an index expression writes another table",
            "DELETE FROM public.accounts",
            "CREATE INDEX ON items (sly(id))",
            "writes rows of table accounts"),
        new Case(
            "a table made from a query writes another table",
            "INSERT INTO public.accounts VALUES (3, 1) ON CONFLICT DO NOTHING",
            "CREATE TABLE made AS SELECT id, deed() FROM items",
            "writes rows of table accounts"),
        new Case(
            "an index expression writes another table when rows are written",
            "UPDATE public.accounts SET balance = 0",
            WHILE_ROWS_ARE_WRITTEN,
            "writes table accounts"),
        new Case(
            "more rows of a reviewed table are written",
            "UPDATE public.items SET note = 'not reviewed' WHERE id = 2",
            WHILE_ROWS_ARE_WRITTEN,
            "table items would have 0 rows inserted, 3 updated, 0 deleted; reviewed were 0, 1, 0"),
        new Case(
            "a row comes along that nobody reviewed",
            "INSERT INTO public.items VALUES (3, 'not reviewed') ON CONFLICT DO NOTHING",
            WHILE_ROWS_ARE_WRITTEN,
            "table items would have 1 rows inserted, 1 updated, 0 deleted; reviewed were 0, 1, 0"),
        new Case(
            "a row goes along that nobody reviewed",
            "DELETE FROM public.items WHERE id = 2",
            WHILE_ROWS_ARE_WRITTEN,
            "table items would have 0 rows inserted, 1 updated, 1 deleted; reviewed were 0, 1, 0"),
        new Case(
            "staged rows are exchanged",
            """
            IF to_regclass('pg_temp.offshoot_change_1') IS NOT NULL THEN
              UPDATE pg_temp.offshoot_change_1 SET a2 = 'not reviewed'; END IF\
            """,
            """
            CREATE INDEX ON accounts (sly(balance));
            UPDATE accounts SET balance = 5; UPDATE items SET note = 'reviewed';
            """,
            "exchanges rows that were staged"),
        new Case(
            "staged rows are exchanged without a trace in the counters",
            """
            IF to_regclass('pg_temp.offshoot_change_1') IS NOT NULL THEN
              CREATE TEMPORARY TABLE IF NOT EXISTS other AS SELECT * FROM pg_temp.offshoot_change_1;
              UPDATE other SET a2 = 'not reviewed'; TRUNCATE pg_temp.offshoot_change_1;
              INSERT INTO pg_temp.offshoot_change_1 SELECT * FROM other; END IF\
            """,
            """
            CREATE UNIQUE INDEX ON accounts (sly(balance));
            UPDATE accounts SET balance = balance + 1000; UPDATE items SET note = 'reviewed';
            """,
            "exchanges rows that were staged"),
        new Case(
            "a table is emptied without a trace in the counters",
            "TRUNCATE public.accounts",
            DEFAULT,
            "empties or rewrites table accounts"),
        new Case(
            "a table that is rewritten anyway is emptied",
            "TRUNCATE public.accounts",
            "ALTER TABLE accounts ALTER COLUMN balance TYPE bigint; ALTER TABLE items ADD COLUMN n int DEFAULT deed()",
            "makes other values of table accounts than it made of the same values"),
        new Case(
            "a table that is rewritten anyway is emptied while rows are written",
            "TRUNCATE public.accounts",
            "ALTER TABLE accounts ALTER COLUMN balance TYPE bigint; " + WHILE_ROWS_ARE_WRITTEN,
            "table accounts would have 0 rows after it is rewritten"),
        new Case(
            "a conversion gives other values",
            "RETURN 0",
            "ALTER TABLE accounts ALTER COLUMN balance TYPE bigint USING balance * deed()",
            "makes other values of column balance of table accounts than it made of the same values"),
        new Case(
            "a converted column is dropped and made anew",
            "ALTER TABLE public.accounts DROP COLUMN balance; ALTER TABLE public.accounts ADD COLUMN balance bigint",
            "ALTER TABLE accounts ALTER COLUMN balance TYPE bigint; ALTER TABLE items ADD COLUMN n int DEFAULT deed()",
            "drops column balance of table accounts and makes it anew"),
        new Case(
            "a new table is filled by a later statement",
            "INSERT INTO public.made VALUES (1)",
            "CREATE TABLE made (id int); ALTER TABLE items ADD COLUMN n int DEFAULT deed()",
            "fills its new table"),
        new Case(
            "a trigger waits for the commit",
            "INSERT INTO public.made VALUES (1); DELETE FROM public.made",
            """
            CREATE TABLE made (id int);
            CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN UPDATE public.accounts SET balance = 0; RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON made DEFERRABLE INITIALLY DEFERRED
              FOR EACH ROW EXECUTE FUNCTION late();
            ALTER TABLE items ADD COLUMN n int DEFAULT deed();
            """,
            "it writes table accounts"),
        new Case(
            "a role is made",
            "IF to_regrole('sleeper') IS NULL THEN CREATE ROLE sleeper; END IF",
            DEFAULT,
            "writes pg_authid"),
        new Case(
            "the parent's database gets a setting",
            "EXECUTE pg_catalog.format('ALTER DATABASE %%I SET work_mem = 64', current_database())",
            DEFAULT,
            "writes pg_db_role_setting"),
        new Case(
            "the parent's database gets a comment",
            "EXECUTE pg_catalog.format('COMMENT ON DATABASE %%I IS ''mine''', current_database())",
            DEFAULT,
            "writes pg_shdescription"),
        new Case(
            "a large object is made",
            "PERFORM pg_catalog.lo_from_bytea(0, 'x')",
            DEFAULT,
            "writes pg_largeobject"),
        new Case(
            "another object of the schema is made",
            "CREATE TABLE IF NOT EXISTS public.hidden (id int)",
            DEFAULT,
            "does not make the reviewed change of"),
        new Case(
            "a right is given away",
            "GRANT ALL ON public.accounts TO PUBLIC",
            DEFAULT,
            "does not make the reviewed change of privileges"),
        new Case(
            "the receipts get a trigger",
            """
            CREATE OR REPLACE TRIGGER later BEFORE INSERT ON offshoot.merge_receipt
              FOR EACH ROW EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()\
            """,
            DEFAULT,
            "changes schema offshoot"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatNobodyReviewed_isUndone(Case given) throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet =
          merging.experiment(SLY.formatted(given.deed().replace("%%", "%")) + given.statements());
      merging.parentDoes("INSERT INTO armed VALUES (true)");
      String before = merging.parent.dump();

      assertThatThrownBy(() -> merging.merge(changeSet))
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MERGE_REFUSED))
          .hasMessageContaining(given.refusal());
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theSameStatements_areMergedWhereTheCodeIsHarmless(Case given) throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet =
          merging.experiment(SLY.formatted(given.deed().replace("%%", "%")) + given.statements());

      assertThat(merging.merge(changeSet).report()).isNotNull();
    }
  }

  /** The driver would give names to what it says often, COMMIT first of all. */
  @Test
  void codeThatTakesOverPreparedStatements_takesOverNoneOfOurs() throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet =
          merging.experiment(
              """
              CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN
                EXECUTE 'DEALLOCATE ALL';
                FOR i IN 1..99 LOOP
                  EXECUTE format('PREPARE "S_%s" AS SELECT 1', i);
                END LOOP;
                RETURN 7;
              END $f$;
              """
                  + DEFAULT);

      assertThat(merging.merge(changeSet).report()).isNotNull();

      assertThat(merging.ask("SELECT bool_and(n = 7) FROM items")).isEqualTo("t");
      assertThat(merging.ask("SELECT count(*) FROM offshoot.merge_receipt")).isEqualTo("1");
    }
  }

  /** What the parent wrote beside it is kept, so that nothing else tells. */
  @Test
  void conversionThatGivesOtherValuesThanReviewed_isAConflict_whereTheParentWroteBesideIt()
      throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet =
          merging.experiment(
              SLY.formatted("RETURN 0")
                  + "ALTER TABLE accounts ADD owner text;"
                  + "ALTER TABLE accounts ALTER COLUMN balance TYPE bigint USING balance * deed()");
      merging.parentDoes("INSERT INTO armed VALUES (true); INSERT INTO accounts VALUES (3, NULL)");
      String before = merging.parent.dump();

      assertThat(merging.merge(changeSet).conflicts().conflicts())
          .extracting(Conflict::kind, Conflict::column)
          .containsExactly(tuple(Conflict.Kind.DROPPED_WRITTEN, "balance"));
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }

  @Test
  void aTableThatIsDroppedAndMadeAnew_isNotMerged_becauseItsRowsWouldBeLost() throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet =
          merging.experiment(
              """
              DROP TABLE items; CREATE TABLE items (id int PRIMARY KEY, note text);
              INSERT INTO items VALUES (1, 'only');
              """);
      String before = merging.parent.dump();

      assertThatThrownBy(() -> merging.merge(changeSet))
          .hasMessageContaining("drops table public.items and makes it anew");
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }

  @Test
  void aColumnThatIsDroppedAndMadeAnew_isNotMerged_becauseItsValuesWouldBeLost()
      throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet =
          merging.experiment(
              "ALTER TABLE items DROP COLUMN note; ALTER TABLE items ADD COLUMN note text");

      assertThatThrownBy(() -> merging.merge(changeSet))
          .hasMessageContaining("drops column public.items.note and makes it anew");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PERFORM pg_catalog.setval('public.numbers', 5)",
        "PERFORM pg_catalog.setval('public.numbers', 5); RAISE 'anything'",
        "PERFORM pg_catalog.setval('public.numbers', 5); RAISE unique_violation",
        "ALTER SEQUENCE public.numbers RESTART WITH 5"
      })
  void sequenceThatIsSetBack_isForwardAgain_andNothingIsMerged(String deed) throws SQLException {
    try (Merging merging = Merging.into(BASE + "CREATE SEQUENCE numbers")) {
      ChangeSet changeSet = merging.experiment(SLY.formatted(deed) + DEFAULT);
      merging.parentDoes(
          "INSERT INTO armed VALUES (true); SELECT nextval('numbers') FROM generate_series(1, 70)");
      String before = merging.parent.dump();

      assertThat(outcome(merging, changeSet)).isIn("MERGE_REFUSED", "conflicts");

      assertThat(merging.ask("SELECT nextval('numbers')")).isEqualTo("71");
      merging.parentDoes("SELECT setval('numbers', 70)");
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }

  private static String outcome(Merging merging, ChangeSet changeSet) {
    try {
      return merging.merge(changeSet).conflicts() == null ? "merged" : "conflicts";
    } catch (OffshootException e) {
      return e.code().name();
    }
  }

  @Test
  void sequenceThatIsDrawnFrom_isMerged() throws SQLException {
    try (Merging merging = Merging.into(BASE + "CREATE SEQUENCE numbers")) {
      ChangeSet changeSet =
          merging.experiment("ALTER TABLE items ADD COLUMN n int DEFAULT nextval('numbers')");
      merging.parentDoes("SELECT nextval('numbers') FROM generate_series(1, 70)");

      assertThat(merging.merge(changeSet).report()).isNotNull();

      assertThat(merging.ask("SELECT max(n) || ' ' || nextval('numbers') FROM items"))
          .isEqualTo("72 73");
    }
  }

  @Test
  void concurrentChangesOfOthers_areNotTakenForOurs() throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet = merging.experiment(DEFAULT.replace("deed()", "1"));

      var result =
          merging.merge(
              merging.request("task", changeSet, Strictness.ROW, List.of()),
              Reports.at(
                  "looking for what nobody reviewed",
                  () -> {
                    merging.parentDoes("TRUNCATE accounts; INSERT INTO armed VALUES (true)");
                  }));

      assertThat(result.report()).isNotNull();
    }
  }
}
