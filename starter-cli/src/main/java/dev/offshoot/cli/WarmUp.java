package dev.offshoot.cli;

import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.Stage;
import dev.offshoot.workflow.OffshootDataConverter;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.common.v1.WorkflowType;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.QueryWorkflowRequest;
import io.temporal.api.workflowservice.v1.QueryWorkflowResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Runs the commonest commands against a server that only pretends, so that the virtual machine,
 * told to by the launcher after a build, can put the classes that they load into an archive. Every
 * later start takes them from there, in half the time.
 */
final class WarmUp {
  private static final String ID = "warm-up";

  private WarmUp() {}

  public static void main(String[] arguments) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Pretender())
            .build()
            .start();
    String address = "127.0.0.1:" + server.getPort();
    List<String[]> commands =
        List.of(
            new String[] {"--version"},
            new String[] {"--address", address, "experiment", "list"},
            new String[] {"--address", address, "experiment", "show", ID},
            new String[] {"--address", address, "experiment", "show", ID, "-o", "json"});
    int worst = 0;
    for (String[] command : commands) {
      worst = Math.max(worst, Offshoot.run(nowhere(), command));
    }
    server.shutdownNow();
    System.exit(worst);
  }

  private static Terminal nowhere() {
    return new Terminal(
        new BufferedReader(Reader.nullReader()),
        new PrintWriter(Writer.nullWriter()),
        new PrintWriter(Writer.nullWriter()),
        false,
        false,
        0,
        Map.of());
  }

  /** Answers what the commands above ask. */
  private static final class Pretender extends WorkflowServiceGrpc.WorkflowServiceImplBase {
    @Override
    public void getSystemInfo(
        GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
      answer.onNext(GetSystemInfoResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void listWorkflowExecutions(
        ListWorkflowExecutionsRequest request,
        StreamObserver<ListWorkflowExecutionsResponse> answer) {
      answer.onNext(
          ListWorkflowExecutionsResponse.newBuilder()
              .addExecutions(
                  WorkflowExecutionInfo.newBuilder()
                      .setType(WorkflowType.newBuilder().setName("Experiment"))
                      .setExecution(
                          WorkflowExecution.newBuilder().setWorkflowId("experiment-" + ID)))
              .build());
      answer.onCompleted();
    }

    @Override
    public void queryWorkflow(
        QueryWorkflowRequest request, StreamObserver<QueryWorkflowResponse> answer) {
      Payloads status =
          OffshootDataConverter.get()
              .toPayloads(
                  new ExperimentStatus(
                      new ExperimentId(ID),
                      ExperimentSpec.builder().goal("warm up").build(),
                      Stage.BRANCHING,
                      Instant.EPOCH,
                      Instant.EPOCH,
                      null,
                      false,
                      null,
                      null,
                      null,
                      null,
                      List.of(),
                      null,
                      List.of()))
              .orElseThrow();
      answer.onNext(QueryWorkflowResponse.newBuilder().setQueryResult(status).build());
      answer.onCompleted();
    }
  }
}
