package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.branch.ParentConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Postgres' own {@code pgbench} on a parent: two of it take turns, so that there is load all the
 * time and yet each ends by itself and says how it went.
 */
final class Pgbench implements AutoCloseable {
  static final int ACCOUNTS = 40_000;
  static final int TELLERS = 20;
  static final int BRANCHES = 5;

  /** Its own tables, in which every transaction leaves the same amount four times. */
  static final String TABLES =
      """
      CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88));
      CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84));
      CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84));
      CREATE TABLE pgbench_history (
        tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
      INSERT INTO pgbench_branches SELECT g, 0 FROM generate_series(1, %d) AS g;
      INSERT INTO pgbench_tellers SELECT g, 1, 0 FROM generate_series(1, %d) AS g;
      INSERT INTO pgbench_accounts SELECT g, 1, 0, '' FROM generate_series(1, %d) AS g;
      """
          .formatted(BRANCHES, TELLERS, ACCOUNTS);

  private static final String TRANSACTION =
      """
      \\set aid random(1, %d)
      \\set bid random(1, %d)
      \\set tid random(1, %d)
      \\set delta random(-5000, 5000)
      BEGIN;
      UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
      SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
      UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;
      UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;
      INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)
        VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);
      END;
      """
          .formatted(ACCOUNTS, BRANCHES, TELLERS);

  private static final Pattern PROCESSED =
      Pattern.compile("number of transactions actually processed: (\\d+)");

  private static final int TAKING_TURNS = 2;
  private static final int SECONDS = 4;

  private final List<String> command;
  private final String password;
  private final List<CompletableFuture<List<String>>> runs = new ArrayList<>();
  private volatile boolean ended;

  /** Begins. */
  Pgbench(Path program, ParentConfig parent, Path directory) throws IOException {
    Path script = Files.writeString(directory.resolve("transaction.sql"), TRANSACTION);
    this.password = parent.password();
    this.command =
        List.of(
            program.toString(),
            "--no-vacuum",
            "--protocol=prepared",
            "--client=2",
            "--rate=60",
            "--time=" + SECONDS,
            "--file=" + script,
            "--host=127.0.0.1",
            "--port=" + PostgresServer.port(),
            "--username=" + parent.username(),
            parent.url().replaceFirst("^.*/([^/?]+).*$", "$1"));
    for (int i = 0; i < TAKING_TURNS; i++) {
      int turn = i;
      runs.add(CompletableFuture.supplyAsync(() -> repeat(turn)));
    }
  }

  private List<String> repeat(int turn) {
    try {
      TimeUnit.SECONDS.sleep((long) turn * SECONDS / TAKING_TURNS);
      List<String> said = new ArrayList<>();
      do {
        said.add(run());
      } while (!ended);
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String run() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PGPASSWORD", password);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      return "%s%nended with %d".formatted(text, process.waitFor());
    }
  }

  /**
   * Waits until it has ended.
   *
   * @return transactions that it was told are committed
   */
  long end() throws InterruptedException, ExecutionException {
    ended = true;
    long transactions = 0;
    for (CompletableFuture<List<String>> run : runs) {
      for (String said : run.get()) {
        Matcher processed = PROCESSED.matcher(said);
        assertThat(processed.find()).as(said).isTrue();
        assertThat(said).contains("number of failed transactions: 0 ").contains("ended with 0");
        transactions += Long.parseLong(processed.group(1));
      }
    }
    return transactions;
  }

  @Override
  public void close() {
    ended = true;
    runs.forEach(run -> run.exceptionally(e -> List.of()).join());
  }
}
