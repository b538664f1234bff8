package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.activity.MergeActivities.MergeRequest;
import dev.offshoot.branch.Copying;
import dev.offshoot.branch.OnBusy;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The schema script on a copy of today's parent, before the parent is touched. */
class RehearsalTest {
  private static final String BASE =
      "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1), (2, 2)";
  private static final String SCRIPT =
      "ALTER TABLE t ADD COLUMN tier text; UPDATE t SET tier = 'gold' WHERE id = 1";

  @Test
  void parentThatNobodyUses_isCopied_andTheReportSaysSo() throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      MergeResult result = merge(merging, merging.experiment(SCRIPT), Copying.OF_THE_PARENT);

      assertThat(result.report().rehearsed()).matches("on a copy of today's parent, \\d+ ms");
      assertThat(merging.ask("SELECT tier FROM t WHERE id = 1")).isEqualTo("gold");
      assertThat(scratchCopies()).isEmpty();
    }
  }

  @Test
  void sessionThatEndsInThisMoment_doesNotMakeTheParentBusy() throws Exception {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet = merging.experiment(SCRIPT);
      Connection application = merging.parent.ownerConnection();
      CompletableFuture<Void> closed =
          CompletableFuture.runAsync(
              () -> close(application),
              CompletableFuture.delayedExecutor(150, TimeUnit.MILLISECONDS));

      MergeResult result = merge(merging, changeSet, Copying.OF_THE_PARENT);

      assertThat(result.report().rehearsed()).startsWith("on a copy of today's parent");
      closed.join();
    }
  }

  @Test
  void conflict_isFoundOnTheCopy_andTheParentIsNotTouched() throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet = merging.experiment(SCRIPT);
      merging.parentDoes("ALTER TABLE t ADD COLUMN tier int");
      List<String> reports = new ArrayList<>();

      MergeResult result = merge(merging, changeSet, Copying.OF_THE_PARENT, reports);

      assertThat(result.conflicts().conflicts())
          .extracting(Conflict::kind)
          .contains(Conflict.Kind.SCHEMA_CHANGED);
      assertThat(reports).isNotEmpty().allMatch(what -> what.contains("rehears"));
      assertThat(scratchCopies()).isEmpty();
    }
  }

  @Test
  void whatWouldHaveWrittenTheUnreviewed_isRefusedBeforeTheParentIsTouched() throws SQLException {
    try (Merging merging =
        Merging.into(
            BASE + ";CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'")) {
      ChangeSet changeSet = merging.experiment(SCRIPT);
      // The parent now does more with the same statement than the experiment saw.
      try (Connection superuser = merging.parent.superuserConnection()) {
        Sql.execute(
            superuser,
            """
            CREATE OR REPLACE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS
              $$ BEGIN CREATE TABLE IF NOT EXISTS more (); END $$;
            CREATE EVENT TRIGGER more ON ddl_command_end WHEN TAG IN ('ALTER TABLE')
              EXECUTE FUNCTION f();
            """);
      }
      List<String> reports = new ArrayList<>();

      assertThatThrownBy(() -> merge(merging, changeSet, Copying.OF_THE_PARENT, reports))
          .isInstanceOfSatisfying(
              OffshootException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.MERGE_REFUSED));

      assertThat(reports).isNotEmpty().allMatch(what -> what.contains("rehears"));
      assertThat(scratchCopies()).isEmpty();
    }
  }

  @Test
  void busyOrLargeParent_orWhereItIsTurnedOff_theMergeVerifiesItself_andSaysWhy()
      throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet = merging.experiment(SCRIPT);
      try (Connection application = merging.parent.ownerConnection()) {
        assertThat(merge(merging, changeSet, Copying.OF_THE_PARENT).report().rehearsed())
            .startsWith("inside the merge transaction: the parent is busy (1 of ");
        assertThat(application.isValid(1)).isTrue();
      }
    }
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet = merging.experiment(SCRIPT);
      Copying small = new Copying(OnBusy.REFUSE, 1 << 20, null);
      assertThat(merge(merging, changeSet, small).report().rehearsed())
          .contains("rehearsalMaxSize is 1 MB");
    }
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet = merging.experiment(SCRIPT);
      Copying off = new Copying(OnBusy.REFUSE, 0, null);
      assertThat(merge(merging, changeSet, off).report().rehearsed()).contains("turned off");
    }
  }

  @Test
  void rowsAlone_needNoRehearsal() throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet = merging.experiment("UPDATE t SET n = 3 WHERE id = 1");
      assertThat(merge(merging, changeSet, Copying.OF_THE_PARENT).report().rehearsed()).isNull();
    }
  }

  @Test
  void copyThatAKilledWorkerLeft_isSwept_butNotOneInUse() throws SQLException {
    try (Merging merging = Merging.into(BASE)) {
      ChangeSet changeSet = merging.experiment(SCRIPT);
      try (PostgresBranchProvider provider = new PostgresBranchProvider(merging.parent.config());
          Connection owner =
              PostgresServer.connect(
                  "postgres",
                  merging.parent.config().username(),
                  merging.parent.config().password())) {
        Sql.execute(owner, "CREATE DATABASE offshoot_dead_scratch");
        List<String> whileRehearsing = new ArrayList<>();

        merge(
            merging,
            merging.request("task", changeSet, Strictness.ROW, List.of()),
            provider,
            what -> {
              if (what.startsWith("rehearsing")) {
                provider.recover();
                whileRehearsing.addAll(scratchCopies());
              }
            });

        assertThat(whileRehearsing).isNotEmpty().containsOnly("offshoot_task_scratch");
        assertThat(scratchCopies()).isEmpty();
      }
    }
  }

  private static MergeResult merge(Merging merging, ChangeSet changeSet, Copying copying) {
    return merge(merging, changeSet, copying, new ArrayList<>());
  }

  private static MergeResult merge(
      Merging merging, ChangeSet changeSet, Copying copying, List<String> reports) {
    ParentConfig config = merging.parent.config().toBuilder().copying(copying).build();
    try (PostgresBranchProvider provider = new PostgresBranchProvider(config)) {
      return merge(
          merging,
          merging.request("task", changeSet, Strictness.ROW, List.of()),
          provider,
          reports::add);
    }
  }

  private interface Listener {
    void hear(String what);
  }

  private static MergeResult merge(
      Merging merging, MergeRequest request, PostgresBranchProvider provider, Listener listener) {
    Progress progress =
        new Progress() {
          @Override
          public void report(String what) {
            listener.hear(what);
          }

          @Override
          public Interruptible interruptible(Statement statement) {
            return () -> {};
          }
        };
    return merging.merge(request, progress, provider);
  }

  private static void close(Connection session) {
    try {
      session.close();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> scratchCopies() {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      return Sql.list(
          superuser,
          "SELECT datname FROM pg_database WHERE datname LIKE '%scratch' ORDER BY 1",
          row -> row.getString(1));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
