package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code pg_dump | pg_restore}, watched. What the programs print is read for table names and for
 * errors that we know; it is never passed on, since it may hold row values.
 */
final class DumpAndRestore {
  private static final long POLL_MILLIS = 300;

  private static final Pattern TABLE = Pattern.compile("processing data for table \"(.+)\"$");
  private static final Pattern EXTENSION =
      Pattern.compile("permission denied to create extension \"([^\"]+)\"");
  private static final Pattern MISSING_EXTENSION =
      Pattern.compile("extension \"([^\"]+)\" is not available");
  private static final Pattern ROLE = Pattern.compile("ERROR: +role \"([^\"]+)\" does not exist");
  private static final Pattern ENTRY = Pattern.compile("from TOC entry \\d+; \\d+ \\d+ (.+)$");

  private final PostgresTools tools;
  private final ParentConfig parent;
  private final ParentConfig home;

  DumpAndRestore(PostgresTools tools, ParentConfig parent, ParentConfig home) {
    this.tools = tools;
    this.parent = parent;
    this.home = home;
  }

  /**
   * @param from database of the parent
   * @param to empty database of the home
   * @param snapshot which state of the parent
   * @param privileges whether grants are carried, too
   * @param watching hears the name and number of each table as it is restored, and is called all
   *     the while; an exception of it ends both programs
   * @return tables restored
   */
  int run(String from, String to, String snapshot, boolean privileges, Consumer<String> watching) {
    List<String> dumpArguments =
        new ArrayList<>(List.of("--format=custom", "--compress=0", "--snapshot=" + snapshot));
    dumpArguments.add("--no-owner");
    dumpArguments.add("--lock-wait-timeout=60000");
    dumpArguments.add("--no-publications");
    dumpArguments.add("--no-subscriptions");
    // Our receipts on the parent are none of an experiment's business.
    dumpArguments.add("--exclude-schema=offshoot");
    List<String> restoreArguments =
        new ArrayList<>(List.of("--no-owner", "--verbose", "--dbname=" + to));
    if (!privileges) {
      dumpArguments.add("--no-privileges");
      restoreArguments.add("--no-privileges");
    }
    ProcessBuilder dump = tools.program("pg_dump", dumpArguments, parent, from);
    ProcessBuilder restore =
        tools
            .program("pg_restore", restoreArguments, home, to)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    List<Process> running;
    try {
      running = ProcessBuilder.startPipeline(List.of(dump, restore));
    } catch (IOException e) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "source: pg_dump and pg_restore could not be started; see source.pgBin",
          e);
    }
    Reading ofDump = new Reading("pg_dump", running.get(0).getErrorStream());
    Reading ofRestore = new Reading("pg_restore", running.get(1).getErrorStream());
    try {
      await(running, ofRestore, watching);
    } finally {
      running.forEach(Process::destroyForcibly);
    }
    ofRestore.join();
    ofDump.join();
    // A dump that fails cuts its pipe, and so the restore's input: its word counts first.
    require(ofDump, ofDump.failed);
    require(ofRestore, ofRestore.failed || (ofRestore.forgiven == 0 && exit(running, 1) != 0));
    require(ofDump, exit(running, 0) != 0);
    return ofRestore.tables;
  }

  private static void await(List<Process> running, Reading restore, Consumer<String> watching) {
    try {
      for (Process process : List.of(running.get(1), running.get(0))) {
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          if (restore.failed) {
            return;
          }
          watching.accept(restore.shown());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OffshootException(ErrorCode.CANCELLED, "interrupted while restoring", e);
    }
  }

  private static int exit(List<Process> running, int which) {
    Process process = running.get(which);
    return process.isAlive() ? -1 : process.exitValue();
  }

  private void require(Reading output, boolean failed) {
    if (failed) {
      throw new OffshootException(
          output.known == null ? ErrorCode.INTERNAL : ErrorCode.PARENT_UNSUITABLE,
          "%s: %s".formatted(home.place(), output.meaning()));
    }
  }

  /** What one of the programs prints on its standard error, read to its end by a thread. */
  private final class Reading {
    private final String program;
    private final Thread thread;
    private volatile int tables;
    private volatile int forgiven;
    private volatile boolean failed;
    private volatile String table = "";
    private volatile String entry = "";
    private volatile @Nullable String known;

    Reading(String program, InputStream output) {
      this.program = program;
      this.thread = new Thread(() -> read(output), "offshoot-" + program);
      thread.setDaemon(true);
      thread.start();
    }

    private void read(InputStream output) {
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
        for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
          look(line);
        }
      } catch (IOException e) {
        // The program was ended, and its words with it; its exit says the rest.
        table = "";
      }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // this thread alone writes
    private void look(String line) {
      Matcher data = TABLE.matcher(line);
      Matcher inEntry = ENTRY.matcher(line);
      if (data.find()) {
        tables++;
        table = ShownText.oneLine(data.group(1), 100);
      } else if (inEntry.find()) {
        entry = ShownText.oneLine(inEntry.group(1), 120);
      } else if (line.contains(": error: ") && !line.contains("could not write")) {
        // Of an extension that was there already, and so is not the copy's owner's to comment.
        if (entry.contains("COMMENT EXTENSION")) {
          forgiven++;
        } else {
          failed = true;
          known = known == null ? reason(line) : known;
        }
      }
    }

    private @Nullable String reason(String line) {
      Matcher extension = EXTENSION.matcher(line);
      Matcher noExtension = MISSING_EXTENSION.matcher(line);
      Matcher role = ROLE.matcher(line);
      if (extension.find()) {
        return "role %2$s may not create extension %1$s; as a superuser run CREATE EXTENSION %1$s in database template1 of the copy's server"
            .formatted(ShownText.oneLine(extension.group(1), 63), home.username());
      }
      if (noExtension.find()) {
        return "its server does not have extension %s; install it there"
            .formatted(ShownText.oneLine(noExtension.group(1), 63));
      }
      if (role.find()) {
        return "the parent's schema names role %1$s, which the copy's server does not have; as a superuser run CREATE ROLE %1$s there"
            .formatted(ShownText.oneLine(role.group(1), 63));
      }
      return line.contains("permission denied") || line.contains("must be ")
          ? "role %s has not the right to restore %s".formatted(home.username(), entry)
          : null;
    }

    String shown() {
      return tables == 0 ? "schema" : "table %d: %s".formatted(tables, table);
    }

    String meaning() {
      String what = known;
      return what != null
          ? what
          : "%s failed%s; run it by hand to see why, as what it prints may hold data"
              .formatted(program, entry.isEmpty() ? "" : " at " + entry);
    }

    void join() {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new OffshootException(ErrorCode.CANCELLED, "interrupted while restoring", e);
      }
    }
  }
}
