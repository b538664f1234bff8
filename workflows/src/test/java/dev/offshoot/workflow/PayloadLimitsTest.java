package dev.offshoot.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.activity.AuditActivities.KeepAudit;
import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.codec.EncryptionKey;
import dev.offshoot.codec.EncryptionKeys;
import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.SentRun;
import dev.offshoot.domain.SessionRun;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TimelineEvent;
import io.temporal.common.converter.DataConverter;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Records filled to their bounds, encrypted under the longest name of a key, against what Temporal
 * refuses: 2 MiB for a payload.
 */
class PayloadLimitsTest {
  private static final int PAYLOAD = 2 * 1024 * 1024;

  /** What a report and a summary may have at most, as the rooms that make them hold it. */
  private static final int REPORT = 500_000;

  private static final int SUMMARY = 800_000;

  private static final DataConverter ENCRYPTED =
      OffshootDataConverter.with(
          EncryptionCodec.with(new EncryptionKeys(List.of(EncryptionKey.random("k".repeat(40))))));

  @Test
  void largestRequestOfTheJudge_fits_encrypted() throws Exception {
    ExperimentSpec spec = largestSpec();
    ExperimentReport report = report(REPORT);
    ChangeSummary changes = changes(SUMMARY);
    assertThat(SpecValidation.problems(spec)).isEmpty();

    int bytes = encrypted(new JudgeRequest(spec, report, changes, Long.MAX_VALUE));

    System.out.println("largest request of the judge, encrypted: " + bytes + " of " + PAYLOAD);
    assertThat(bytes).isBetween(1_900_000, PAYLOAD - 20_000);
  }

  @Test
  void statusWithEverythingAtItsBound_isCutWithMarks_andFits_encrypted() {
    ExperimentStatus status = status(largestSpec(), report(REPORT), changes(SUMMARY), 100);

    ExperimentStatus bounded = BoundedStatus.of(status);

    int bytes = encrypted(bounded);
    System.out.println(
        "largest status: %d bytes, cut to %d of %d".formatted(encrypted(status), bytes, PAYLOAD));
    assertThat(encrypted(status)).isGreaterThan(PAYLOAD);
    assertThat(bytes).isLessThan(PAYLOAD - 100_000);
    assertThat(bounded.spec().script()).contains("…(").endsWith(" characters)");
    assertThat(bounded.changes()).isNotNull();
    assertThat(bounded.decisions()).hasSize(100);
  }

  @Test
  void largestAuditRecord_fits_encrypted() {
    ExperimentStatus status = status(largestSpec(), report(REPORT), changes(SUMMARY), 100);
    ExperimentOutcome outcome =
        new ExperimentOutcome(
            Outcome.FAILED, "worker", "€".repeat(2_000), "0".repeat(64), null, null, null);
    AuditRecord record =
        new AuditRecord(
            "large",
            "experiment-large",
            "run",
            "€".repeat(2_000),
            "€".repeat(2_000),
            "€".repeat(2_000),
            "€".repeat(2_000),
            Instant.EPOCH,
            Instant.EPOCH,
            status.spec(),
            null,
            Collections.nCopies(
                SpecValidation.MAX_STATEMENTS,
                new AuditRecord.Statement(1_000, 1_000_000, 1_000_000L, true)),
            Collections.nCopies(
                SpecValidation.MAX_STATEMENTS,
                new SentRun(1_000, 1, List.of(), SessionRun.Fate.APPLIED, "23505", 1_000_000)),
            "0".repeat(64),
            List.of(),
            0,
            null,
            status.decisions(),
            outcome,
            Collections.nCopies(
                200, new TimelineEvent(Instant.EPOCH, Stage.AWAITING_DECISION, "€".repeat(400))),
            null,
            AuditRecord.Writer.WORKFLOW);

    int bytes = encrypted(new KeepAudit(record));

    System.out.println("largest audit record, encrypted: " + bytes + " of " + PAYLOAD);
    assertThat(bytes).isBetween(1_500_000, PAYLOAD - 50_000);
  }

  @Test
  void statusOfUsualSize_isNotCut() {
    ExperimentStatus status = status(largestSpec(), report(10_000), changes(10_000), 3);

    assertThat(BoundedStatus.of(status)).isSameAs(status);
  }

