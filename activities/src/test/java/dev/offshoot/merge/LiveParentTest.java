package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.BranchServer;
import dev.offshoot.PostgresPrograms;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.branch.OnDrift;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.sql.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * A parent whose applications stay connected and write all the time, with its branches on another
 * server: experiments merge, nothing is lost, nobody is disconnected.
 */
class LiveParentTest {
  private static final String SHOP =
      """
      CREATE TABLE customers (
        id int PRIMARY KEY, name text, hits bigint NOT NULL DEFAULT 0, note text);
      CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int);
      CREATE TABLE prices (id int PRIMARY KEY, price int);
      INSERT INTO customers (id, name) SELECT g, 'c' || g FROM generate_series(1, 200) AS g;
      INSERT INTO prices SELECT g, g FROM generate_series(1, 200) AS g;
      """;

  @Test
  void experimentsMerge_nothingIsLost_andNobodyIsDisconnected() throws Exception {
    Optional<Path> programs = PostgresPrograms.folder("pg_dump", "pg_restore");
    try (TestParent parent = PostgresServer.parent(SHOP)) {
      ParentConfig config =
          BranchServer.withSource(parent.config(), OnDrift.REFUSE, programs.orElse(null))
              .toBuilder()
              .sequenceBlock(1000)
              .build();
      if (programs.isEmpty()) {
        BranchServer.makeCopy(config, SHOP, "as of " + Instant.now());
      }
      long committed;
      try (ExperimentsElsewhere experiments = new ExperimentsElsewhere(config);
          Load load = new Load(parent)) {
        if (programs.isPresent()) {
          experiments.refreshSource();
        }

        MergeResult tiers =
            experiments.merge(
                "tiers",
                """
                ALTER TABLE prices ADD COLUMN currency text DEFAULT 'EUR';
                UPDATE prices SET price = price * 2;
                INSERT INTO visits (customer) SELECT id FROM customers WHERE id <= 20;
                """);
        MergeResult notes = tiers;
        if (programs.isPresent()) {
          experiments.refreshSource();
          notes = experiments.merge("notes", "UPDATE prices SET price = price + 1 WHERE id <= 9");
        }
        committed = load.end();

        assertThat(tiers.report()).as(String.valueOf(tiers.conflicts())).isNotNull();
        assertThat(tiers.report().rehearsed()).contains("inside the merge transaction");
        assertThat(notes.report()).as(String.valueOf(notes.conflicts())).isNotNull();
        assertThat((Throwable) load.failure.get()).isNull();
        assertThat(committed).isPositive();
      }
      assertThat(number(parent, "SELECT sum(hits) FROM customers")).isEqualTo(committed);
      // The branch drew from values that the parent had kept for it.
      assertThat(number(parent, "SELECT count(*) FROM visits")).isEqualTo(committed + 20);
      assertThat(number(parent, "SELECT sum(price) FROM prices WHERE id > 9"))
          .isEqualTo(2 * (200 * 201 / 2 - 45));
      assertThat(number(parent, "SELECT count(*) FROM prices WHERE currency = 'EUR'"))
          .isEqualTo(200);
    }
  }

  private static long number(TestParent parent, String query) throws SQLException {
    try (Connection connection = parent.ownerConnection()) {
      return Sql.only(connection, query, row -> row.getLong(1));
    }
  }

  /** Applications that keep their connections and count what they were told is committed. */
  private static final class Load implements AutoCloseable {
    private final AtomicReference<SQLException> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private final long[] counts = new long[3];
    private volatile boolean ended;

    Load(TestParent parent) throws SQLException {
      for (int i = 0; i < counts.length; i++) {
        Connection connection = parent.ownerConnection();
        connection.setAutoCommit(false);
        int which = i;
        Thread thread = new Thread(() -> write(connection, which), "load-" + i);
        threads.add(thread);
        thread.start();
      }
    }

    private void write(Connection connection, int which) {
      try (connection;
          PreparedStatement hit =
              connection.prepareStatement("UPDATE customers SET hits = hits + 1 WHERE id = ?");
          PreparedStatement visit =
              connection.prepareStatement("INSERT INTO visits (customer) VALUES (?)")) {
        while (!ended) {
          int id = ThreadLocalRandom.current().nextInt(1, 201);
          hit.setInt(1, id);
          hit.executeUpdate();
          visit.setInt(1, id);
          visit.executeUpdate();
          connection.commit();
          counts[which]++;
          Thread.sleep(2);
        }
      } catch (SQLException e) {
        failure.compareAndSet(null, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    long end() throws InterruptedException {
      ended = true;
      for (Thread thread : threads) {
        thread.join();
      }
      long sum = 0;
      for (long count : counts) {
        sum += count;
      }
      return sum;
    }

    @Override
    public void close() throws InterruptedException {
      var unused = end();
    }
  }
}
