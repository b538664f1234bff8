package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sessions that go from one step to the next, on a real server. */
class KeptSessionsTest {
  private static TestParent parent;
  private final AtomicInteger opened = new AtomicInteger();
  private KeptSessions sessions = keptFor(Duration.ofMinutes(1));

  @BeforeAll
  static void start() throws SQLException {
    parent = PostgresServer.parent("SELECT 1");
  }

  @AfterAll
  static void stop() throws SQLException {
    parent.close();
  }

  @AfterEach
  void close() {
    sessions.close();
  }

  private KeptSessions keptFor(Duration longest) {
    return new KeptSessions(
        () -> {
          opened.incrementAndGet();
          ParentConfig config = parent.config();
          return SessionSettings.open(
              config.url(), config.username(), config.password(), parent.database());
        },
        longest);
  }

  private static String value(Connection session, String query) throws SQLException {
    return Sql.only(session, query, row -> row.getString(1));
  }

  private static int process(Connection session) throws SQLException {
    return Integer.parseInt(value(session, "SELECT pg_backend_pid()"));
  }

  @Test
  void closedSession_isTheNextOnes_withNothingLeftInIt() throws SQLException {
    Connection first = sessions.take();
    int process = process(first);
    String settings = settings(first);
    first.setAutoCommit(false);
    Sql.execute(first, "SELECT pg_advisory_lock(1)");
    Sql.execute(
        first, "SET search_path = nowhere; SET lock_timeout = '1s'; SET row_security = off");
    Sql.execute(first, "SET application_name = 'somebody'");
    first.commit();
    Sql.execute(first, "SELECT pg_advisory_lock(2); CREATE TABLE public.half_done (id int)");
    first.close();

    try (Connection next = sessions.take()) {
      assertThat(process(next)).isEqualTo(process);
      assertThat(next.getAutoCommit()).isTrue();
      assertThat(settings(next)).isEqualTo(settings);
      assertThat(advisoryLocks(next)).isEqualTo("0");
      assertThat(value(next, "SELECT to_regclass('public.half_done') IS NULL")).isEqualTo("t");
    }
  }

  private static String settings(Connection session) throws SQLException {
    return value(
        session, "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings");
  }

  private static String advisoryLocks(Connection session) throws SQLException {
    return value(
        session,
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()");
  }

  @Test
  void twoAtATime_areTwoSessions_andWhatIsClosedTwiceGoesBackOnce() throws SQLException {
    Connection one = sessions.take();
    Connection other = sessions.take();
    assertThat(process(one)).isNotEqualTo(process(other));
    one.close();
    one.close();
    assertThat(one.isClosed()).isTrue();
    assertThatThrownBy(() -> Sql.execute(one, "SELECT 1"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
    Connection again = sessions.take();
    Connection third = sessions.take();
    assertThat(process(again)).isNotEqualTo(process(third));
    assertThat(opened).hasValue(3);
    for (Connection each : new Connection[] {other, again, third}) {
      each.close();
    }
  }

  @Test
  void brokenSession_isGivenToNobody_whenItBreaksInUseOrWhileItWaits() throws SQLException {
    Connection first = sessions.take();
    int process = process(first);
    end(process);
    assertThatThrownBy(() -> Sql.execute(first, "SELECT 1")).isInstanceOf(SQLException.class);
    first.close();

    Connection second = sessions.take();
    int kept = process(second);
    assertThat(kept).isNotEqualTo(process);
    second.close();
    end(kept);
    try (Connection third = sessions.take()) {
      assertThat(process(third)).isNotEqualTo(kept);
    }
  }

  private static void end(int process) throws SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(superuser, "SELECT pg_terminate_backend(%d, 5000)".formatted(process));
    }
  }

  @Test
  void sessionThatNobodyTakes_isClosedInTime() throws Exception {
    sessions = keptFor(Duration.ofMillis(100));
    Connection first = sessions.take();
    int process = process(first);
    first.close();

    try (Connection superuser = PostgresServer.superuser("postgres")) {
      for (int i = 0; i < 500 && stands(superuser, process); i++) {
        Thread.sleep(10);
      }
      assertThat(stands(superuser, process)).isFalse();
    }
  }

  private static boolean stands(Connection superuser, int process) throws SQLException {
    return Sql.only(
        superuser,
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ?)",
        row -> row.getBoolean(1),
        process);
  }

  @Test
  void onceClosed_whatIsStillLentEndsWithItsBorrower() throws Exception {
    Connection lent = sessions.take();
    int process = process(lent);
    sessions.close();
    lent.close();

    try (Connection superuser = PostgresServer.superuser("postgres")) {
      for (int i = 0; i < 500 && stands(superuser, process); i++) {
        Thread.sleep(10);
      }
      assertThat(stands(superuser, process)).isFalse();
    }
  }
}
