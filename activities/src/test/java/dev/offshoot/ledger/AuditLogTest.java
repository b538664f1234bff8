package dev.offshoot.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.domain.AuditLine;
import dev.offshoot.domain.AuditPage;
import dev.offshoot.domain.AuditSeal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuditLogTest {
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

  private DataSource database;
  private AuditLog log;

  @BeforeEach
  void freshLedger() throws Exception {
    database = PostgresServer.freshLedger();
    Ledger ledger = new Ledger(database);
    ledger.migrate();
    log = ledger.audits();
  }

  @Test
  void records_followEachOther_sealedByTheOneBefore() {
    AuditSeal first = log.add("a", "run", NOW, "{\"n\":1}");
    AuditSeal second = log.add("b", "run", NOW, "{\"n\":2}");

    List<AuditLine> lines = all();
    assertThat(lines).extracting(AuditLine::number).containsExactly(1L, 2L);
    assertThat(lines.get(0).previous()).isEqualTo(AuditLine.FIRST);
    assertThat(lines.get(1).previous()).isEqualTo(first.hash());
    assertThat(lines).allMatch(AuditLine::stillHolds);
    assertThat(second).isEqualTo(new AuditSeal(2, lines.get(1).hash()));
  }

  @Test
  void secondRecordOfARun_changesNothing_soThatALostAnswerDoesNoHarm() {
    AuditSeal first = log.add("a", "run", NOW, "{\"n\":1}");

    assertThat(log.add("a", "run", NOW, "{\"n\":99}")).isEqualTo(first);
    assertThat(log.add("a", "run after a reset", NOW, "{\"n\":2}").number()).isEqualTo(2);
    assertThat(all()).extracting(AuditLine::record).containsExactly("{\"n\":1}", "{\"n\":2}");
  }

  @Test
  void workflowOfAnOddName_isRecordedToo() {
    assertThat(log.add("od\0d", "run", NOW, "{}").number()).isEqualTo(1);
  }

  @Test
  void manyAtOnce_makeOneChain() {
    CompletableFuture.allOf(
            IntStream.range(0, 20)
                .mapToObj(i -> CompletableFuture.runAsync(() -> log.add("e" + i, "run", NOW, "{}")))
                .toArray(CompletableFuture[]::new))
        .join();

    List<AuditLine> lines = all();
    assertThat(lines).hasSize(20);
    for (int i = 1; i < lines.size(); i++) {
      assertThat(lines.get(i).previous()).isEqualTo(lines.get(i - 1).hash());
    }
  }

  @Test
  void recordThatIsChangedInTheLedger_isNotWholeAnyMore() throws Exception {
    log.add("a", "run", NOW, "{\"by\":\"ada\"}");
    log.add("b", "run", NOW, "{}");
    run("UPDATE offshoot_ledger.audit SET record = replace(record, 'ada', 'bob') WHERE number = 1");

    assertThat(all()).extracting(AuditLine::stillHolds).containsExactly(false, true);
  }

  @Test
  void longRecords_comeInPagesThatFitIntoAnAnswer() {
    for (int i = 0; i < 5; i++) {
      log.add("e" + i, "run", NOW, "\"%s\"".formatted("x".repeat(200_000)));
    }

    assertThat(log.page(null).lines()).hasSize(1);
    assertThat(all()).hasSize(5);
  }

  @Test
  void oldRecords_areCutOffAtTheOldEnd_andTheRestIsStillOneChain() {
    log.add("old", "run", NOW.minus(Duration.ofDays(900)), "{}");
    AuditSeal last = log.add("older than it looks", "run", NOW.minus(Duration.ofDays(800)), "{}");
    log.add("young", "run", NOW, "{}");
    log.add("late", "run", NOW.minus(Duration.ofDays(850)), "{}");

    assertThat(log.cutOff(NOW.minus(Duration.ofDays(730)))).isEqualTo(2);

    AuditPage page = log.page(null);
    assertThat(page.cut()).isEqualTo(last);
    assertThat(page.lines()).extracting(AuditLine::number).containsExactly(3L, 4L);
    assertThat(page.lines().get(0).previous()).isEqualTo(last.hash());
    assertThat(log.cutOff(NOW.minus(Duration.ofDays(730)))).isZero();
  }

  @Test
  void chainOfWhichNothingIsKept_goesOnWhereItWas() {
    AuditSeal last = log.add("old", "run", NOW.minus(Duration.ofDays(900)), "{}");
    assertThat(log.cutOff(NOW)).isEqualTo(1);

    log.add("new", "run", NOW, "{}");

    assertThat(all()).extracting(AuditLine::number).containsExactly(2L);
    assertThat(all().get(0).previous()).isEqualTo(last.hash());
  }

  private List<AuditLine> all() {
    List<AuditLine> all = new ArrayList<>();
    @Nullable Long from = null;
    do {
      AuditPage page = log.page(from);
      all.addAll(page.lines());
      from = page.next();
    } while (from != null);
    return all;
  }

  private void run(String sql) throws Exception {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
