package dev.offshoot.worker.crash;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a running worker tells whoever looks at it: its metrics and health, its threads, its command
 * line and environment. Kept as logs among the others, so that {@link Aftermath#leaked} reads them.
 */
final class SeenFromOutside {
  private final Path folder;
  private final long pid;
  private final int port;
  private int looks;

  SeenFromOutside(Path folder, long pid, int port) {
    this.folder = folder;
    this.pid = pid;
    this.port = port;
  }

  void look() throws IOException, InterruptedException {
    looks++;
    keep("metrics", get("/actuator/prometheus"), "offshoot_step_seconds");
    keep("health", get("/actuator/health"), "UP");
    keep("threads", threads(), "Full thread dump");
    keep("command", process("cmdline"), "WorkerApplication");
    keep("environment", process("environ"), CrashPoints.PORT);
  }

  private void keep(String what, String text, String part) throws IOException {
    if (!text.contains(part)) {
      throw new AssertionError("the worker's %s have no %s: %s".formatted(what, part, text));
    }
    Files.writeString(folder.resolve("seen-%d-%d-%s.log".formatted(pid, looks, what)), text);
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path))).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private String threads() throws IOException, InterruptedException {
    Path dump = Files.createTempFile(folder, "threads", ".txt");
    Process jcmd =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                    Long.toString(pid),
                    "Thread.print",
                    "-l",
                    "-e"))
            .redirectErrorStream(true)
            .redirectOutput(dump.toFile())
            .start();
    if (!jcmd.waitFor(30, TimeUnit.SECONDS)) {
      jcmd.destroyForcibly();
    }
    return Files.readString(dump);
  }

  private String process(String file) throws IOException {
    return Files.readString(Path.of("/proc", Long.toString(pid), file)).replace('\0', '\n');
  }
}
