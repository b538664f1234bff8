package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.step.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process of its own that makes a branch of a busy parent and stops while it fences. */
public final class FencingProcess {
  private static final String FENCING = "fencing";

  private FencingProcess() {}

  /** Begins the branch and kills the process, as by SIGKILL, while the parent is shut. */
  public static void killWhileFencing(ParentConfig parent, BranchRef ref)
      throws IOException, InterruptedException {
    ProcessBuilder java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FencingProcess.class.getName(),
                ref.experimentId().value())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    java.environment()
        .putAll(
            Map.of(
                "PARENT", parent.url(),
                "PARENT_NAME", parent.name(),
                "PARENT_USER", parent.username(),
                "PARENT_PASSWORD", parent.password()));
    Process process = java.start();
    @Nullable String said = process.inputReader().readLine();
    process.destroyForcibly();
    if (!process.waitFor(10, TimeUnit.SECONDS) || !FENCING.equals(said)) {
      throw new IllegalStateException("it does not fence, or survives: " + said);
    }
  }

  /** The body of that process. */
  public static void main(String[] arguments) {
    Map<String, String> given = System.getenv();
    ParentConfig parent =
        ParentConfig.builder(
                given.get("PARENT_NAME"),
                given.get("PARENT"),
                given.get("PARENT_USER"),
                given.get("PARENT_PASSWORD"))
            .copying(new Copying(OnBusy.FENCE, 0, null))
            .build();
    Progress stopping =
        new Progress() {
          @Override
          public void report(String what) {
            if (what.contains("copying the parent") && isShut(parent)) {
              System.out.println(FENCING);
              sleepForever();
            }
          }

          @Override
          public Interruptible interruptible(Statement statement) {
            return () -> {};
          }
        };
    new PostgresBranchProvider(parent)
        .create(
            new BranchRef(new ExperimentId(arguments[0]), 1, parent.name()),
            Shop.DEADLINE,
            stopping);
  }

  /** The first try is without a fence; the door is shut in the second. */
  private static boolean isShut(ParentConfig parent) {
    try (Connection session =
        DriverManager.getConnection(parent.url(), parent.username(), parent.password())) {
      return session == null;
    } catch (SQLException e) {
      return true;
    }
  }

  private static void sleepForever() {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
