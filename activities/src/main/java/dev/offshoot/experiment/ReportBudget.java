package dev.offshoot.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.ShownText;
import java.nio.charset.StandardCharsets;

/**
 * Room for an experiment's results in history. What has been shown first may take a quarter of what
 * is left, so that the last of many queries still shows something. Not thread-safe.
 */
final class ReportBudget {
  /** Well below the limit of a payload, with room for what else a report holds. */
  private static final int ROOM_FOR_ROWS = 160_000;

  /**
   * The answer to a run stands twice in history, as what the step gave and as what was answered.
   */
  private static final int ROOM_FOR_ROWS_OF_A_RUN = 100_000;

  /** One result takes this part of the room. */
  private static final int SHARE = 4;

  private static final int ROOM_FOR_SQL = 80_000;
  private static final int MOST_OF_A_STATEMENT = 1_000;

  /** A judge's request holds specification and summary besides, and must stay below 2 MiB. */
  private static final int MOST_OF_A_REPORT = 500_000;

  private final int charactersPerStatement;
  private int left;

  ReportBudget(int statements) {
    this(statements, ROOM_FOR_ROWS);
  }

  private ReportBudget(int statements, int room) {
    this.left = room;
    this.charactersPerStatement =
        Math.min(MOST_OF_A_STATEMENT, ROOM_FOR_SQL / (3 * Math.max(1, statements)));
  }

  /** For the answer to one run of a session. */
  static ReportBudget ofRun(int statements) {
    return new ReportBudget(statements, ROOM_FOR_ROWS_OF_A_RUN);
  }

  /** For rows of one result, which have all the room that an answer has. */
  static ReportBudget ofPage() {
    return new ReportBudget(1, SHARE * ROOM_FOR_ROWS_OF_A_RUN);
  }

  /** A statement's text, elided when long. */
  String statement(String sql) {
    return ShownText.elided(sql, charactersPerStatement);
  }

  /** Room for the next result. */
  int forNextResult() {
    return left / SHARE;
  }

  /** Takes room that {@link #forNextResult} gave. */
  void take(int bytes) {
    left = Math.max(0, left - bytes);
  }

  /**
   * The report itself.
   *
   * @throws OffshootException {@link ErrorCode#LIMIT_EXCEEDED} if history cannot carry it
   */
  static ExperimentReport fitting(ExperimentReport report) {
    int bytes = bytes(report);
    if (bytes > MOST_OF_A_REPORT) {
      throw new OffshootException(
          ErrorCode.LIMIT_EXCEEDED,
          "the experiment touched %d tables with %d statements, whose record of %d bytes is more than the %d that fit; split the task"
              .formatted(
                  report.touchedTables().size(),
                  report.statements().size(),
                  bytes,
                  MOST_OF_A_REPORT));
    }
    return report;
  }

  /** Bytes of {@code value} as JSON. */
  static int bytes(Object value) {
    try {
      return OffshootJson.mapper()
          .writeValueAsString(value)
          .getBytes(StandardCharsets.UTF_8)
          .length;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("text that is no JSON", e);
    }
  }
}
