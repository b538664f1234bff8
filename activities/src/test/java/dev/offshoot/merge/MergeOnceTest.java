package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.activity.MergeActivities.MergeRequest;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Strictness;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.TableProof;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.step.Progress;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** However often it is asked for and wherever it breaks, a merge happens once or not at all. */
class MergeOnceTest {
  private static final String COUNTER =
      """
      CREATE TABLE log (what text);
      CREATE TABLE counter (id int PRIMARY KEY, n int, note text); INSERT INTO counter VALUES (1, 1, 'a');
      """;
  private static final String COUNT_UP =
      """
      UPDATE counter SET n = n + 1; INSERT INTO log VALUES ('up');
      INSERT INTO counter VALUES (2, 2, repeat('x', 300));
      """;

  @Test
  void askedAgain_theReceiptAnswers() throws SQLException {
    try (Merging merging = Merging.into(COUNTER)) {
      ChangeSet changeSet = merging.experiment(COUNT_UP);

      MergeReport first = merging.merge(changeSet).report();
      merging.parentDoes("UPDATE counter SET n = 50");
      MergeReport second = merging.merge(changeSet).report();

      assertThat(second).isEqualTo(first);
      assertThat(merging.ask("SELECT n FROM counter WHERE id = 1")).isEqualTo("50");
      assertThat(merging.ask("SELECT count(*) FROM log")).isEqualTo("1");
      assertThat(
              merging.ask(
                  "SELECT experiment_id || digest || decided_by || (merged_at = (report->>'mergedAt')::timestamptz)"
                      + " FROM offshoot.merge_receipt"))
          .isEqualTo("task" + changeSet.digest() + "ritatrue");
    }
  }

