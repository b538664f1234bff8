package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.worker.settings.TemporalSettings;
import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Temporal server that lets in only who has a certificate of its authority. */
@Timeout(180)
class MutualTlsTest {
  @TempDir private Path folder;
  private EmbeddedTemporalServer temporal;
  private Certificates ours;
  private TlsFront front;

  @BeforeEach
  void startServers() throws Exception {
    temporal = EmbeddedTemporalServer.start(0, TemporalServer.searchAttributes());
    ours = new Certificates(folder.resolve("ours")).issue("server").issue("worker");
    int port = Integer.parseInt(temporal.address().replaceFirst(".*:", ""));
    front = new TlsFront(ours.server("server"), port);
  }

  @AfterEach
  void stopServers() throws Exception {
    front.close();
    temporal.close();
  }

  @Test
  void workerWithItsCertificate_polls() throws Exception {
    TemporalTarget target = target(ours.authority(), ours.pem("worker"), ours.key("worker"));

    try (RunningWorker worker = RunningWorker.start(target, new RunningWorker.FakeRooms())) {
      worker.awaitPolling();

      JsonNode health = OffshootJson.mapper().readTree(worker.get("/actuator/health").body());
      assertThat(health.at("/components/temporal/status").asText()).isEqualTo("UP");
    }
  }

  @Test
  void whoHasNone_orOneOfAnotherAuthority_isNotLetIn() throws Exception {
    Certificates theirs = new Certificates(folder.resolve("theirs")).issue("worker");

    assertThatThrownBy(() -> ask(target(ours.authority(), null, null)))
        .isInstanceOf(StatusRuntimeException.class);
    assertThatThrownBy(
            () -> ask(target(ours.authority(), theirs.pem("worker"), theirs.key("worker"))))
        .isInstanceOf(StatusRuntimeException.class);
    assertThat(
            ask(target(ours.authority(), ours.pem("worker"), ours.key("worker"))).isInitialized())
        .isTrue();
  }

  @Test
  void serverOfAnotherAuthority_isNotSpokenTo() throws Exception {
    Certificates theirs = new Certificates(folder.resolve("theirs"));

    assertThatThrownBy(
            () -> ask(target(theirs.authority(), ours.pem("worker"), ours.key("worker"))))
        .isInstanceOf(StatusRuntimeException.class);
  }

  private TemporalTarget target(Path authority, @Nullable Path certificate, @Nullable Path key) {
    return TemporalTarget.of(
        new TemporalSettings(
            front.address(),
            null,
            null,
            null,
            null,
            new TemporalSettings.Tls(null, authority, certificate, key, null)),
        Map.of());
  }

  private static GetSystemInfoResponse ask(TemporalTarget target) {
    WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(target.options());
    try {
      return stubs
          .blockingStub()
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .getSystemInfo(GetSystemInfoRequest.getDefaultInstance());
    } finally {
      stubs.shutdownNow();
    }
  }
}
