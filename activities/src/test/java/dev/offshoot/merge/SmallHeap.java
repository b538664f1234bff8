package dev.offshoot.merge;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.offshoot.activity.MergeActivities.MergeRequest;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.Strictness;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.step.Progress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A merge in a JVM of its own with little heap, as a small worker would do it. */
final class SmallHeap {
  static final int MEGABYTES = 256;

  private SmallHeap() {}

  /**
   * The most heap that it used at once, in MB.
   *
   * @throws IllegalStateException if the JVM did not get through, or merged another number of rows
   */
  static int merge(DataSource ledger, Merging merging, ChangeSet changeSet, int rows)
      throws IOException, InterruptedException {
    PGSimpleDataSource pg = (PGSimpleDataSource) ledger;
    ParentConfig parent = merging.parent.config();
    String request =
        OffshootJson.mapper()
            .writeValueAsString(
                merging.request("small-heap", changeSet, Strictness.ROW, List.of()));
    ProcessBuilder java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx%dm".formatted(MEGABYTES),
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeap.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    java.environment()
        .putAll(
            Map.of(
                "LEDGER", String.valueOf(pg.getUrl()),
                "LEDGER_USER", String.valueOf(pg.getUser()),
                "LEDGER_PASSWORD", String.valueOf(pg.getPassword()),
                "PARENT", parent.url(),
                "PARENT_NAME", parent.name(),
                "PARENT_USER", parent.username(),
                "PARENT_PASSWORD", parent.password(),
                "REQUEST", request));
    Process process = java.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0 || !said.startsWith(rows + " rows, ")) {
      throw new IllegalStateException("exit " + process.exitValue() + ": " + said);
    }
    return Integer.parseInt(said.strip().replaceAll("^.*, (\\d+) MB$", "$1"));
  }

  /** The body of that JVM. */
  public static void main(String[] arguments) throws IOException {
    Map<String, String> given = System.getenv();
    HikariConfig pool = new HikariConfig();
    pool.setJdbcUrl(given.get("LEDGER"));
    pool.setUsername(given.get("LEDGER_USER"));
    pool.setPassword(given.get("LEDGER_PASSWORD"));
    ParentConfig parent =
        ParentConfig.of(
            given.get("PARENT_NAME"),
            given.get("PARENT"),
            given.get("PARENT_USER"),
            given.get("PARENT_PASSWORD"));
    MergeRequest request =
        OffshootJson.mapper().readValue(given.get("REQUEST"), MergeRequest.class);
    try (HikariDataSource ledger = new HikariDataSource(pool)) {
      Parents parents = new Parents(List.of(new Parents.Parent(parent, new ParentOnly(parent))));
      MergeResult result =
          new MergeSteps(parents, new Ledger(ledger).changeSets()).merge(request, Progress.NONE);
      long peak =
          ManagementFactory.getMemoryPoolMXBeans().stream()
              .filter(memory -> memory.getType() == MemoryType.HEAP)
              .map(MemoryPoolMXBean::getPeakUsage)
              .mapToLong(usage -> usage.getUsed())
              .sum();
      System.out.printf("%d rows, %d MB%n", result.report().updated(), (peak >> 20) + 1);
    }
  }
}
