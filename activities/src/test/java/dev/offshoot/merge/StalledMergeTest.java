package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.branch.BranchProvider;
import dev.offshoot.branch.Copying;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.step.Progress;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A merge whose code catches its cancellation is ended all the same, and its locks with it. */
class StalledMergeTest {
  private static final String ITEMS =
      """
      CREATE TABLE items (id int PRIMARY KEY);
      INSERT INTO items VALUES (1);
      CREATE TABLE armed (yes boolean);
      """;

  private static final String STALL =
      """
      CREATE FUNCTION stall() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
        WHILE EXISTS (SELECT FROM public.armed) LOOP
          BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END;
        END LOOP;
        RETURN 1; END $$;
      ALTER TABLE items ADD COLUMN n int DEFAULT stall();
      """;

  private static final String LOCKS =
      """
      SELECT count(*)::text FROM pg_locks
      WHERE relation = 'public.items'::regclass AND pid <> pg_backend_pid()
      """;

  @Test
  void cancelledActivity_endsTheSession() throws SQLException {
    try (Merging merging = Merging.into(ITEMS)) {
      ParentConfig config = config(merging, Duration.ofMinutes(10));
      try (PostgresBranchProvider provider = new PostgresBranchProvider(config)) {
        Progress cancelled = cancelledAfter(Duration.ofSeconds(2));

        fails(ErrorCode.CANCELLED, merge(merging, config, provider, cancelled));

        assertThat(merging.ask(LOCKS)).isEqualTo("0");
      }
    }
  }

  @Test
  void whereThereIsNoGuard_theServerEndsASessionWhoseWorkerIsGone() throws Exception {
    try (Merging merging = Merging.into(ITEMS)) {
      ParentConfig config = config(merging, Duration.ofSeconds(1));

      fails(
          ErrorCode.LIMIT_EXCEEDED, merge(merging, config, new ParentOnly(config), Progress.NONE));

      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!"0".equals(merging.ask(LOCKS)) && System.nanoTime() < end) {
        Thread.sleep(100);
      }
      assertThat(merging.ask(LOCKS)).isEqualTo("0");
    }
  }

  @Test
  void statementThatOnlyTakesLong_isCancelledInTime_andNothingIsWritten() throws SQLException {
    try (Merging merging = Merging.into(ITEMS)) {
      ChangeSet changeSet =
          merging.experiment(
              STALL.replace("EXCEPTION WHEN query_canceled THEN NULL;", "")
                  + "INSERT INTO items VALUES (2)");
      merging.parentDoes("INSERT INTO armed VALUES (true)");
      ParentConfig config = config(merging, Duration.ofSeconds(1));

      fails(
          ErrorCode.LIMIT_EXCEEDED,
          () ->
              merging.merge(
                  merging.request("task", changeSet, Strictness.ROW, List.of()),
                  Progress.NONE,
                  new ParentOnly(config),
                  config));

      assertThat(merging.ask("SELECT count(*)::text FROM items")).isEqualTo("1");
      assertThat(merging.ask(LOCKS)).isEqualTo("0");
    }
  }

  private static ThrowingCallable merge(
      Merging merging, ParentConfig config, BranchProvider provider, Progress progress)
      throws SQLException {
    ChangeSet changeSet = merging.experiment(STALL);
    merging.parentDoes("INSERT INTO armed VALUES (true)");
    return () ->
        merging.merge(
            merging.request("task", changeSet, Strictness.ROW, List.of()),
            progress,
            provider,
            config);
  }

  private static void fails(ErrorCode code, ThrowingCallable merge) {
    assertThatThrownBy(merge)
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  /** Without a rehearsal, which would stall itself. */
  private static ParentConfig config(Merging merging, Duration statementTimeout) {
    Copying copying = merging.parent.config().copying();
    return merging.parent.config().toBuilder()
        .copying(new Copying(copying.onBusy(), 0, copying.source()))
        .mergeStatementTimeout(statementTimeout)
        .build();
  }

  private static Progress cancelledAfter(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    return new Progress() {
      @Override
      public void report(String what) {}

      @Override
      public boolean isCancelled() {
        return System.nanoTime() - end > 0;
      }

      @Override
      public Interruptible interruptible(Statement statement) {
        return Progress.NONE.interruptible(statement);
      }
    };
  }
}
