package dev.offshoot.worker.settings;

import dev.offshoot.domain.HumanDuration;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.PropertyPlaceholderHelper;
import org.springframework.util.SystemPropertyUtils;
import org.springframework.util.unit.DataSize;

/**
 * Reads {@link WorkerSettings} from Spring's environment, before anything else needs them: refuses
 * unknown keys, values of the wrong type and what {@link WorkerSettings#check} finds.
 *
 * <p>Spring's own messages are not passed on, since they quote values.
 */
public final class SettingsReader {
  /**
   * Spring's default leaves a placeholder of an unset variable as it is, and uses it as password.
   */
  private static final PropertyPlaceholderHelper STRICT_PLACEHOLDERS =
      new PropertyPlaceholderHelper(
          SystemPropertyUtils.PLACEHOLDER_PREFIX,
          SystemPropertyUtils.PLACEHOLDER_SUFFIX,
          SystemPropertyUtils.VALUE_SEPARATOR,
          SystemPropertyUtils.ESCAPE_CHARACTER,
          false);

  private SettingsReader() {}

  /**
   * The settings.
   *
   * @throws SettingsException if there is anything wrong with them
   */
  public static WorkerSettings read(ConfigurableEnvironment environment) {
    WorkerSettings settings = bind(environment, WorkerSettings.PREFIX, WorkerSettings.class);
    settings.check();
    return settings;
  }

  /**
   * The judge's settings alone; others may be there or not.
   *
   * @throws SettingsException if there is anything wrong with them
   */
  public static JudgeSettings readJudge(ConfigurableEnvironment environment) {
    String prefix = WorkerSettings.PREFIX + ".judge";
    JudgeSettings settings = bind(environment, prefix, JudgeSettings.class);
    Problems problems = new Problems();
    settings.check(prefix, problems);
    problems.throwIfAny();
    return settings;
  }

  private static <T> T bind(ConfigurableEnvironment environment, String prefix, Class<T> type) {
    Binder binder =
        new Binder(
            ConfigurationPropertySources.get(environment),
            new PropertySourcesPlaceholdersResolver(
                environment.getPropertySources(), STRICT_PLACEHOLDERS),
            conversions());
    try {
      return binder.bindOrCreate(
          prefix,
          Bindable.of(type),
          // Environment variables are left out of the search for unknown keys: OFFSHOOT_X may be
          // anybody's.
          new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
    } catch (BindException e) {
      throw explained(e);
    }
  }

  private static ApplicationConversionService conversions() {
    ApplicationConversionService conversions = new ApplicationConversionService();
    // The form that the CLI and specifications accept, 1h30m, which Spring's own does not.
    conversions.addConverter(String.class, Duration.class, HumanDuration::parse);
    return conversions;
  }

  private static SettingsException explained(BindException e) {
    for (@Nullable Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof UnboundConfigurationPropertiesException unbound) {
        return new SettingsException(
            unbound.getUnboundProperties().stream()
                .sorted(Comparator.comparing(ConfigurationProperty::getName))
                .map(SettingsReader::unknown)
                .toList());
      }
      if (t instanceof PlaceholderResolutionException placeholder) {
        return unresolved(e, placeholder);
      }
    }
    return wrongType(e);
  }

  private static SettingProblem unknown(ConfigurationProperty property) {
    String key = property.getName().toString();
    return new SettingProblem(
        key, "there is no such key" + where(property), KnownKeys.adviceFor(key));
  }

  private static SettingsException unresolved(
      BindException e, PlaceholderResolutionException placeholder) {
    String name = placeholder.getPlaceholder();
    return new SettingsException(
        key(e),
        "it refers to %s, which is not set%s".formatted(name, where(e)),
        "Set the environment variable %s before starting the worker.".formatted(name));
  }

  private static SettingsException wrongType(BindException e) {
    Class<?> type = e.getTarget().getType().resolve(Object.class);
    return new SettingsException(
        key(e), "its value cannot be read as %s%s".formatted(nameOf(type), where(e)), remedy(type));
  }

  private static String key(BindException e) {
    return e.getName().toString();
  }

  private static String where(BindException e) {
    // Spring gives the property that it read last, even if it failed over a whole group.
    ConfigurationProperty property = e.getProperty();
    return property != null && property.getName().equals(e.getName()) ? where(property) : "";
  }

  private static String where(@Nullable ConfigurationProperty property) {
    return property == null || property.getOrigin() == null
        ? ""
        : " (" + property.getOrigin() + ")";
  }

  private static String nameOf(Class<?> type) {
    if (type.isEnum()) {
      return "one of its words";
    }
    if (type == Duration.class) {
      return "a duration";
    }
    if (type == DataSize.class) {
      return "a size";
    }
    if (type == int.class || type == long.class) {
      return "a whole number";
    }
    if (type == double.class) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    return type.isRecord() ? "a group of keys" : "a text";
  }

  private static String remedy(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(Object::toString)
          .collect(Collectors.joining(", ", "Use one of ", "."));
    }
    if (type == Duration.class) {
      return "Write a duration like 30s, 15m, 1h30m or 7d.";
    }
    if (type == DataSize.class) {
      return "Write a size like 256MB or 2GB.";
    }
    return "See offshoot.example.yml for its form.";
  }
}
