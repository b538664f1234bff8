package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.MergeReport;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * A large merge while the parent's users go on paying each other, some of them from accounts that
 * it writes.
 */
class MergeUnderLoadTest {
  private static final int ACCOUNTS = 20_000;
  private static final int USERS = 3;

  private static final String BANK =
      """
      CREATE TABLE accounts (
        id int PRIMARY KEY, owner text, tier text, balance bigint NOT NULL CHECK (balance >= 0));
      CREATE INDEX ON accounts (owner);
      CREATE TABLE payments (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        payer int NOT NULL REFERENCES accounts, payee int NOT NULL REFERENCES accounts,
        amount bigint NOT NULL);
      INSERT INTO accounts SELECT g, 'o' || g, 'plain', 1000000 FROM generate_series(1, %d) AS g;
      """
          .formatted(ACCOUNTS);

  @Test
  void nothingIsLost_andNobodyFails() throws Exception {
    try (Merging merging = Merging.into(BANK)) {
      ChangeSet tier = merging.experiment("UPDATE accounts SET tier = 'gold' WHERE id % 2 = 0");
      // What both sides write.
      ChangeSet gift =
          merging.countingExperiment(
              "UPDATE accounts SET balance = balance + 7 WHERE id % 2 = 0", "balance");
      AtomicBoolean stop = new AtomicBoolean();
      AtomicLong paid = new AtomicLong();
      List<CompletableFuture<Void>> users = new ArrayList<>();
      for (int user = 0; user < USERS; user++) {
        Random random = new Random(user);
        users.add(CompletableFuture.runAsync(() -> pay(merging, random, stop, paid)));
      }

      awaitPayments(paid, 20);
      MergeReport first = merged(merging, tier);
      awaitPayments(paid, paid.get() + 20);
      MergeReport second = merged(merging, gift);
      awaitPayments(paid, paid.get() + 20);
      stop.set(true);
      for (CompletableFuture<Void> user : users) {
        user.get(30, TimeUnit.SECONDS);
      }

      assertThat(List.of(first.updated(), second.updated())).containsOnly(ACCOUNTS / 2L);
      assertThat(merging.ask("SELECT count(*) FROM accounts WHERE tier = 'gold'"))
          .isEqualTo(String.valueOf(ACCOUNTS / 2));
      assertThat(merging.ask("SELECT count(*) FROM payments"))
          .as("acknowledged payments")
          .isEqualTo(String.valueOf(paid.get()));
      assertThat(
              merging.ask(
                  """
                  SELECT count(*) FROM accounts AS a
                  WHERE balance <> 1000000 + CASE WHEN id % 2 = 0 THEN 7 ELSE 0 END
                    + coalesce((SELECT sum(amount) FROM payments WHERE payee = a.id), 0)
                    - coalesce((SELECT sum(amount) FROM payments WHERE payer = a.id), 0)
                  """))
          .as("accounts with a wrong balance")
          .isEqualTo("0");
    }
  }

  /** As a worker would: tries again when a lock was not had in time. */
  private static MergeReport merged(Merging merging, ChangeSet changeSet) {
    for (int attempt = 1; ; attempt++) {
      try {
        MergeResult result =
            merging.merge(
                merging.request(changeSet.digest(), changeSet, Strictness.CELL, List.of()),
                Progress.NONE);
        assertThat(result.conflicts()).isNull();
        return result.report();
      } catch (OffshootException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.LOCK_TIMEOUT);
        assertThat(attempt).isLessThan(5);
      }
    }
  }

  private static void pay(Merging merging, Random random, AtomicBoolean stop, AtomicLong paid) {
    try (Connection user = merging.parent.ownerConnection()) {
      user.setAutoCommit(false);
      while (!stop.get()) {
        int one = 1 + random.nextInt(ACCOUNTS);
        int other = 1 + (one + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        int amount = 1 + random.nextInt(100);
        // In the order of ids, so that users do not lock each other out.
        move(user, Math.min(one, other), one < other ? -amount : amount);
        move(user, Math.max(one, other), one < other ? amount : -amount);
        try (PreparedStatement payment =
            user.prepareStatement("INSERT INTO payments (payer, payee, amount) VALUES (?, ?, ?)")) {
          payment.setInt(1, one);
          payment.setInt(2, other);
          payment.setInt(3, amount);
          payment.executeUpdate();
        }
        user.commit();
        paid.incrementAndGet();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void move(Connection user, int account, int amount) throws SQLException {
    try (PreparedStatement statement =
        user.prepareStatement("UPDATE accounts SET balance = balance + ? WHERE id = ?")) {
      statement.setInt(1, amount);
      statement.setInt(2, account);
      statement.executeUpdate();
    }
  }

  private static void awaitPayments(AtomicLong paid, long atLeast) throws InterruptedException {
    long from = System.nanoTime();
    while (paid.get() < atLeast) {
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - from)).isLessThan(60);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
