package dev.offshoot.worker;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model of 135 million parameters on this machine, behind the server of {@code llama-cpp-python},
 * which speaks OpenAI's protocol. Both stand in a Python environment that {@code .ci/real-model}
 * makes.
 */
final class RealModel implements AutoCloseable {
  static final String NAME = "smollm2";
  private static final int PATIENCE_SECONDS = 120;

  private final Process server;
  private final int port;

  private RealModel(Process server, int port) {
    this.server = server;
    this.port = port;
  }

  static RealModel start() throws IOException, InterruptedException {
    Path environment = tools().resolve("llama");
    Path model =
        weights(environment)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "there is no model under %s; run .ci/real-model first"
                            .formatted(environment)));
    int port = freePort();
    Process process =
        new ProcessBuilder(
                environment.resolve("bin/python").toString(),
                "-m",
                "llama_cpp.server",
                "--model",
                model.toString(),
                "--model_alias",
                NAME,
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--n_ctx",
                "4096")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    RealModel started = new RealModel(process, port);
    started.await();
    return started;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Path tools() {
    @Nullable String set = System.getenv("OFFSHOOT_CI_TOOLS");
    return set == null
        ? Path.of(System.getProperty("user.home"), ".cache", "offshoot-ci")
        : Path.of(set);
  }

  private static Optional<Path> weights(Path environment) throws IOException {
    if (!Files.isDirectory(environment)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(environment)) {
      return files.filter(file -> file.toString().endsWith(".gguf")).findFirst();
    }
  }

  private void await() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!answers()) {
      if (!server.isAlive() || System.nanoTime() > end) {
        close();
        throw new IllegalStateException("the model's server does not start");
      }
      Thread.sleep(500);
    }
  }

  private boolean answers() {
    try {
      HttpURLConnection asked =
          (HttpURLConnection) URI.create(address() + "/models").toURL().openConnection();
      asked.setConnectTimeout(1_000);
      asked.setReadTimeout(5_000);
      return asked.getResponseCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  String address() {
    return "http://127.0.0.1:%d/v1".formatted(port);
  }

  @Override
  public void close() {
    server.destroy();
    try {
      if (!server.waitFor(20, TimeUnit.SECONDS)) {
        server.destroyForcibly();
      }
    } catch (InterruptedException e) {
      server.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
