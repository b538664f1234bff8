package dev.offshoot.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.StatementResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A report is one of three records that the judge's request holds, and that must fit together. */
class ReportBudgetTest {
  private static final int MOST = 500_000;

  /** As many statements and checks as there may be, of the characters that JSON makes longest. */
  @Test
  void mostStatementsWithAllTheRoomForRows_fit() {
    int statements = SpecValidation.MAX_STATEMENTS;
    ReportBudget budget = new ReportBudget(statements + SpecValidation.MAX_CHECKS);
    List<StatementResult> results = new ArrayList<>();
    for (int i = 0; i < statements; i++) {
      int room = budget.forNextResult();
      List<String> row = List.of("\u0001".repeat(Math.max(0, room / 6 - 5)));
      budget.take(ReportBudget.bytes(row));
      results.add(
          new StatementResult(
              i,
              budget.statement("\u0001".repeat(500)),
              300_000,
              Long.MAX_VALUE,
              List.of(),
              List.of(row),
              true,
              true));
    }
    List<String> checks =
        IntStream.range(0, SpecValidation.MAX_CHECKS)
            .mapToObj(i -> budget.statement("\u0001".repeat(500)))
            .toList();
    ExperimentReport report = new ExperimentReport(results, checks, List.of(), List.of(), 1);

    System.out.println("largest report: " + ReportBudget.bytes(report) + " of " + MOST);
    assertThat(ReportBudget.fitting(report)).isSameAs(report);
  }

  @Test
  void moreThanFits_isRefusedWithWhatItIs() {
    List<Long> tables = LongStream.range(0, 60_000).map(i -> 1_000_000_000 + i).boxed().toList();
    ExperimentReport report = new ExperimentReport(List.of(), List.of(), List.of(), tables, 1);

    assertThatThrownBy(() -> ReportBudget.fitting(report))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
        .hasMessageContaining("touched 60000 tables")
        .hasMessageContaining("split the task");
  }
}
