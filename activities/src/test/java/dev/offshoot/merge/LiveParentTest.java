package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.BranchServer;
import dev.offshoot.PostgresPrograms;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.BranchActivities.CreateBranch;
import dev.offshoot.activity.BranchActivities.DropBranch;
import dev.offshoot.activity.DiffActivities;
import dev.offshoot.activity.DiffActivities.ComputeDiff;
import dev.offshoot.activity.ExperimentActivities;
import dev.offshoot.activity.ExperimentActivities.RunExperiment;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.activity.MergeActivities.MergeRequest;
import dev.offshoot.activity.ParentActivities;
import dev.offshoot.activity.ParentActivities.RefreshSource;
import dev.offshoot.branch.BranchSteps;
import dev.offshoot.branch.OnDrift;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.ParentSteps;
import dev.offshoot.branch.Parents;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.diff.DiffSteps;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Strictness;
import dev.offshoot.experiment.ExperimentSteps;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Sql;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
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

  private final TestActivityEnvironment temporal =
      TestActivityEnvironment.newInstance(
          TestEnvironmentOptions.newBuilder()
              .setWorkflowClientOptions(
                  WorkflowClientOptions.newBuilder()
                      .setDataConverter(OffshootDataConverter.get())
                      .build())
              .build());

  @AfterEach
  void stop() {
    temporal.close();
  }

  @Test
  void experimentsMerge_nothingIsLost_andNobodyIsDisconnected() throws Exception {
    Optional<Path> programs = PostgresPrograms.folder("pg_dump", "pg_restore");
    try (TestParent parent = PostgresServer.parent(SHOP)) {
      ParentConfig config =
          BranchServer.withSource(parent.config(), OnDrift.REFUSE, programs.orElse(null));
      if (programs.isEmpty()) {
        BranchServer.makeCopy(config, SHOP, "as of " + Instant.now());
      }
      long committed;
      try (PostgresBranchProvider provider = new PostgresBranchProvider(config);
          Load load = new Load(parent)) {
        register(new Parents(List.of(new Parents.Parent(config, provider))));
        refresh(config, programs.isPresent());

        MergeResult tiers =
            experiment(
                config,
                "tiers",
                """
                ALTER TABLE prices ADD COLUMN currency text DEFAULT 'EUR';
                UPDATE prices SET price = price * 2;
                """);
        refresh(config, programs.isPresent());
        MergeResult notes =
            programs.isEmpty()
                ? tiers
                : experiment(config, "notes", "UPDATE prices SET price = price + 1 WHERE id <= 9");
        committed = load.end();

        assertThat(tiers.report()).as(String.valueOf(tiers.conflicts())).isNotNull();
        assertThat(tiers.report().rehearsed()).contains("inside the merge transaction");
        assertThat(notes.report()).as(String.valueOf(notes.conflicts())).isNotNull();
        assertThat((Throwable) load.failure.get()).isNull();
        assertThat(committed).isPositive();
      }
      assertThat(number(parent, "SELECT sum(hits) FROM customers")).isEqualTo(committed);
      assertThat(number(parent, "SELECT count(*) FROM visits")).isEqualTo(committed);
      assertThat(number(parent, "SELECT sum(price) FROM prices WHERE id > 9"))
          .isEqualTo(2 * (200 * 201 / 2 - 45));
      assertThat(number(parent, "SELECT count(*) FROM prices WHERE currency = 'EUR'"))
          .isEqualTo(200);
    }
  }

  private void register(Parents parents) throws SQLException {
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    temporal.registerActivitiesImplementations(
        new BranchSteps(parents, ledger.branches()),
        new ExperimentSteps(parents),
        new DiffSteps(parents, ledger.changeSets()),
        new MergeSteps(parents, ledger.changeSets()),
        new ParentSteps(parents));
  }

  private void refresh(ParentConfig config, boolean possible) {
    if (possible) {
      var unused =
          temporal
              .newActivityStub(ParentActivities.class)
              .refreshSource(new RefreshSource(config.name()));
    }
  }

  private MergeResult experiment(ParentConfig config, String id, String script) {
    BranchRef branch = new BranchRef(new ExperimentId(id), 1, config.name());
    ExperimentSpec spec =
        ExperimentSpec.builder()
            .goal(id)
            .parent(config.name())
            .requestedBy("agent")
            .script(script)
            .build();
    BranchActivities branches = temporal.newActivityStub(BranchActivities.class);
    BranchInfo info =
        branches.createBranch(
            new CreateBranch(
                branch, "experiment-" + id, "run", spec, Instant.now().plus(Duration.ofHours(1))));
    assertThat(info.source().refreshedAt()).isEqualTo(info.branchPoint());
    ExperimentReport report =
        temporal
            .newActivityStub(ExperimentActivities.class)
            .runExperiment(new RunExperiment(branch, spec));
    ChangeSummary changes =
        temporal
            .newActivityStub(DiffActivities.class)
            .computeDiff(new ComputeDiff(branch, spec, report));
    branches.dropBranch(new DropBranch(branch, "run", "the change set is frozen"));
    return temporal
        .newActivityStub(MergeActivities.class)
        .merge(
            new MergeRequest(
                branch,
                changes.digest(),
                Strictness.ROW,
                List.of(),
                new Decision(
                    Decision.Kind.APPROVE,
                    "rita",
                    "looks right",
                    changes.digest(),
                    List.of(),
                    Instant.now(),
                    Decision.Channel.SIGNAL,
                    null)));
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
