package dev.offshoot.worker.crash;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;

/**
 * Stands between worker and Postgres, reads what the worker sends as messages of Postgres's
 * protocol (https://www.postgresql.org/docs/18/protocol-message-formats.html), and cuts a
 * connection where a test says: before a statement reaches the server, or after it has and before
 * its answer comes back. Thread-safe.
 */
final class CuttingProxy implements AutoCloseable {
  /** When to cut. */
  enum Cut {
    /** The server never hears of it. */
    BEFORE_IT_ARRIVES,
    /** The server does it, and nobody hears of that. */
    BEFORE_ITS_ANSWER
  }

  private static final int LENGTH_BYTES = 4;

  private final ServerSocket server;
  private final int target;
  private final Cut cut;
  private final BiPredicate<String, String> statement;
  private final AtomicInteger cutsLeft;
  private final AtomicInteger cuts = new AtomicInteger();

  /**
   * @param target port of the server on this machine
   * @param statement of which to cut the connection, told its database and text
   * @param times how often
   */
  CuttingProxy(int target, Cut cut, BiPredicate<String, String> statement, int times)
      throws IOException {
    this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    this.target = target;
    this.cut = cut;
    this.statement = statement;
    this.cutsLeft = new AtomicInteger(times);
    daemon(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** How often it has cut. */
  int cuts() {
    return cuts.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
        Line line = new Line(client, upstream);
        daemon(line::toServer);
        daemon(line::toClient);
      } catch (IOException e) {
        // Closed, or the server is away: the worker sees a refused or ended connection.
      }
    }
  }

  /** One connection. */
  private final class Line {
    private final Socket client;
    private final Socket upstream;
    private volatile boolean deaf;
    private String database = "";

    Line(Socket client, Socket upstream) {
      this.client = client;
      this.upstream = upstream;
    }

    /** The first messages have no type: questions for encryption, and the start. */
    void toServer() {
      try (client;
          upstream) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        OutputStream out = upstream.getOutputStream();
        boolean started = false;
        while (!started) {
          byte[] message = untyped(in);
          started = message.length != 2 * LENGTH_BYTES;
          if (started) {
            database = databaseOf(message);
          }
          out.write(message);
          out.flush();
        }
        while (true) {
          int type = in.readUnsignedByte();
          byte[] body = untyped(in);
          boolean hit = isToBeCut(type, body);
          if (hit && cut == Cut.BEFORE_IT_ARRIVES) {
            return;
          }
          deaf |= hit;
          out.write(type);
          out.write(body);
          out.flush();
        }
      } catch (IOException e) {
        // One of the two has gone.
      }
    }

    void toClient() {
      try (client;
          upstream) {
        InputStream in = upstream.getInputStream();
        OutputStream out = client.getOutputStream();
        byte[] buffer = new byte[1 << 14];
        for (int read = in.read(buffer); read >= 0 && !deaf; read = in.read(buffer)) {
          out.write(buffer, 0, read);
          out.flush();
        }
      } catch (IOException e) {
        // One of the two has gone.
      }
    }

    private boolean isToBeCut(int type, byte[] body) {
      if (type != 'Q' && type != 'P') {
        return false;
      }
      String text =
          new String(body, LENGTH_BYTES, body.length - LENGTH_BYTES, StandardCharsets.UTF_8);
      if (!statement.test(database, text) || cutsLeft.getAndDecrement() <= 0) {
        return false;
      }
      cuts.incrementAndGet();
      return true;
    }

    /** The start is a list of names and values, each ended by a zero. */
    private static String databaseOf(byte[] start) {
      String text = new String(start, StandardCharsets.UTF_8);
      int name = text.indexOf("\0database\0");
      if (name < 0) {
        return "";
      }
      int value = name + "\0database\0".length();
      return text.substring(value, text.indexOf('\0', value));
    }

    private static byte[] untyped(DataInputStream in) throws IOException {
      int length = in.readInt();
      byte[] message = new byte[length];
      message[0] = (byte) (length >>> 24);
      message[1] = (byte) (length >>> 16);
      message[2] = (byte) (length >>> 8);
      message[3] = (byte) length;
      in.readFully(message, LENGTH_BYTES, length - LENGTH_BYTES);
      return message;
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "offshoot-cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
