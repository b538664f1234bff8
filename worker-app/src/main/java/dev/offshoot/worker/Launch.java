package dev.offshoot.worker;

import dev.offshoot.worker.settings.ConfigFile;
import dev.offshoot.worker.settings.SettingsReader;
import dev.offshoot.worker.settings.WorkerSettings;
import dev.offshoot.worker.up.StackFolder;
import dev.offshoot.worker.up.StackServers;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * What happens between the environment and the application context: the configuration file is
 * added, the settings are read and refused if wrong, and a stack's servers begin to start while
 * Spring goes on.
 */
final class Launch {
  private static final int BEFORE_LOGGING = LoggingApplicationListener.DEFAULT_ORDER - 1;
  private static final int AFTER_LOGGING = LoggingApplicationListener.DEFAULT_ORDER + 1;

  private final Arguments arguments;
  private final Map<String, String> environmentVariables;

  private boolean stackWanted;
  private @Nullable WorkerSettings settings;
  private @Nullable StackFolder folder;
  private @Nullable StackServers servers;

  Launch(Arguments arguments, Map<String, String> environmentVariables) {
    this.arguments = arguments;
    this.environmentVariables = environmentVariables;
  }

  /** Reads the settings, before logging is set up by them. */
  ApplicationListener<ApplicationEnvironmentPreparedEvent> settingsListener() {
    return new AtEnvironment(BEFORE_LOGGING, this::readSettings);
  }

  /** Starts a stack's servers, once they can log. */
  ApplicationListener<ApplicationEnvironmentPreparedEvent> stackListener() {
    return new AtEnvironment(AFTER_LOGGING, this::startServers);
  }

  private void readSettings(ConfigurableEnvironment environment) {
    stackWanted = environment.getProperty("offshoot.stack.enabled", "false").equals("true");
    if (stackWanted) {
      // Standard output is for the CLI alone: whatever a library prints goes elsewhere.
      System.setOut(System.err);
    }
    MutablePropertySources sources = environment.getPropertySources();
    if (arguments.config() != null) {
      // A later document of the file outranks an earlier one, and the environment outranks all.
      for (PropertySource<?> source : ConfigFile.load(arguments.config())) {
        sources.addAfter(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, source);
      }
    }
    WorkerSettings read = SettingsReader.read(environment);
    settings = read;
    if (read.stack().enabled()) {
      StackFolder made = StackFolder.of(read.stack(), environmentVariables);
      folder = made;
      sources.addFirst(new MapPropertySource("offshoot stack", stackProperties(environment, made)));
    }
  }

  private static Map<String, Object> stackProperties(
      ConfigurableEnvironment environment, StackFolder folder) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("logging.threshold.console", "OFF");
    properties.put("logging.file.name", folder.logFile().toString());
    properties.put("spring.main.banner-mode", "off");
    // Only what the runner asks for, when it asks: the servers are still starting.
    properties.put("spring.main.lazy-initialization", "true");
    if (!environment.containsProperty("SERVER_PORT")) {
      properties.put("spring.main.web-application-type", "none");
    }
    return properties;
  }

  private void startServers(ConfigurableEnvironment environment) {
    WorkerSettings read = settings();
    if (read.stack().enabled() && folder != null) {
      servers = StackServers.start(read.stack(), read.temporal(), folder, environmentVariables);
    }
  }

  /** Whether this is to be a stack, known even if its settings are wrong. */
  boolean stackWanted() {
    return stackWanted;
  }

  WorkerSettings settings() {
    if (settings == null) {
      throw new IllegalStateException("the environment is not prepared yet");
    }
    return settings;
  }

  /** Where the stack keeps its things, if it came that far. */
  @Nullable StackFolder folder() {
    return folder;
  }

  /** The stack's servers, if this is one and it came that far. */
  @Nullable StackServers servers() {
    return servers;
  }

  String[] springArguments() {
    return arguments.properties().toArray(String[]::new);
  }

  Map<String, String> environmentVariables() {
    return environmentVariables;
  }

  private record AtEnvironment(int order, Consumer<ConfigurableEnvironment> action)
      implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {
    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
      action.accept(event.getEnvironment());
    }

    @Override
    public int getOrder() {
      return order;
    }
  }
}
