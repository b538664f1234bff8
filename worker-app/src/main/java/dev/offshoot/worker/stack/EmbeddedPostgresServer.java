package dev.offshoot.worker.stack;

import dev.offshoot.client.FreshPassword;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/**
 * A Postgres 18 server of our own, as a child process with durable settings, on 127.0.0.1 only.
 * Nobody gets in without a password: the superuser's is random and made before the first start, and
 * there is no moment with {@code trust} and no Unix socket. Roles whose name starts with {@code
 * offshoot_} (those that experiments log in with) reach only the database of the same name, or of a
 * role that they are a member of.
 *
 * <p>The folder holds everything: {@code data} (Postgres's own), {@code superuser.password} (mode
 * 0600), {@code postgres.log}. Started again on the same folder, the server has the same data and
 * password. One server per folder.
 *
 * <p>The server ends with us: at {@link #close()}, by a shutdown hook at the end of the JVM, and
 * when the JVM is killed. Whoever needs an order (workers first, servers last) calls {@link
 * #closedByCaller()} and closes it in that order.
 *
 * <p>Thread-safe. The password is in no log, process argument, message or {@link #toString()}.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {

  private static final String NAME = "embedded Postgres server";
  private static final String SUPERUSER = "postgres";
  private static final String MAJOR_VERSION = "18";

  /** Long, because the recovery after a crash may have much to do. */
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private static final int ATTEMPTS = 5;

  /** Where the word ready or starting stands in postmaster.pid. */
  private static final int STATUS_LINE = 7;

  private final FolderLock lock;
  private final ChildProcess postmaster;
  private final int port;
  private final String password;
  private final boolean temporary;
  private final ExitHook hook;

  private EmbeddedPostgresServer(
      FolderLock lock, ChildProcess postmaster, int port, String password, boolean temporary) {
    this.lock = lock;
    this.postmaster = postmaster;
    this.port = port;
    this.password = password;
    this.temporary = temporary;
    this.hook = ExitHook.add("close-embedded-postgres", this::close);
  }

  /**
   * Starts the server on a folder that persists, and returns when it accepts connections. A server
   * that an earlier, killed run left behind is stopped, and its unfinished work recovered by
   * Postgres.
   *
   * @param dataFolder created when missing
   * @param port the port on 127.0.0.1, or 0 for any free one
   * @throws StackException when the folder is in use by a running server, belongs to another major
   *     version of Postgres or is broken, the port is taken, or the server does not start (with the
   *     end of its log)
   */
  public static EmbeddedPostgresServer start(Path dataFolder, int port) {
    return start(dataFolder, port, false);
  }

  /**
   * Starts the server on a new folder and any free port; {@link #close()} deletes the folder. It
   * does not outlive a crash of the machine.
   */
  public static EmbeddedPostgresServer startTemporary() {
    try {
      return start(Files.createTempDirectory("offshoot-postgres-"), 0, true);
    } catch (IOException e) {
      throw new StackException("No folder could be made for a temporary " + NAME + ".", e);
    }
  }

  private static EmbeddedPostgresServer start(Path dataFolder, int port, boolean temporary) {
    FolderLock lock = FolderLock.acquire(dataFolder, NAME);
    try {
      Path folder = lock.folder();
      Path data = folder.resolve("data");
      PostgresBinaries binaries = PostgresBinaries.unpacked();
      String password = initialise(binaries, folder, data);
      write(data.resolve("postgresql.conf"), EmbeddedPostgresFiles.settings(temporary));
      write(data.resolve("pg_hba.conf"), EmbeddedPostgresFiles.ACCESS);
      endLeftover(data);
      long deadline = System.nanoTime() + START_LIMIT.toNanos();
      for (int attempt = 1; ; attempt++) {
        int claimed = Loopback.claim(port, NAME);
        ChildProcess postmaster = launch(binaries, folder, data, claimed);
        if (awaitReady(postmaster, data, deadline)) {
          return new EmbeddedPostgresServer(lock, postmaster, claimed, password, temporary);
        }
        String tail = postmaster.logTail();
        postmaster.close();
        // Backends of a killed postmaster need a moment to notice; and another program may have
        // been faster than us to the port.
        boolean passing =
            tail.contains("pre-existing shared memory block")
                || tail.contains("Address already in use");
        if (!passing || attempt == ATTEMPTS) {
          throw new StackException(
              "The "
                  + NAME
                  + " did not start. The end of its log "
                  + postmaster.log()
                  + ":\n"
                  + tail);
        }
        Pause.briefly();
      }
    } catch (IOException e) {
      lock.close();
      throw new StackException(
          "The folder "
              + dataFolder
              + " of the "
              + NAME
              + " cannot be used: make it writable, or choose another.",
          e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Makes the database cluster unless it is there, and returns the superuser's password. */
  private static String initialise(PostgresBinaries binaries, Path folder, Path data)
      throws IOException {
    Path passwordFile = folder.resolve("superuser.password");
    Path log = folder.resolve("postgres.log");
    if (Files.isDirectory(data)) {
      return existing(data, passwordFile);
    }
    String password = FreshPassword.make();
    writePrivately(passwordFile, password);
    writePrivately(log, "");
    // Made beside and renamed, so that a run killed in the middle leaves nothing that looks like a
    // database.
    Path beside = folder.resolve("data.new");
    PostgresBinaries.deleteTree(beside);
    initdb(binaries, beside, passwordFile, log);
    Files.move(beside, data, StandardCopyOption.ATOMIC_MOVE);
    return password;
  }

  private static String existing(Path data, Path passwordFile) throws IOException {
    Path versionFile = data.resolve("PG_VERSION");
    String version = Files.exists(versionFile) ? Files.readString(versionFile).strip() : "none";
    if (!version.equals(MAJOR_VERSION)) {
      throw new StackException(
          "The folder "
              + data
              + " holds data of Postgres version "
              + version
              + ", but the embedded server is version "
              + MAJOR_VERSION
              + ". Choose another folder, or move the data with pg_dump of the older version.");
    }
    if (!Files.exists(passwordFile)) {
      throw new StackException(
          "The superuser's password is missing in "
              + passwordFile
              + ": put the file back, or choose another folder.");
    }
    return Files.readString(passwordFile).strip();
  }

  private static void initdb(PostgresBinaries binaries, Path data, Path passwordFile, Path log) {
    ChildProcess initdb =
        ChildProcess.start(
            "initdb",
            binaries.command(
                "initdb",
                List.of(
                    "--pgdata=" + data,
                    "--username=" + SUPERUSER,
                    // A file, so that the password is in no argument; with it, no trust phase is
                    // needed.
                    "--pwfile=" + passwordFile,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    // Sorts the same on every machine, whatever its C library and locales.
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-instructions")),
            "TERM",
            log);
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (initdb.isAlive()) {
      if (System.nanoTime() > deadline) {
        initdb.close();
        throw new StackException(
            "initdb did not end in " + START_LIMIT + ". It said:\n" + initdb.logTail());
      }
      Pause.briefly();
    }
    if (initdb.exitValue() != 0) {
      throw new StackException(
          "No Postgres data could be made in " + data + ". initdb said:\n" + initdb.logTail());
    }
  }

  private static ChildProcess launch(PostgresBinaries binaries, Path folder, Path data, int port) {
    return ChildProcess.start(
        NAME,
        binaries.command(
            "postgres",
            List.of(
                "-D",
                data.toString(),
                "-c",
                "port=" + port,
                // As arguments, because these two must hold even against ALTER SYSTEM.
                "-c",
                "listen_addresses=" + Loopback.HOST,
                "-c",
                "unix_socket_directories=")),
        // Fast shutdown: sessions are ended, work is saved.
        "INT",
        folder.resolve("postgres.log"));
  }

  private static boolean awaitReady(ChildProcess postmaster, Path data, long deadline)
      throws IOException {
    Path file = data.resolve("postmaster.pid");
    String pid = Long.toString(postmaster.pid());
    while (postmaster.isAlive()) {
      if (Files.exists(file)) {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() > STATUS_LINE
            && lines.get(0).strip().equals(pid)
            && lines.get(STATUS_LINE).strip().equals("ready")) {
          return true;
        }
      }
      if (System.nanoTime() > deadline) {
        return false;
      }
      Pause.briefly();
    }
    return false;
  }

  /**
   * Clears the way after a run that was killed. We hold the folder's lock, so the owner of any
   * postmaster here is dead. A process id that now belongs to another program would make Postgres
   * refuse to start, so that file is removed; one without a process Postgres handles itself.
   */
  private static void endLeftover(Path data) throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return;
    }
    List<String> lines = Files.readAllLines(file);
    if (!lines.isEmpty() && !ChildProcess.endLeftover(NAME, lines.get(0), data.toString(), "INT")) {
      Files.deleteIfExists(file);
    }
  }

  private static void writePrivately(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    // With its mode from the start: a file that is narrowed afterwards could be opened in between.
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text, StandardOpenOption.WRITE);
  }

  private static void write(Path file, String text) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    writePrivately(beside, text);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The JDBC address of a database, without user and password. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://"
        + Loopback.HOST
        + ":"
        + port
        + "/"
        + URLEncoder.encode(database, StandardCharsets.UTF_8);
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The superuser's name. */
  public String superuser() {
    return SUPERUSER;
  }

  /** The superuser's password. Do not log it or put it into an address. */
  public String superuserPassword() {
    return password;
  }

  /** Whether the server process still runs. */
  public boolean isAlive() {
    return postmaster.isAlive();
  }

  /** Takes the shutdown hook away: the caller promises to call {@link #close()}. */
  public EmbeddedPostgresServer closedByCaller() {
    hook.remove();
    return this;
  }

  /**
   * Stops the server: sessions are ended, work is saved. Deletes a temporary folder. Idempotent.
   */
  @Override
  public synchronized void close() {
    hook.remove();
    try {
      postmaster.close();
      if (temporary) {
        PostgresBinaries.deleteTree(lock.folder());
      }
    } catch (IOException e) {
      throw new StackException(
          "The temporary folder " + lock.folder() + " could not be deleted.", e);
    } finally {
      lock.close();
    }
  }

  @Override
  public String toString() {
    return "EmbeddedPostgresServer[port=" + port + ", folder=" + lock.folder() + "]";
  }
}
