package dev.offshoot.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.OffshootException;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkflowImplementationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Experiments that run for weeks outlive versions of their code. The histories in {@code
 * src/test/resources/histories} were recorded by {@link HistoryRecorder}, a folder for each state
 * of the code that has been out; today's code must replay every one of them.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordedHistoriesTest {
  private static final String ADVICE =
      """
      %s: today's code would break experiments that run now. Guard what has changed by \
      Workflow.getVersion, as ExperimentWorkflowImpl.keepAudit does, so that a recorded experiment \
      goes the way that it went; or roll it out as a build of its own (docs/operations.md, \
      Upgrading). Do not record the history again: people's experiments cannot do so either.""";

  private TestWorkflowEnvironment temporal;

  @BeforeAll
  void start() {
    temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(OffshootDataConverter.get())
                        .build())
                .build());
  }

  @AfterAll
  void stop() {
    temporal.close();
  }

  static List<Path> histories() throws IOException {
    try (Stream<Path> files = Files.walk(HistoryRecorder.FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("histories")
  void replays(Path recorded) throws Exception {
    try {
      replay(recorded, implementation(recorded));
    } catch (Exception e) {
      throw new AssertionError(ADVICE.formatted(recorded), e);
    }
  }

  @Test
  void everyPath_isRecorded_inEveryFolder() throws IOException {
    try (Stream<Path> folders = Files.list(HistoryRecorder.FOLDER)) {
      List<Path> all = folders.toList();
      assertThat(all).isNotEmpty();
      for (Path folder : all) {
        assertThat(histories())
            .as("%s", folder)
            .filteredOn(file -> file.startsWith(folder))
            .hasSizeGreaterThanOrEqualTo(18);
      }
    }
  }

  @Test
  void codeThatGoesAnotherWay_isFoundOut() throws Exception {
    for (Path recorded : histories()) {
      if (recorded.getFileName().toString().equals("merged.json")) {
        assertThatThrownBy(() -> replay(recorded, CarelesslyChangedExperiment.class))
            .hasStackTraceContaining("does not match command");
      }
    }
  }

  private void replay(Path recorded, Class<?> implementation) throws Exception {
    Worker worker = temporal.newWorker("replay " + recorded + implementation);
    worker.registerWorkflowImplementationTypes(
        WorkflowImplementationOptions.newBuilder()
            .setFailWorkflowExceptionTypes(OffshootException.class)
            .build(),
        implementation);
    WorkflowReplayer.replayWorkflowExecution(
        WorkflowExecutionHistory.fromJson(Files.readString(recorded), workflowId(recorded)),
        worker);
  }

  private static Class<?> implementation(Path recorded) {
    String workflow = workflowId(recorded);
    if (workflow.startsWith("session-")) {
      return SessionWorkflowImpl.class;
    }
    return workflow.startsWith("variants-")
        ? VariantsWorkflowImpl.class
        : ExperimentWorkflowImpl.class;
  }

  /** The experiment's id is the path's name; sessions and groups have their prefix in it. */
  private static String workflowId(Path recorded) {
    String path = recorded.getFileName().toString().replace(".json", "");
    return path.startsWith("session-") || path.startsWith("variants-")
        ? path
        : "experiment-" + path;
  }
}
