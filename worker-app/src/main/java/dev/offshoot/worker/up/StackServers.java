package dev.offshoot.worker.up;

import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Storage;
import dev.offshoot.client.FreshPassword;
import dev.offshoot.worker.settings.LedgerSettings;
import dev.offshoot.worker.settings.StackSettings;
import dev.offshoot.worker.settings.TemporalSettings;
import dev.offshoot.worker.stack.EmbeddedPostgresServer;
import dev.offshoot.worker.stack.ShopParent;
import dev.offshoot.worker.temporal.TemporalTarget;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of a stack. Both start at once in threads of their own, while Spring starts; whoever
 * needs one waits for it. Thread-safe.
 */
public final class StackServers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StackServers.class);
  private static final int CLOSE_SECONDS = 20;

  /** On the disk of a laptop, which may be a nearly full one. */
  private static final long LEAST_FREE_BYTES = 256L << 20;

  private final StackFolder folder;
  private final CompletableFuture<TemporalChoice.Running> temporal;
  private final CompletableFuture<Databases> databases;

  /** The embedded Postgres with what we keep in it. */
  private record Databases(
      EmbeddedPostgresServer server, LedgerSettings ledger, List<ParentConfig> parents) {}

  private StackServers(
      StackFolder folder,
      CompletableFuture<TemporalChoice.Running> temporal,
      CompletableFuture<Databases> databases) {
    this.folder = folder;
    this.temporal = temporal;
    this.databases = databases;
  }

  /** Begins to start everything and returns at once. */
  public static StackServers start(
      StackSettings stack,
      TemporalSettings temporal,
      StackFolder folder,
      Map<String, String> environment) {
    return new StackServers(
        folder,
        inThread(
            "start-temporal", () -> TemporalChoice.start(stack, temporal, folder, environment)),
        inThread("start-postgres", () -> startDatabases(stack, folder)));
  }

  private static <T> CompletableFuture<T> inThread(String name, Supplier<T> start) {
    return CompletableFuture.supplyAsync(
        () -> {
          long begin = System.nanoTime();
          T started = start.get();
          LOG.info("{}: {} ms", name, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
          return started;
        },
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          thread.start();
        });
  }

  private static Databases startDatabases(StackSettings stack, StackFolder folder) {
    EmbeddedPostgresServer server =
        EmbeddedPostgresServer.start(folder.postgres(), 0).closedByCaller();
    try {
      LedgerSettings ledger = LedgerDatabase.ensure(server);
      List<ParentConfig> parents = new ArrayList<>();
      if (stack.demoParent()) {
        String password = FreshPassword.make();
        ShopParent.fill(server, password);
        parents.add(
            ParentConfig.builder(
                    StackSettings.DEMO_PARENT,
                    server.jdbcUrl(ShopParent.DATABASE),
                    ShopParent.OWNER,
                    password)
                .storage(new Storage(null, folder.postgres(), LEAST_FREE_BYTES))
                .build());
      }
      stack.parents().forEach((name, parent) -> parents.add(parent.config(name)));
      return new Databases(server, ledger, List.copyOf(parents));
    } catch (SQLException e) {
      server.close();
      throw new StackFailure(
          "the ledger's database could not be made (SQLSTATE %s)".formatted(e.getSQLState()),
          "See %s; a new data folder starts afresh.".formatted(folder.logFile()),
          e);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** The Temporal server, when it is there. */
  TemporalChoice.Running temporal() {
    return await(temporal);
  }

  /** Where the Temporal server is, when it is there. */
  public TemporalTarget temporalTarget() {
    return temporal().target();
  }

  /** Whether nobody else uses the Temporal server. */
  public boolean temporalIsOurs() {
    return temporal().ours();
  }

  /** The ledger's database, when it is there. */
  public LedgerSettings ledger() {
    return await(databases).ledger();
  }

  /** The stack's parents, when they are there. */
  public List<ParentConfig> parents() {
    return await(databases).parents();
  }

  public StackFolder folder() {
    return folder;
  }

  /** Gives the reason of a failed start as it was thrown. */
  private static <T> T await(CompletableFuture<T> starting) {
    try {
      return starting.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Ends the Temporal server, then Postgres, then deletes an ephemeral folder. */
  @Override
  public void close() {
    end("Temporal", temporal, running -> running.close().run());
    end("Postgres", databases, running -> running.server().close());
    folder.close();
  }

  private static <T> void end(String name, CompletableFuture<T> starting, Consumer<T> close) {
    try {
      close.accept(starting.get(CLOSE_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      LOG.debug("{} was never started", name);
    } catch (TimeoutException e) {
      // Its guard ends it together with this JVM.
      LOG.warn("{} was still starting and is left to its guard", name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("{} did not end cleanly: {}", name, e.getMessage());
    }
  }
}
