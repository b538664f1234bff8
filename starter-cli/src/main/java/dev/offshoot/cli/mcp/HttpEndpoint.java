package dev.offshoot.cli.mcp;

import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.modeler.Registry;

/**
 * The protocol's streamable HTTP at {@code http://127.0.0.1:PORT/mcp}, and nowhere else: no other
 * interface is listened on. Behind {@link LoopbackGuard}.
 */
public final class HttpEndpoint implements AutoCloseable {
  private static final String PATH = "/mcp";
  private static final String LOOPBACK = "127.0.0.1";
  private static final int LONGEST_MESSAGE = 4 * 1024 * 1024;

  private final Tomcat tomcat;
  private final McpSyncServer server;
  private final Path folder;

  private HttpEndpoint(Tomcat tomcat, McpSyncServer server, Path folder) {
    this.tomcat = tomcat;
    this.server = server;
    this.folder = folder;
  }

  /**
   * Serves from now on until it is closed.
   *
   * @param tokenFile made with a new token if it is not there
   * @throws Refusal if the file cannot be used, or the port is taken
   */
  public static HttpEndpoint open(ToolServer tools, int port, Path tokenFile) throws IOException {
    String token = TokenFile.read(tokenFile);
    HttpServletStreamableServerTransportProvider servlet =
        HttpServletStreamableServerTransportProvider.builder()
            .jsonMapper(ToolServer.json())
            .mcpEndpoint(PATH)
            .maxRequestSize(LONGEST_MESSAGE)
            .build();
    McpSyncServer server = tools.over(servlet);
    Path folder = Files.createTempDirectory("offshoot-mcp");
    HttpEndpoint endpoint = new HttpEndpoint(tomcat(servlet, port, token, folder), server, folder);
    try {
      endpoint.tomcat.start();
    } catch (LifecycleException e) {
      endpoint.close();
      throw new Refusal(
          "PORT",
          "port %d of %s cannot be had".formatted(port, LOOPBACK),
          "name another with --http");
    }
    return endpoint;
  }

  /** Where clients find it. */
  public String address() {
    return "http://%s:%d%s".formatted(LOOPBACK, tomcat.getConnector().getPort(), PATH);
  }

  private static Tomcat tomcat(
      HttpServletStreamableServerTransportProvider servlet, int port, String token, Path folder) {
    // Nobody asks for its beans.
    Registry.disableRegistry();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(folder.toString());
    Connector connector = new Connector();
    connector.setPort(port);
    connector.setThrowOnFailure(true);
    require(connector.setProperty("address", LOOPBACK));
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", folder.toString());
    Wrapper wrapper = Tomcat.addServlet(context, "mcp", servlet);
    wrapper.setAsyncSupported(true);
    context.addServletMappingDecoded(PATH, "mcp");
    FilterDef guard = new FilterDef();
    guard.setFilterName("guard");
    guard.setFilter(new LoopbackGuard(port, token));
    guard.setAsyncSupported("true");
    context.addFilterDef(guard);
    FilterMap everything = new FilterMap();
    everything.setFilterName("guard");
    everything.addURLPattern("/*");
    context.addFilterMap(everything);
    return tomcat;
  }

  /** Without the address it would listen everywhere. */
  private static void require(boolean set) {
    if (!set) {
      throw new IllegalStateException("the connector does not take an address");
    }
  }

  @Override
  public void close() {
    server.close();
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IllegalStateException("the HTTP server does not end", e);
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A folder in the system's own for what is temporary; it is emptied by the system.
      return;
    }
  }
}
