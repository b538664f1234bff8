package dev.offshoot.worker;

import dev.offshoot.worker.settings.SettingsException;
import dev.offshoot.worker.settings.WorkerSettings;
import dev.offshoot.worker.up.Announcer;
import dev.offshoot.worker.up.StackServers;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The worker's program. {@code --config FILE} is the production form; with {@code
 * offshoot.stack.enabled} it is the stack of {@code ./offshoot up} and {@code demo}, which starts
 * its servers itself, tells the CLI on standard output when it is ready, and ends when standard
 * input does.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WorkerConfiguration.class)
public class WorkerApplication {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerApplication.class);

  /** What the process ends with: set by a failure, before anybody hears of it and ends us. */
  private static final AtomicInteger EXIT_CODE = new AtomicInteger();

  protected WorkerApplication() {}

  /** Runs until it is told to end; exit code 1 if it cannot start. */
  public static void main(String[] args) {
    Announcer announcer = new Announcer(System.out);
    @Nullable Launch launch = null;
    try {
      launch = new Launch(Arguments.parse(args), System.getenv());
      run(launch, announcer);
    } catch (SettingsException e) {
      // Spring has shown it unless it came before Spring.
      if (launch == null) {
        System.err.println(e.getMessage());
      }
      fail(launch, announcer, e);
    } catch (RuntimeException | Error e) {
      fail(launch, announcer, e);
    }
  }

  private static void fail(@Nullable Launch launch, Announcer announcer, Throwable failure) {
    EXIT_CODE.set(1);
    if (launch != null && launch.stackWanted()) {
      announcer.failed(failure, launch.folder());
    }
    System.exit(1);
  }

  /** Starts the application; returns when the context is there, which is before it polls. */
  static ConfigurableApplicationContext run(Launch launch, Announcer announcer) {
    SpringApplication application = new SpringApplication(WorkerApplication.class);
    // Not the folder that the worker happens to be started in: an application.yml there is another
    // program's.
    application.setDefaultProperties(Map.of("spring.config.location", "classpath:/"));
    application.addListeners(launch.settingsListener(), launch.stackListener());
    application.addInitializers(context -> register(context, launch, announcer));
    SpringApplication.getShutdownHandlers().add(() -> closeServers(launch));
    return application.run(launch.springArguments());
  }

  private static void register(
      ConfigurableApplicationContext context, Launch launch, Announcer announcer) {
    WorkerSettings settings = launch.settings();
    @Nullable StackServers servers = launch.servers();
    var beans = context.getBeanFactory();
    beans.registerSingleton("workerSettings", settings);
    if (servers == null) {
      beans.registerSingleton(
          "backends", new ConfiguredBackends(settings, launch.environmentVariables()));
      beans.registerSingleton("outcome", new ProductionOutcome());
    } else {
      beans.registerSingleton("backends", new StackBackends(servers));
      beans.registerSingleton("outcome", new StackOutcome(servers, announcer));
      PrintStream err = System.err;
      System.setOut(err);
      endWithStandardInput();
    }
  }

  private static void closeServers(Launch launch) {
    StackServers servers = launch.servers();
    if (servers != null) {
      servers.close();
    }
  }

  /** The CLI holds the other end: when it ends, however it ends, so do we. */
  private static void endWithStandardInput() {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // What is typed has no meaning; only the end has.
                }
              } catch (IOException e) {
                LOG.debug("standard input broke, which is an end, too");
              }
              LOG.info("standard input has ended");
              System.exit(EXIT_CODE.get());
            },
            "offshoot-stdin");
    thread.setDaemon(true);
    thread.start();
  }

  /** Ends the process from a thread that shutdown does not wait for. */
  private static void exitAfterFailure() {
    new Thread(() -> System.exit(EXIT_CODE.get()), "offshoot-exit").start();
  }

  private static final class ProductionOutcome implements WorkerRunner.Outcome {
    @Override
    public void polling() {}

    @Override
    public void failed(Throwable failure) {
      LOG.error("the worker cannot start and ends", failure);
      EXIT_CODE.set(1);
      exitAfterFailure();
    }
  }

  private record StackOutcome(StackServers servers, Announcer announcer)
      implements WorkerRunner.Outcome {
    @Override
    public void polling() {
      announcer.ready(servers, servers.parents().stream().map(p -> p.name()).toList());
    }

    @Override
    public void failed(Throwable failure) {
      LOG.error("the stack cannot start and ends", failure);
      EXIT_CODE.set(1);
      announcer.failed(failure, servers.folder());
      exitAfterFailure();
    }
  }
}
