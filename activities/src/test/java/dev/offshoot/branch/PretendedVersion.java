package dev.offshoot.branch;

import dev.offshoot.PostgresServer;
import dev.offshoot.sql.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The tests' own server behind a door of its own, where it calls itself another major version:
 * whatever it says passes through, with the version's two digits exchanged.
 */
final class PretendedVersion implements AutoCloseable {
  private final ServerSocket door;
  private final URI server;
  private final String number;
  private final String name;
  private final int major;

  PretendedVersion(int major) throws IOException, SQLException {
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      this.number =
          Sql.only(superuser, "SHOW server_version_num", row -> row.getString(1)); // 180006
      this.name = Sql.only(superuser, "SHOW server_version", row -> row.getString(1)); // 18.6
    }
    this.major = major;
    this.server = URI.create(PostgresServer.url("postgres").substring("jdbc:".length()));
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    inBackground(this::letIn);
  }

  /** The same database by way of the door. */
  String url(String url) {
    return url.replace(
        server.getHost() + ":" + server.getPort(),
        door.getInetAddress().getHostAddress() + ":" + door.getLocalPort());
  }

  /** As the server calls itself here. */
  String name() {
    return major + name.substring(2);
  }

  private void letIn() throws IOException {
    while (true) {
      Socket client = door.accept();
      Socket inside = new Socket(server.getHost(), server.getPort());
      inBackground(() -> pass(client, inside, false));
      inBackground(() -> pass(inside, client, true));
    }
  }

  private void pass(Socket from, Socket to, boolean pretending) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        String said = new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
        String passed =
            pretending
                ? said.replace(number, major + number.substring(2)).replace(name, name())
                : said;
        out.write(passed.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
      }
    }
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private static void inBackground(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One side has hung up, or the door is closed.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