  @Test
  void connectionLostRightAfterTheCommit_isAnsweredByTheReceipt() throws SQLException {
    try (Merging merging = Merging.into(COUNTER)) {
      ChangeSet changeSet = merging.experiment(COUNT_UP);
      MergeRequest request = merging.request("task", changeSet, Strictness.ROW, List.of());

      assertThatThrownBy(() -> merging.merge(request, Progress.NONE, new LosesTheAnswer(merging)))
          .isInstanceOfSatisfying(
              OffshootException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_LOST));
      MergeReport report = merging.merge(changeSet).report();

      assertThat(report.inserted()).isEqualTo(2);
      assertThat(report.updated()).isEqualTo(1);
      assertThat(merging.ask("SELECT n FROM counter WHERE id = 1")).isEqualTo("2");
      assertThat(merging.ask("SELECT count(*) FROM log")).isEqualTo("1");
    }
  }

  @Test
  void killedAnywhereBeforeTheCommit_nothingHappened_andTheNextTryMerges() throws SQLException {
    for (String point : List.of("staging", "comparing", "applying", "verifying", "committing")) {
      try (Merging merging = Merging.into(COUNTER)) {
        ChangeSet changeSet = merging.experiment(COUNT_UP);
        String before = merging.parent.dump();
        MergeRequest request = merging.request("task", changeSet, Strictness.ROW, List.of());

        assertThatThrownBy(
                () ->
                    merging.merge(
                        request,
                        Reports.at(
                            point,
                            () ->
                                merging.ask(
                                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                        + " WHERE application_name = 'offshoot' AND datname = current_database()"))))
            .isInstanceOfSatisfying(
                OffshootException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_LOST));
        assertThat(merging.parent.dump()).isEqualTo(before);
        assertThat(merging.merge(changeSet).report().inserted()).isEqualTo(2);
      }
    }
  }

  @Test
  void cancelled_nothingIsWritten() throws SQLException {
    try (Merging merging = Merging.into(COUNTER)) {
      ChangeSet changeSet = merging.experiment(COUNT_UP);
      String before = merging.parent.dump();
      MergeRequest request = merging.request("task", changeSet, Strictness.ROW, List.of());

      assertThatThrownBy(
              () ->
                  merging.merge(
                      request,
                      Reports.at(
                          "committing",
                          () -> {
                            throw new OffshootException(ErrorCode.CANCELLED, "cancelled");
                          })))
          .hasMessage("cancelled");
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }

  @Test
  void anotherChangeSetOfTheSameExperiment_isRefused() throws SQLException {
    try (Merging merging = Merging.into(COUNTER)) {
      ChangeSet first = merging.experiment(COUNT_UP);
      ChangeSet second = merging.experiment("UPDATE counter SET n = 7");
      merging.merge(first);
      String before = merging.parent.dump();

      assertThatThrownBy(() -> merging.merge(second))
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MERGE_REFUSED))
          .hasMessageContaining("has been merged already");
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }

  @Test
  void approvalOfSomebodyWhoMayNot_isRefused_whateverTheWorkflowThought() throws SQLException {
    try (Merging merging = Merging.into(COUNTER)) {
      ChangeSet changeSet = merging.experiment(COUNT_UP);
      MergeRequest request = merging.request("task", changeSet, Strictness.ROW, List.of());
      String before = merging.parent.dump();
      ParentConfig strict =
          merging.parent.config().toBuilder()
              .approval(new ApprovalRule(List.of("sam"), null))
              .build();

      assertThatThrownBy(
              () -> merging.merge(request, Progress.NONE, new ParentOnly(strict), strict))
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MERGE_REFUSED))
          .hasMessageContaining("rita is not among those who may approve");
      assertThat(merging.parent.dump()).isEqualTo(before);
    }
  }

  @Test
  void approvalOfAnotherChangeSet_isRefused() throws SQLException {
    try (Merging merging = Merging.into(COUNTER)) {
      ChangeSet reviewed = merging.experiment(COUNT_UP);
      ChangeSet other = merging.experiment("UPDATE counter SET n = 7");
      MergeRequest request = merging.request("task", reviewed, Strictness.ROW, List.of());
      Decision decision = request.decision();

      assertThatThrownBy(
              () ->
                  merging.merge(
                      new MergeRequest(
                          request.branch(), other.digest(), Strictness.ROW, List.of(), decision),
                      Progress.NONE))
          .hasMessageContaining("was not approved");
    }
  }

  @Test
  void receiptsThatSomebodyElseMade_areRefused() throws SQLException {
    try (Merging merging = Merging.into(COUNTER)) {
      ChangeSet changeSet = merging.experiment(COUNT_UP);
      merging.parentDoes(
          """
          CREATE SCHEMA offshoot;
          CREATE VIEW offshoot.merge_receipt AS SELECT 'task'::text AS experiment_id, 'x'::text AS digest;
          """);

      assertThatThrownBy(() -> merging.merge(changeSet))
          .hasMessageContaining("is not the table that Offshoot made");
    }
  }

  @Test
  void reportAndReceipt_showSampledRowsBeforeAndAfter() throws SQLException {
    try (Merging merging = Merging.into(COUNTER)) {
      ChangeSet changeSet =
          merging.experiment("ALTER TABLE counter ADD COLUMN extra int DEFAULT 5;" + COUNT_UP);

      List<TableProof> proofs = merging.merge(changeSet).report().proofs();

      assertThat(proofs).hasSize(1);
      TableProof proof = proofs.get(0);
      assertThat(proof.table()).isEqualTo(new TableName("public", "counter"));
      assertThat(proof.columnsBefore()).containsExactly("id", "n", "note");
      assertThat(proof.columnsAfter()).containsExactly("id", "n", "note", "extra");
      assertThat(proof.rows())
          .containsExactlyInAnyOrder(
              new TableProof.Row(List.of("1", "1", "a"), List.of("1", "2", "a", "5")),
              new TableProof.Row(
                  null, List.of("2", "2", "x".repeat(200) + "…(300 characters)", "5")));
    }
  }

  /** The server commits, and the answer does not arrive. */
  private static final class LosesTheAnswer extends ParentOnly {
    LosesTheAnswer(Merging merging) {
      super(merging.parent.config());
    }

    @Override
    public Connection openParent() {
      Connection real = super.openParent();
      return (Connection)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> {
                try {
                  Object result = method.invoke(real, arguments);
                  if (method.getName().equals("commit")) {
                    real.abort(Runnable::run);
                    throw new SQLException("an I/O error occurred", "08006");
                  }
                  return result;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }
}
