package dev.offshoot.worker;

import dev.offshoot.branch.ParentConfig;
import dev.offshoot.worker.evaluation.EvaluationProgram;
import dev.offshoot.worker.evaluation.EvaluationRequest;
import dev.offshoot.worker.settings.SettingsException;
import dev.offshoot.worker.up.Announcer;
import dev.offshoot.worker.up.StackServers;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The worker's program. {@code --config FILE} is the production form; with {@code
 * offshoot.stack.enabled} it is the stack of {@code ./offshoot up} and {@code demo}, which starts
 * its servers itself, tells the CLI on standard output when it is ready, and ends when standard
 * input does; {@code --evaluate=FOLDER} is the program of {@code ./offshoot judge eval}.
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
      Arguments arguments = Arguments.parse(args);
      if (arguments.evaluation() != null) {
        evaluate(arguments.evaluation());
        return;
      }
      launch = new Launch(arguments, System.getenv());
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

  /** Ends with the CLI that started us, however that ends. */
  private static void evaluate(EvaluationRequest request) {
    EvaluationProgram program =
        new EvaluationProgram(request, System.out, settings -> Judges.of(settings, null));
    endWithStandardInput();
    System.exit(program.run());
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
    SpringApplication.getShutdownHandlers().add(() -> closeServers(launch));
    return run(launch, () -> backends(launch), () -> outcome(launch, announcer));
  }

  /**
   * The same with other servers or another end of the start.
   *
   * @param backends asked once the settings are read
   * @param outcome likewise
   */
  static ConfigurableApplicationContext run(
      Launch launch, Supplier<Backends> backends, Supplier<WorkerRunner.Outcome> outcome) {
    SpringApplication application = new SpringApplication(WorkerApplication.class);
    // Not the folder that the worker happens to be started in: an application.yml there is another
    // program's.
    application.setDefaultProperties(Map.of("spring.config.location", "classpath:/"));
    application.addListeners(launch.settingsListener(), launch.stackListener());
    application.addInitializers(
        context -> {
          ConfigurableListableBeanFactory beans = context.getBeanFactory();
          beans.registerSingleton("workerSettings", launch.settings());
          beans.registerSingleton("backends", backends.get());
          beans.registerSingleton("outcome", outcome.get());
        });
    return application.run(launch.springArguments());
  }

  private static Backends backends(Launch launch) {
    StackServers servers = launch.servers();
    return servers == null
        ? new ConfiguredBackends(launch.settings(), launch.environmentVariables())
        : new StackBackends(servers, launch.settings().judge());
  }

  private static WorkerRunner.Outcome outcome(Launch launch, Announcer announcer) {
    StackServers servers = launch.servers();
    if (servers == null) {
      return new ProductionOutcome();
    }
    endWithStandardInput();
    return new StackOutcome(servers, announcer);
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
      announcer.ready(servers, servers.parents().stream().map(ParentConfig::name).toList());
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
