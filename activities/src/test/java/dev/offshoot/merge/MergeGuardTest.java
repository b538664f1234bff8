package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each guard in the merge's SQL has a case that fails without it: the case is run as the merge is,
 * and again with that guard taken out of the SQL on its way to the server.
 */
class MergeGuardTest {
  private static final String BASE =
      """
      CREATE TABLE items (id int PRIMARY KEY, v text, n int, code text UNIQUE);
      CREATE TABLE parts (id int PRIMARY KEY, item int REFERENCES items ON DELETE CASCADE);
      CREATE TABLE log (what text);
      CREATE TABLE single (id int PRIMARY KEY, v text);
      CREATE TABLE codes (id int PRIMARY KEY, code text UNIQUE);
      CREATE TABLE armed (yes boolean);
      CREATE SEQUENCE numbers;
      INSERT INTO codes VALUES (1, 'a'), (2, 'b');
      INSERT INTO items SELECT g, 'v' || g, g, 'c' || g FROM generate_series(1, 4) AS g;
      INSERT INTO single VALUES (1, 'a'), (2, 'b');
      INSERT INTO log VALUES ('x'), ('x');
      """;

  /** A change of a table without a key makes the merge go the thorough way. */
  private static final String THOROUGHLY = "INSERT INTO log VALUES ('y');";

  /** As workers of other versions take it, too. */
  private static final long LOCK_OF_MERGES = 0x0FF5_4007L;

  private static final String EXPRESSION_WRITES =
      """
      CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN IF EXISTS (SELECT FROM public.armed) THEN %s; END IF; RETURN 1; END $$;
      CREATE FUNCTION sly(v text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN PERFORM public.deed(); RETURN v; END $$;
      CREATE TABLE fresh (v text PRIMARY KEY); CREATE INDEX ON fresh (sly(v));
      INSERT INTO fresh VALUES ('f'); UPDATE single SET v = 'reviewed' WHERE id = 1;
      """;

  /**
   * @param guard name of the guard
   * @param pattern where it stands in the SQL
   * @param without what stands there without it
   */
  private record Case(String guard, String pattern, String without, String experiment) {
    @Override
    public String toString() {
      return guard;
    }

    Scene then(String meanwhile, String outcome, String query, String answer) {
      return new Scene(this, Before.NOTHING, meanwhile, "", "", outcome, query, answer);
    }

    /** The same, where the merge took place before and nobody heard of it. */
    Scene again(String pattern, String replacement, String outcome, String query, String answer) {
      return new Scene(this, Before.MERGED, "SELECT", pattern, replacement, outcome, query, answer);
    }

    /** The same, while another merge into this parent is at work. */
    Scene besideAnother(String outcome, String query, String answer) {
      return new Scene(this, Before.ANOTHER_MERGES, "SELECT", "", "", outcome, query, answer);
    }

    Scene sabotaged(String pattern, String replacement, String outcome) {
      return new Scene(
          this, Before.NOTHING, "SELECT", pattern, replacement, outcome, "SELECT 1", "1");
    }
  }

  /** What there was before the merge. */
  private enum Before {
    NOTHING,
    MERGED,
    ANOTHER_MERGES
  }

  /**
   * @param meanwhile what the parent's users do between experiment and merge
   * @param sabotage what else is wrong with the SQL, so that the guard has something to find
   * @param outcome what the merge comes to
   * @param query looks at the parent afterwards
   */
  record Scene(
      Case given,
      Before before,
      String meanwhile,
      String sabotage,
      String replacement,
      String outcome,
      String query,
      String answer) {
    @Override
    public String toString() {
      return given.guard();
    }
  }

