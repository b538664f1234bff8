package dev.offshoot.cli;

import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.ShownText;
import dev.offshoot.workflow.OffshootNames;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code doctor}. */
@Command(
    name = "doctor",
    description = {
      "Check Temporal, worker, parents and ledger, and say what to do.",
      "Exit codes: 0 well (or warnings only), 1 something is broken, 8 no answer."
    })
final class DoctorCommand extends OffshootCommand {
  private static final int TEXT_LIMIT = 600;

  @Override
  ExitCode run(Offshoot offshoot) {
    Output output = offshoot.output();
    List<HealthFinding> findings = new ArrayList<>();
    try (Connection connection = offshoot.connect()) {
      findings.add(temporal(connection));
      findings.add(poller(connection));
      boolean nobody = findings.get(1).level() == HealthFinding.Level.BROKEN;
      if (!nobody) {
        findings.addAll(new ReadQuestions(connection).health());
      }
      show(findings, output);
      return nobody ? ExitCode.UNREACHABLE : code(findings);
    } catch (CliException e) {
      show(findings, output);
      throw e;
    }
  }

  static ExitCode code(List<HealthFinding> findings) {
    return findings.stream().anyMatch(finding -> finding.level() == HealthFinding.Level.BROKEN)
        ? ExitCode.UNEXPECTED
        : ExitCode.DONE;
  }

  private static HealthFinding temporal(Connection connection) {
    String version =
        connection
            .stubs()
            .blockingStub()
            .getSystemInfo(GetSystemInfoRequest.getDefaultInstance())
            .getServerVersion();
    return new HealthFinding(
        "temporal",
        HealthFinding.Level.OK,
        "%s answers, namespace %s, %s"
            .formatted(
                connection.address(),
                connection.namespace(),
                version.isEmpty() ? "version not told" : "server " + version),
        "");
  }

  private static HealthFinding poller(Connection connection) {
    DescribeTaskQueueRequest request =
        DescribeTaskQueueRequest.newBuilder()
            .setNamespace(connection.namespace())
            .setTaskQueue(TaskQueue.newBuilder().setName(OffshootNames.TASK_QUEUE))
            .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
            .build();
    try {
      int pollers = connection.stubs().blockingStub().describeTaskQueue(request).getPollersCount();
      return pollers > 0
          ? new HealthFinding(
              "worker",
              HealthFinding.Level.OK,
              "%s on task queue %s"
                  .formatted(Numbers.of(pollers, "poller"), OffshootNames.TASK_QUEUE),
              "")
          : new HealthFinding(
              "worker",
              HealthFinding.Level.BROKEN,
              "nobody polls task queue " + OffshootNames.TASK_QUEUE,
              "start one with ./offshoot up or ./offshoot worker --config FILE");
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
        throw e;
      }
      return new HealthFinding(
          "worker",
          HealthFinding.Level.OK,
          "asked by a workflow, as this server does not tell who polls",
          "");
    }
  }

  private static void show(List<HealthFinding> findings, Output output) {
    if (output.forPeople()) {
      findings.forEach(finding -> output.lines(lines(finding, output.colour())));
    } else {
      output.documents(findings);
    }
  }

  private static List<String> lines(HealthFinding finding, Colour colour) {
    String level =
        switch (finding.level()) {
          case OK -> colour.good("ok     ");
          case WARNING -> colour.warning("warning");
          case BROKEN -> colour.bad("broken ");
        };
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s  %s: %s"
            .formatted(
                level,
                ShownText.oneLine(finding.subject(), TEXT_LIMIT),
                ShownText.oneLine(finding.finding(), TEXT_LIMIT)));
    if (!finding.remedy().isBlank()) {
      ShownText.lines(finding.remedy(), TEXT_LIMIT * 4)
          .lines()
          .forEach(line -> lines.add("         " + line));
    }
    return lines;
  }
}
