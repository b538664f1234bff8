package dev.offshoot.cli;

import dev.offshoot.client.OffshootClient;
import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.workflow.OffshootDataConverter;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.converter.DataConverter;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import io.temporal.serviceclient.RpcRetryOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The Temporal server that a command talks to. Opening it only looks whether somebody listens
 * there: the SDK itself takes seven seconds to say that nobody does.
 */
final class Connection implements AutoCloseable {
  private static final String DEFAULT_ADDRESS = "127.0.0.1:7233";

  /** A command at a prompt says quickly that nobody is there. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** One call may take longer: a query waits for its worker. */
  private static final Duration CALL = Duration.ofSeconds(10);

  private static final long END_MILLIS = 200;

  private final WorkflowServiceStubs stubs;
  private final EventLoopGroup transport;
  private final WorkflowClient temporal;
  private final String address;

  private Connection(
      WorkflowServiceStubs stubs,
      EventLoopGroup transport,
      WorkflowClient temporal,
      String address) {
    this.stubs = stubs;
    this.transport = transport;
    this.temporal = temporal;
    this.address = address;
  }

  /** As options, environment and profile say. */
  static Connection open(Offshoot offshoot) {
    ClientConfigProfile profile = profile(offshoot);
    WorkflowClientOptions.Builder options =
        WorkflowClientOptions.newBuilder(profile.toWorkflowClientOptions());
    if (offshoot.namespace != null) {
      options.setNamespace(offshoot.namespace);
    }
    return connect(
        WorkflowServiceStubsOptions.newBuilder(profile.toWorkflowServiceStubsOptions()),
        target(offshoot.address, profile),
        options,
        offshoot);
  }

  /** To a server that we started ourselves, whatever server the environment names. */
  static Connection local(String address, String namespace, Offshoot offshoot) {
    return connect(
        WorkflowServiceStubsOptions.newBuilder(),
        address,
        WorkflowClientOptions.newBuilder().setNamespace(namespace),
        offshoot);
  }

  private static Connection connect(
      WorkflowServiceStubsOptions.Builder stubsOptions,
      String address,
      WorkflowClientOptions.Builder options,
      Offshoot offshoot) {
    DataConverter converter =
        OffshootDataConverter.with(
            EncryptionCodec.ofEnvironment(offshoot.terminal().environment()));
    stubsOptions.setTarget(address);
    stubsOptions.setRpcTimeout(CALL);
    stubsOptions.setRpcRetryOptions(
        RpcRetryOptions.newBuilder()
            .setInitialInterval(Duration.ofMillis(50))
            .setMaximumInterval(Duration.ofMillis(500))
            .setExpiration(PATIENCE)
            .validateBuildWithDefaults());
    requireListener(address);
    // A transport of our own can be ended: a shared one sits in a system call when the virtual
    // machine wants to exit, which then waits 300 ms for it.
    EventLoopGroup transport =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("temporal-transport", true), NioIoHandler.newFactory());
    stubsOptions.setChannelInitializer(
        channel -> {
          if (channel instanceof NettyChannelBuilder netty) {
            netty.eventLoopGroup(transport).channelType(NioSocketChannel.class);
          }
        });
    WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(stubsOptions.build());
    options.setIdentity(offshoot.actor()).setDataConverter(converter);
    return new Connection(
        stubs, transport, WorkflowClient.newInstance(stubs, options.build()), address);
  }

  /** The address that {@link #open} would use; for messages when opening or calling failed. */
  static String address(Offshoot offshoot) {
    return target(offshoot.address, profile(offshoot));
  }

  WorkflowClient temporal() {
    return temporal;
  }

  /** Reads what this server's history holds. */
  DataConverter converter() {
    return temporal.getOptions().getDataConverter();
  }

  WorkflowServiceStubs stubs() {
    return stubs;
  }

  OffshootClient offshoot() {
    return OffshootClient.over(temporal);
  }

  String address() {
    return address;
  }

  String namespace() {
    return temporal.getOptions().getNamespace();
  }

  @Override
  public void close() {
    stubs.shutdownNow();
    transport
        .shutdownGracefully(0, END_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(END_MILLIS);
  }

  private static void requireListener(String address) {
    if (!System.getProperty("https.proxyHost", "").isEmpty()) {
      return;
    }
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon).replaceAll("^\\[|\\]$", "");
    int port = Integer.parseInt(address.substring(colon + 1));
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), (int) PATIENCE.toMillis());
    } catch (IOException | IllegalArgumentException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "no Temporal server answers at %s (%s)".formatted(address, why(e)),
          "start one with ./offshoot up, or name another with --address or TEMPORAL_ADDRESS",
          e);
    }
  }

  private static String why(Exception e) {
    if (e instanceof UnknownHostException || e instanceof UnresolvedAddressException) {
      return "there is no host of that name";
    }
    return e instanceof SocketTimeoutException
        ? "it does not answer"
        : Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
  }

  private static ClientConfigProfile profile(Offshoot offshoot) {
    try {
      return ClientConfigProfile.load(
          LoadClientConfigProfileOptions.newBuilder()
              .setConfigFileProfile(offshoot.profile)
              .setEnvOverrides(offshoot.terminal().environment())
              .build());
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new CliException(
          ExitCode.USAGE,
          "Temporal's client configuration cannot be read: " + e.getMessage(),
          "mend the file or the TEMPORAL_* variables, or give --address",
          e);
    }
  }

  private static String target(@Nullable String given, ClientConfigProfile profile) {
    @Nullable String address = given != null ? given : profile.getAddress();
    if (address == null || address.isBlank()) {
      return DEFAULT_ADDRESS;
    }
    if (!address.matches("(\\[[^\\]]+\\]|[^:\\s/]+):\\d{1,5}")) {
      throw new CliException(
          ExitCode.USAGE,
          "'%s' is not an address".formatted(address),
          "write HOST:PORT, for instance " + DEFAULT_ADDRESS);
    }
    return address;
  }
}