  static Stream<Scene> scenes() {
    String updated = "UPDATE items SET v = 'new' WHERE id = 1;";
    String deleted = "DELETE FROM single WHERE id = 1;";
    String moved = "UPDATE items SET v = 'theirs' WHERE id = 1";
    String first = "SELECT max(v) FROM items WHERE id = 1";
    String single = "SELECT string_agg(v, ' ' ORDER BY id) FROM single";
    return Stream.of(
        // The quick way.
        new Case(
                "a quick update finds the row as reviewed",
                "(AS t SET .* s\\.k1) AND \\(COALESCE.*(RETURNING)",
                "$1 $2",
                updated)
            .then(moved, "UPDATE_UPDATE items[1] v: v1 | theirs | new", first, "theirs"),
        new Case(
                "a quick delete finds the row as reviewed",
                "(DELETE FROM ONLY \"public\".\"single\".* s\\.k1) AND .*(RETURNING)",
                "$1 $2",
                deleted)
            .then(
                "UPDATE single SET v = 'theirs' WHERE id = 1",
                "DELETE_UPDATED single[1] v: a | theirs | null",
                single,
                "theirs b"),
        new Case(
                "a quick delete takes no column that the parent has gained",
                "(DELETE FROM ONLY \"public\".\"single\".*) AND \\(t\\.\"extra\".*(RETURNING)",
                "$1 $2",
                deleted)
            .then(
                "ALTER TABLE single ADD COLUMN extra int; UPDATE single SET extra = 7",
                "DELETE_UPDATED single[1] extra: null | 7 | null",
                single,
                "a b"),
        new Case(
                "a quick way counts its rows",
                "SELECT pg_catalog\\.count\\(\\*\\) AS written",
                "SELECT 1 + 0 * pg_catalog.count(*) AS written",
                deleted)
            .then("DELETE FROM single WHERE id = 1", "merged 0 0 0, 1 there", single, "b"),
        new Case(
                "a quick update reads back what it wrote",
                "FILTER \\(WHERE NOT w\\.reviewed\\)",
                "FILTER (WHERE false)",
                updated)
            .sabotaged("SET \"v\" = s\\.a2", "SET \"v\" = 'wrong'", "MERGE_REFUSED"),
        new Case(
                "a quick insert is read back",
                "SELECT pg_catalog\\.count\\(\\*\\) FROM pg_temp\\.offshoot_change_0 AS s LEFT JOIN",
                "SELECT 0 * pg_catalog.count(*) FROM pg_temp.offshoot_change_0 AS s LEFT JOIN",
                "INSERT INTO single VALUES (3, 'c')")
            .sabotaged("SELECT s\\.a1, s\\.a2 FROM", "SELECT s.a1, 'wrong' FROM", "MERGE_REFUSED"),
        // Before either.
        new Case(
                "a table that goes is compared",
                "SELECT count\\(\\*\\) AS standing",
                "SELECT 0 * count(*) AS standing",
                "DROP TABLE single;" + updated)
            .then(
                "UPDATE single SET v = 'theirs' WHERE id = 1",
                "DROPPED_WRITTEN single: 2 rows | 2 rows | null",
                "SELECT to_regclass('single') IS NULL",
                "f"),
        new Case(
                "a table that is rewritten is compared",
                "SELECT count\\(\\*\\) AS standing",
                "SELECT 0 * count(*) AS standing",
                "ALTER TABLE single ALTER COLUMN v TYPE int USING length(v);"
                    + "ALTER TABLE single ALTER COLUMN v TYPE text;"
                    + updated)
            .then(
                "UPDATE single SET v = 'theirs' WHERE id = 1",
                "DROPPED_WRITTEN single: 2 rows | 2 rows | null",
                "SELECT v FROM single WHERE id = 1",
                "theirs"),
        // The thorough way.
        new Case(
                "an update finds the row as reviewed",
                "WHEN 'U' THEN CASE",
                "WHEN 'U' THEN 'APPLY' WHEN '-' THEN CASE",
                updated + THOROUGHLY)
            .then(moved, "UPDATE_UPDATE items[1] v: v1 | theirs | new", first, "theirs"),
        new Case(
                "an update finds a row",
                "THEN 'UPDATE_MISSING'",
                "THEN 'CONVERGED'",
                updated + THOROUGHLY)
            .then(
                "DELETE FROM items WHERE id = 1",
                "UPDATE_MISSING items[1]",
                "SELECT count(*) FROM items",
                "3"),
        new Case(
                "an insert finds no row",
                "ELSE 'INSERT_EXISTS'",
                "ELSE 'CONVERGED'",
                "INSERT INTO single VALUES (3, 'ours');" + THOROUGHLY)
            .then(
                "INSERT INTO single VALUES (3, 'theirs')",
                "INSERT_EXISTS single[3] v: null | theirs | ours",
                single,
                "a b theirs"),
        new Case(
                "a delete finds the row as reviewed",
                "ELSE 'DELETE_UPDATED'",
                "ELSE 'APPLY'",
                deleted + THOROUGHLY)
            .then(
                "UPDATE single SET v = 'theirs' WHERE id = 1",
                "DELETE_UPDATED single[1] v: a | theirs | null",
                single,
                "theirs b"),
        new Case(
                "as many equal rows go as were reviewed",
                "count\\(p\\.n\\) = s\\.copies",
                "true",
                "DELETE FROM log")
            .then(
                "DELETE FROM log WHERE ctid = (SELECT min(ctid) FROM log)",
                "DELETE_UPDATED log[x]",
                "SELECT count(*) FROM log",
                "1"),
        new Case(
                "no more equal rows go than were reviewed",
                "counted\\.place > s\\.copies",
                "false",
                "DELETE FROM log WHERE ctid = (SELECT min(ctid) FROM log)")
            .then("SELECT", "merged 0 0 1, 0 there", "SELECT count(*) FROM log", "1"),
        new Case(
                "rows that would be taken along are looked for",
                "count\\(DISTINCT s\\.n\\) FILTER",
                "0 * count(DISTINCT s.n) FILTER",
                "DELETE FROM items WHERE id = 4")
            .then(
                "INSERT INTO parts VALUES (1, 4)",
                "DELETE_WOULD_CASCADE items[4]",
                "SELECT count(*) FROM parts",
                "1"),
        new Case(
                "rows that nothing would refer to are all listed",
                "SELECT pg_catalog\\.count\\(DISTINCT s\\.n\\)",
                "SELECT 0 * pg_catalog.count(DISTINCT s.n)",
                "INSERT INTO parts VALUES (1, 3), (2, 4)")
            .then(
                "DELETE FROM items WHERE id > 2",
                "CONSTRAINT parts[1]; CONSTRAINT parts[2]",
                "SELECT count(*) FROM parts",
                "0"),
        new Case(
                "values that rows trade are traded",
                "WHERE wants\\.n OPERATOR\\(pg_catalog\\.<>\\) has\\.n",
                "WHERE false",
                """
                UPDATE codes SET code = 'x' WHERE id = 1; UPDATE codes SET code = 'a' WHERE id = 2;
                UPDATE codes SET code = 'b' WHERE id = 1;
                """)
            .then(
                "SELECT",
                "merged 0 2 0, 0 there",
                "SELECT string_agg(code, ' ' ORDER BY id) FROM codes",
                "b a"),
        new Case(
                "rows are read back",
                "SELECT count\\(\\*\\)\nFROM pg_temp\\.offshoot_change_0 AS s\nJOIN",
                "SELECT 0 * count(*) FROM pg_temp.offshoot_change_0 AS s JOIN",
                updated + THOROUGHLY)
            .sabotaged(
                "THEN s\\.a2 ELSE t\\.\"v\" END FROM",
                "THEN 'wrong' ELSE t.\"v\" END FROM",
                "MERGE_REFUSED"),
        // The merge watching itself.
        new Case(
                "tables that nobody reviewed are watched",
                "JOIN pg_class c ON c\\.oid = w\\.relid",
                "JOIN pg_class c ON c.oid = w.relid AND c.relname <> 'items'",
                EXPRESSION_WRITES.formatted("UPDATE public.items SET v = 'sly'"))
            .then("INSERT INTO armed VALUES (true)", "MERGE_REFUSED", first, "v1"),
        new Case(
                "staged rows are sealed",
                "SELECT coalesce\\(string_agg\\(concat\\(rows.*",
                "SELECT 'as it was'",
                EXPRESSION_WRITES.formatted(
                    "UPDATE pg_temp.offshoot_change_1 SET a2 = 'sly' WHERE kind = 'U'"))
            .then("INSERT INTO armed VALUES (true)", "MERGE_REFUSED", single, "a b"),
        new Case(
                "storage that is replaced shows",
                "WHERE l\\.pid = pg_backend_pid\\(\\) AND l\\.locktype = 'relation'\n  AND l\\.mode = 'AccessExclusiveLock' AND l\\.granted\n$",
                "WHERE false",
                "CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT FROM public.armed) THEN TRUNCATE public.log; END IF; RETURN 1; END $$; ALTER TABLE single ADD COLUMN n int DEFAULT deed()")
            .then(
                "INSERT INTO armed VALUES (true)",
                "MERGE_REFUSED",
                "SELECT count(*) FROM log",
                "2"),
        new Case(
                "the parent's triggers keep still",
                "ALTER TABLE ONLY (\\S+) DISABLE",
                "ALTER TABLE ONLY $1 ENABLE",
                updated)
            .then(
                """
                CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS
                  $$ BEGIN NEW.n := NEW.n + 100; RETURN NEW; END $$;
                CREATE TRIGGER noted BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION noted();
                """,
                "merged 0 1 0, 0 there",
                "SELECT n FROM items WHERE id = 1",
                "1"),
        new Case(
                "no row more is inserted than was reviewed",
                "w\\.n_tup_ins, w\\.n_tup_upd",
                "CASE w.relname WHEN 'single' THEN 0 ELSE w.n_tup_ins END AS n_tup_ins, w.n_tup_upd",
                EXPRESSION_WRITES.formatted("INSERT INTO public.single VALUES (9, 'sly')"))
            .then("INSERT INTO armed VALUES (true)", "MERGE_REFUSED", single, "a b"),
        new Case(
                "no row more is updated than was reviewed",
                "w\\.n_tup_upd, w\\.n_tup_del",
                "least(w.n_tup_upd, 1) AS n_tup_upd, w.n_tup_del",
                EXPRESSION_WRITES.formatted("UPDATE public.single SET v = 'sly' WHERE id = 2"))
            .then("INSERT INTO armed VALUES (true)", "MERGE_REFUSED", single, "a b"),
        new Case(
                "no row more is deleted than was reviewed",
                "w\\.n_tup_upd, w\\.n_tup_del",
                "w.n_tup_upd, 0 AS n_tup_del",
                EXPRESSION_WRITES.formatted("DELETE FROM public.single WHERE id = 2"))
            .then("INSERT INTO armed VALUES (true)", "MERGE_REFUSED", single, "a b"),
        // Around the rows.
        new Case(
                "what was merged is not merged again",
                "(FROM offshoot\\.merge_receipt WHERE experiment_id = \\?)$",
                "$1 AND false",
                "INSERT INTO log VALUES ('y')")
            .again(
                "experiment_id text PRIMARY KEY",
                "experiment_id text",
                "merged 1 0 0, 0 there",
                "SELECT count(*) FROM log",
                "3"),
        new Case(
                "a receipt is written once, whoever looks for it",
                "experiment_id text PRIMARY KEY",
                "experiment_id text",
                "INSERT INTO log VALUES ('y')")
            .again(
                "(FROM offshoot\\.merge_receipt WHERE experiment_id = \\?)$",
                "$1 AND false",
                "INTERNAL",
                "SELECT count(*) FROM log",
                "3"),
        new Case(
                "one merge waits for another",
                "SELECT pg_catalog\\.pg_advisory_xact_lock",
                "SELECT pg_catalog.abs",
                "INSERT INTO log VALUES ('y')")
            .besideAnother("LOCK_TIMEOUT", "SELECT count(*) FROM log", "2"),
        new Case(
                "sequences stand behind what was drawn from them",
                "SELECT setval\\(\\?::regclass, \\?, true\\)",
                "SELECT length(?::text) + ?::bigint",
                "SELECT nextval('numbers') FROM generate_series(1, 5);" + updated)
            .then("SELECT", "merged 0 1 0, 0 there", "SELECT nextval('numbers')", "6"));
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void guard_isMissedWhenItIsGone(Scene scene) throws SQLException {
    Rewriting gone = Rewriting.of(scene.given().pattern(), scene.given().without());

    assertThat(played(scene, List.of())).isEqualTo(scene.outcome() + " | " + scene.answer());
    assertThat(played(scene, List.of(gone))).isNotEqualTo(scene.outcome() + " | " + scene.answer());
    assertThat(gone.hits()).as("statements in which the guard stands").isPositive();
  }

  private static String played(Scene scene, List<Rewriting> guard) throws SQLException {
    List<Rewriting> rewritings = new ArrayList<>(guard);
    if (!scene.sabotage().isEmpty()) {
      rewritings.add(Rewriting.of(scene.sabotage(), scene.replacement()));
    }
    try (Merging merging = Merging.into(BASE);
        Connection another = merging.parent.ownerConnection()) {
      ChangeSet changeSet = merging.experiment(scene.given().experiment());
      merging.parentDoes(scene.meanwhile());
      ParentOnly provider =
          new ParentOnly(merging.parent.config()) {
            @Override
            public Connection openParent() {
              Connection connection = super.openParent();
              for (Rewriting rewriting : rewritings) {
                connection = rewriting.around(connection);
              }
              return connection;
            }
          };
      switch (scene.before()) {
        case NOTHING -> {}
        case MERGED -> assertThat(outcome(merging, changeSet, provider)).startsWith("merged");
        case ANOTHER_MERGES -> {
          another.setAutoCommit(false);
          Sql.execute(another, "SELECT pg_advisory_xact_lock(%d)".formatted(LOCK_OF_MERGES));
        }
      }
      return outcome(merging, changeSet, provider) + " | " + merging.ask(scene.query());
    }
  }

  /** A guard that is gone may show in an error of the server's; only not in one of its grammar. */
  private static String outcome(Merging merging, ChangeSet changeSet, ParentOnly provider) {
    try {
      MergeResult result =
          merging.merge(
              merging.request("task", changeSet, Strictness.ROW, List.of()),
              Progress.NONE,
              provider);
      MergeReport report = result.report();
      return report == null
          ? String.join("; ", Merging.described(result))
          : "merged %d %d %d, %d there"
              .formatted(report.inserted(), report.updated(), report.deleted(), report.converged());
    } catch (OffshootException e) {
      assertThat(String.valueOf(e.getMessage())).doesNotContain("SQLSTATE 42");
      return e.code().name();
    }
  }
}
