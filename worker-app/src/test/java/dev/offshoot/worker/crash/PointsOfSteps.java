package dev.offshoot.worker.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where the worker's {@link CrashPoints} ask: notes what is reached, and holds an experiment at the
 * point where it is to be killed. Thread-safe.
 */
final class PointsOfSteps implements AutoCloseable {
  private final ServerSocket server;
  private final Map<String, List<String>> reached = new ConcurrentHashMap<>();
  private final Map<String, String> stops = new ConcurrentHashMap<>();
  private final Map<String, Socket> stopped = new ConcurrentHashMap<>();

  PointsOfSteps() throws IOException {
    server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Holds the experiment when it comes to {@code point}. */
  void stopAt(String experiment, String point) {
    stops.put(experiment, point);
  }

  boolean isStopped(String experiment) {
    return stopped.containsKey(experiment);
  }

  /** Whoever is held stays so, and nobody is held anew. */
  void release(String experiment) {
    stops.remove(experiment);
  }

  /** From now on the experiment is not held, and goes on if it was. */
  void goOn(String experiment) throws IOException {
    stops.remove(experiment);
    Socket held = stopped.remove(experiment);
    if (held != null && !held.isClosed()) {
      held.getOutputStream().write('\n');
    }
  }

  /** From now on nobody is held. */
  void goOn() {
    stops.clear();
    stopped.clear();
  }

  /** Points that the experiment has come to, in order, each once; its id is {@code *} there. */
  List<String> reachedBy(String experiment) {
    return List.copyOf(reached.getOrDefault(experiment, List.of()));
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        daemon(() -> answer(socket));
      } catch (SocketException e) {
        return;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      String line =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      if (line == null) {
        return;
      }
      String experiment =
          line.substring(0, line.indexOf('\t')).replaceFirst("^(experiment|session|variants)-", "");
      String point = line.substring(line.indexOf('\t') + 1).replace(experiment, "*");
      List<String> points = reached.computeIfAbsent(experiment, any -> new ArrayList<>());
      synchronized (points) {
        if (!points.contains(point)) {
          points.add(point);
        }
      }
      if (point.equals(stops.get(experiment))) {
        stopped.put(experiment, socket);
        // Until the worker is killed or goes on, which ends the connection.
        var unused = socket.getInputStream().read();
        return;
      }
      socket.getOutputStream().write('\n');
    } catch (IOException e) {
      // The worker was killed.
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "offshoot-crash-points");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
