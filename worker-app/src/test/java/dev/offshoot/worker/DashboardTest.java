package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.ExperimentOutcome;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Outcome;
import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.workflow.ExperimentWorkflow;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** What docs/grafana-dashboard.json and docs/operations.md ask for, a running worker has. */
@Timeout(180)
class DashboardTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern METRIC =
      Pattern.compile("\\b((?:offshoot|temporal|hikaricp)_[a-z_]+)\\b(\\{[^}]*})?");
  private static final Pattern BY = Pattern.compile("by \\(([a-z_, ]+)\\)");

  @TempDir private Path folder;

  @Test
  void everyQuery_asksForMetricsAndLabelsThatThereAre() throws Exception {
    List<String> queries = queries();
    assertThat(queries).hasSizeGreaterThan(10);
    Set<String> wanted = new TreeSet<>();
    queries.forEach(query -> wanted.addAll(metrics(query)));
    wanted.addAll(metricsOfTheGuide());

    String exposed = exposed(wanted);

    for (String metric : wanted) {
      assertThat(lines(exposed, metric)).as("%s in%n%s", metric, names(exposed)).isNotEmpty();
    }
    for (String query : queries) {
      Matcher by = BY.matcher(query);
      while (by.find()) {
        for (String label : by.group(1).split(", ", -1)) {
          assertThat(lines(exposed, metrics(query).iterator().next()))
              .as(query)
              .allMatch(line -> line.contains(label + "=\""));
        }
      }
    }
  }

  private static List<String> queries() throws IOException {
    JsonNode dashboard =
        OffshootJson.mapper().readTree(Files.readString(DOCS.resolve("grafana-dashboard.json")));
    return dashboard.findValuesAsText("expr");
  }

  private static Set<String> metrics(String text) {
    Set<String> metrics = new TreeSet<>();
    Matcher metric = METRIC.matcher(text);
    while (metric.find()) {
      metrics.add(metric.group(1));
    }
    return metrics;
  }

  /** The first column of the table; a star stands for what timers have. */
  private static Set<String> metricsOfTheGuide() throws IOException {
    try (Stream<String> lines = Files.lines(DOCS.resolve("operations.md"))) {
      Set<String> metrics = new TreeSet<>();
      lines
          .filter(line -> line.matches("\\| `(offshoot|temporal|hikaricp)_.*"))
          .map(line -> line.split("\\|", -1)[1].replace("_*", "_count"))
          .forEach(cell -> metrics.addAll(metrics(cell)));
      assertThat(metrics).hasSizeGreaterThan(10);
      return metrics;
    }
  }

  private static Set<String> names(String exposed) {
    return exposed
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replaceFirst("[{ ].*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> lines(String exposed, String metric) {
    return exposed
        .lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .toList();
  }

  /** After an experiment that was merged; Temporal's metrics take up to ten seconds. */
  private String exposed(Set<String> wanted) throws Exception {
    try (EmbeddedTemporalServer temporal =
            EmbeddedTemporalServer.start(0, TemporalServer.searchAttributes());
        TestParent parent =
            PostgresServer.parent(
                "CREATE TABLE item (id int PRIMARY KEY); INSERT INTO item VALUES (1), (2)")) {
      PGSimpleDataSource ledger = (PGSimpleDataSource) PostgresServer.freshLedger();
      Path file = WorkerFile.write(folder, temporal.address(), ledger, parent.config());
      WorkflowServiceStubs stubs =
          WorkflowServiceStubs.newServiceStubs(
              WorkflowServiceStubsOptions.newBuilder().setTarget(temporal.address()).build());
      try (RunningWorker worker =
          RunningWorker.startConfigured("--config", file.toString()).awaitPolling()) {
        merge(stubs);
        return body(worker, wanted);
      } finally {
        stubs.shutdownNow();
      }
    }
  }

  /** As soon as all is there, or as it is after half a minute. */
  private static String body(RunningWorker worker, Set<String> wanted) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      String body = worker.get("/actuator/prometheus").body();
      boolean all = wanted.stream().noneMatch(metric -> lines(body, metric).isEmpty());
      if (all || System.nanoTime() > end) {
        return body;
      }
      Thread.sleep(200);
    }
  }

  private static void merge(WorkflowServiceStubs stubs) throws Exception {
    WorkflowClient client =
        WorkflowClient.newInstance(
            stubs,
            WorkflowClientOptions.newBuilder()
                .setDataConverter(OffshootDataConverter.get())
                .build());
    ExperimentWorkflow experiment =
        new Experiments(client)
            .start("measured", Experiments.spec("shop", "DELETE FROM item WHERE id = 2").build());
    Experiments.approve(experiment, Experiments.awaitReview(experiment));
    assertThat(
            WorkflowStub.fromTyped(experiment)
                .getResult(60, TimeUnit.SECONDS, ExperimentOutcome.class)
                .outcome())
        .isEqualTo(Outcome.MERGED);
  }
}