  @Test
  void fiveMegabytesOfSql_areRefusedBeforeAnythingIsSent() {
    ExperimentSpec huge = spec("SELECT '" + "x".repeat(5 * 1024 * 1024) + "'");

    assertThatThrownBy(() -> SpecValidation.requireValid(huge))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SPEC))
        .hasMessageContaining("script: is 5242889 bytes of SQL")
        .hasMessageContaining("split the task");
    // Nobody listens there: it would wait if it sent anything.
    try (OffshootClient client = OffshootClient.connect("127.0.0.1:1")) {
      assertThatThrownBy(() -> client.start(huge))
          .isInstanceOf(OffshootException.class)
          .hasMessageContaining("bytes of SQL");
    }
  }

  /** Half a megabyte of them would be three as JSON. */
  @Test
  void controlCharacters_areCountedAsJsonWritesThem() throws Exception {
    String sql = "SELECT '" + "\u0001".repeat(200_000) + "'";

    assertThatThrownBy(() -> SpecValidation.requireValid(spec(sql)))
        .hasMessageContaining("1200009 bytes as JSON");
    String awkward = "SELECT '" + "\u0001\n\"\\\t€𝄞x".repeat(26_000) + "'";
    int quotes = 2;
    assertThatThrownBy(() -> SpecValidation.requireValid(spec(awkward)))
        .hasMessageContaining(
            "%d bytes as JSON"
                .formatted(OffshootJson.mapper().writeValueAsBytes(awkward).length - quotes));
  }

  @Test
  void checksOfARevert_areBounded_too() {
    ExperimentSpec revert =
        ExperimentSpec.builder()
            .goal("g")
            .parent("shop")
            .requestedBy("a")
            .reverts("one")
            .check("SELECT '" + "x".repeat(1024 * 1024) + "' = ''")
            .build();

    assertThatThrownBy(() -> SpecValidation.requireValid(revert))
        .hasMessageContaining("checks: is 1048590 bytes of SQL");
  }

  private static ExperimentSpec largestSpec() {
    // Each quote takes two bytes as JSON, so that both bounds are reached.
    int quotes = SpecValidation.MAX_SQL_JSON_BYTES - SpecValidation.MAX_SQL_BYTES;
    String script =
        "SELECT '%s%s'"
            .formatted("\"".repeat(quotes), "x".repeat(SpecValidation.MAX_SQL_BYTES - quotes - 9));
    return spec(script);
  }

  private static ExperimentSpec spec(String script) {
    return ExperimentSpec.builder()
        .goal("g".repeat(SpecValidation.MAX_TEXT))
        .parent("shop")
        .requestedBy("agent")
        .script(script)
        .build();
  }

  private static ExperimentReport report(int bytes) {
    int rows = bytes / 1_000;
    return new ExperimentReport(
        List.of(
            new StatementResult(
                0,
                "SELECT",
                1,
                null,
                List.of("c"),
                Collections.nCopies(rows, List.of("x".repeat(995))),
                false,
                false)),
        List.of(),
        List.of(),
        List.of(),
        1);
  }

  private static ChangeSummary changes(int bytes) {
    return new ChangeSummary(
        "0".repeat(64),
        List.of(),
        0,
        IntStream.range(0, bytes / 1_000).mapToObj(i -> "x".repeat(997)).toList(),
        List.of(),
        List.of(),
        List.of(),
        1);
  }

  private static ExperimentStatus status(
      ExperimentSpec spec, ExperimentReport report, ChangeSummary changes, int decisions) {
    Decision decision =
        new Decision(
            Decision.Kind.APPROVE,
            "n".repeat(200),
            "€".repeat(2_000),
            "0".repeat(64),
            List.of(),
            Instant.EPOCH,
            Decision.Channel.SIGNAL,
            "refused");
    return new ExperimentStatus(
        new ExperimentId("large"),
        spec,
        Stage.AWAITING_DECISION,
        Instant.EPOCH,
        Instant.EPOCH,
        null,
        false,
        report,
        changes,
        null,
        null,
        Collections.nCopies(decisions, decision),
        null,
        List.of());
  }

  private static int encrypted(Object value) {
    return ENCRYPTED.toPayload(value).orElseThrow().getSerializedSize();
  }
}
