package dev.offshoot.worker.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The file of {@code --config}. Besides {@code offshoot} it may hold the groups of Spring Boot that
 * a worker needs; anything else at the top is a typing error and refused.
 */
public final class ConfigFile {
  private static final String OPTION = "--config";
  private static final Set<String> GROUPS =
      Set.of(WorkerSettings.PREFIX, "server", "management", "logging", "spring");

  private ConfigFile() {}

  /**
   * The properties of a YAML file.
   *
   * @throws SettingsException if it is missing, unreadable, no YAML, empty or has unknown groups
   */
  public static List<PropertySource<?>> load(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new SettingsException(
          OPTION,
          "there is no file " + file.toAbsolutePath(),
          "Copy offshoot.example.yml and give its path.");
    }
    List<PropertySource<?>> sources = parse(file);
    if (sources.isEmpty()) {
      throw new SettingsException(
          OPTION, file + " is empty", "Copy offshoot.example.yml and fill in what it asks for.");
    }
    Problems problems = new Problems();
    sources.forEach(source -> checkGroups((EnumerablePropertySource<?>) source, problems));
    problems.throwIfAny();
    return sources;
  }

  private static List<PropertySource<?>> parse(Path file) {
    try {
      return new YamlPropertySourceLoader().load(file.toString(), new FileSystemResource(file));
    } catch (YAMLException e) {
      throw new SettingsException(
          OPTION,
          "%s is not valid YAML%s".formatted(file, place(e)),
          "Correct it; values with special characters need quotes, and tabs are not allowed.");
    } catch (IOException | IllegalStateException e) {
      throw new SettingsException(
          OPTION,
          "%s cannot be read (%s)".formatted(file, e.getClass().getSimpleName()),
          "Make it readable for the worker's user.");
    }
  }

  /** Line and column; not the parser's own message, which quotes the line and a secret in it. */
  private static String place(YAMLException e) {
    return e instanceof MarkedYAMLException marked && marked.getProblemMark() != null
        ? " at line %d, column %d"
            .formatted(
                marked.getProblemMark().getLine() + 1, marked.getProblemMark().getColumn() + 1)
        : "";
  }

  private static void checkGroups(EnumerablePropertySource<?> source, Problems problems) {
    for (String name : source.getPropertyNames()) {
      String group = name.split("[.\\[]", 2)[0].toLowerCase(Locale.ROOT);
      if (!GROUPS.contains(group)) {
        @Nullable String near = nearest(group);
        problems.add(
            name,
            "there is no such key",
            near == null
                ? "Remove it; offshoot.example.yml has every key there is."
                : "Did you mean %s%s?".formatted(near, name.substring(group.length())));
      }
    }
  }

  private static @Nullable String nearest(String group) {
    return GROUPS.stream()
        .filter(known -> KnownKeys.distance(known, group) <= 2)
        .findFirst()
        .orElse(null);
  }
}
