package dev.offshoot.judge;

import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import java.util.List;

/** What judges are asked about in tests: one updated row of a table of products. */
final class JudgeRequests {
  private JudgeRequests() {}

  /** With that new value. */
  static JudgeRequest request(String value) {
    return request("UPDATE products SET price = 5 WHERE id = 1", value);
  }

  /** By that statement. */
  static JudgeRequest request(String sql, String value) {
    TableChanges products =
        new TableChanges(
            new TableName("public", "products"),
            List.of(new ColumnShape("id", "bigint"), new ColumnShape("price", "text")),
            List.of(0),
            0,
            1,
            0,
            100,
            List.of(RowChange.update(List.of("1", "4"), List.of("1", value))));
    return new JudgeRequest(
        ExperimentSpec.builder()
            .goal("set the price of product 1")
            .parent("shop")
            .requestedBy("agent")
            .statement(sql)
            .build(),
        new ExperimentReport(
            List.of(new StatementResult(0, sql, 1, 1L, List.of(), List.of(), false, false)),
            List.of(),
            List.of(),
            List.of(1L),
            1),
        new ChangeSummary(
            "abc", List.of(), 0, List.of(), List.of(products), List.of(), List.of(), 1),
        0);
  }
}
