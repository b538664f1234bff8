package dev.offshoot.worker.stack;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc;
import io.temporal.internal.testservice.GRPCServerHelper;
import io.temporal.internal.testservice.TestServicesStarter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The in-memory Temporal server of the SDK's test kit, reachable over TCP by other processes of
 * this machine, and by nobody else: it has no passwords, so it listens on 127.0.0.1 only. Time is
 * real time. Everything is forgotten at {@link #close()}; it has no Web UI, no list, count,
 * schedules, batch or reset. Namespace {@code default} exists.
 *
 * <p>Workers against it need {@code
 * WorkerOptions.setStickyQueueScheduleToStartTimeout(Duration.ZERO)}, or workflows that run while a
 * worker restarts are stranded.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedTemporalServer implements AutoCloseable {

  private static final String NAME = "embedded Temporal server";
  private static final int CLOSE_SECONDS = 5;

  private final TestServicesStarter services;
  private final ExecutorService handlers;
  private final EventLoopGroup transport;
  private final Server server;

  private EmbeddedTemporalServer(int port, Map<String, IndexedValueType> searchAttributes)
      throws IOException {
    // What TestServer.createPortBoundServer(port, true) does, except for the address: that one
    // listens on every interface. Locked time skipping is real time; 0 starts the clock now.
    services = new TestServicesStarter(true, 0);
    handlers = Executors.newCachedThreadPool(new DefaultThreadFactory("temporal-handler", true));
    transport =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("temporal-transport", true), NioIoHandler.newFactory());
    boolean started = false;
    try {
      // A workflow that is started with an unknown search attribute burns its id, and a waiting
      // starter may connect the very moment the port opens: so register before it does.
      register(searchAttributes, services.getServices());
      NettyServerBuilder builder =
          NettyServerBuilder.forAddress(new InetSocketAddress(Loopback.address(), port))
              .executor(handlers)
              .channelType(NioServerSocketChannel.class)
              .bossEventLoopGroup(transport)
              .workerEventLoopGroup(transport);
      GRPCServerHelper.registerServicesAndHealthChecks(services.getServices(), builder);
      server = builder.build().start();
      started = true;
    } finally {
      if (!started) {
        closeServices();
      }
    }
  }

  /**
   * Starts the server.
   *
   * @param port the port on 127.0.0.1, or 0 for any free one
   * @param searchAttributes name and type of each search attribute that workflows may carry
   * @throws StackException when the port is taken
   */
  public static EmbeddedTemporalServer start(
      int port, Map<String, IndexedValueType> searchAttributes) {
    int claimed = Loopback.claim(port, NAME);
    try {
      return new EmbeddedTemporalServer(claimed, searchAttributes);
    } catch (IOException e) {
      throw Loopback.portTaken(claimed, NAME, e);
    }
  }

  private static void register(
      Map<String, IndexedValueType> searchAttributes, List<BindableService> services)
      throws IOException {
    if (searchAttributes.isEmpty()) {
      return;
    }
    String name = InProcessServerBuilder.generateName();
    InProcessServerBuilder builder = InProcessServerBuilder.forName(name).directExecutor();
    services.forEach(builder::addService);
    Server inProcess = builder.build().start();
    ManagedChannel channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    try {
      OperatorServiceGrpc.newBlockingStub(channel)
          .addSearchAttributes(
              AddSearchAttributesRequest.newBuilder()
                  .putAllSearchAttributes(searchAttributes)
                  .build());
    } finally {
      channel.shutdownNow();
      inProcess.shutdownNow();
    }
  }

  /** Host and port, as the Temporal clients want it. */
  public String address() {
    return Loopback.HOST + ":" + server.getPort();
  }

  /** Ends the server and forgets every workflow. Idempotent. */
  @Override
  public synchronized void close() {
    if (server.isShutdown()) {
      return;
    }
    // Long polls of workers never end by themselves, so there is nothing to wait for before cutting
    // them.
    server.shutdownNow();
    try {
      server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeServices();
  }

  /**
   * In the order that keeps stack traces out of the log: the transport tells the handlers which
   * calls were cut, they still answer to the transport and tell the services.
   */
  private void closeServices() {
    try {
      // The server counts as terminated before its one transport thread has told every handler;
      // what is queued behind that
      // runs after it.
      transport.submit(() -> {}).await(CLOSE_SECONDS, TimeUnit.SECONDS);
      handlers.shutdown();
      handlers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      transport
          .shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
          .await(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      handlers.shutdownNow();
    }
    services.close();
  }

  @Override
  public String toString() {
    return "EmbeddedTemporalServer[" + address() + "]";
  }
}
