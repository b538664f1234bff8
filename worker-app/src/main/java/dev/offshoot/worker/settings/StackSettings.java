package dev.offshoot.worker.settings;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The servers that {@code ./offshoot up} and {@code demo} start in this process. Set by the CLI.
 *
 * @param enabled whether this process is such a stack
 * @param temporal {@code dev} (the {@code temporal} program with its Web UI), {@code embedded} (in
 *     memory), {@code env} (Temporal's environment and profiles) or {@code host:port}; {@code dev}
 *     if absent and the program is there, else {@code embedded}
 * @param temporalPort port of a Temporal server that we start; 0 for any free one
 * @param uiPort port of its Web UI; 0 for any free one
 * @param dataFolder where everything is kept; {@code $XDG_DATA_HOME/offshoot} or {@code
 *     ~/.local/share/offshoot} if absent
 * @param ephemeral keep everything in a new temporary folder that is deleted at the end
 * @param demoParent whether there is a parent {@code shop} full of data
 * @param parents further parents
 */
public record StackSettings(
    @DefaultValue("false") boolean enabled,
    @Nullable String temporal,
    @DefaultValue("0") int temporalPort,
    @DefaultValue("0") int uiPort,
    @Nullable Path dataFolder,
    @DefaultValue("false") boolean ephemeral,
    @DefaultValue("true") boolean demoParent,
    @DefaultValue Map<String, ParentSettings> parents) {

  public static final String DEMO_PARENT = "shop";
  private static final Set<String> KINDS = Set.of("dev", "embedded", "env");
  private static final int MOST_PORT = 65_535;

  void check(String prefix, Problems problems) {
    if (temporal != null && !KINDS.contains(temporal) && !HostAndPort.isValid(temporal)) {
      problems.add(
          prefix + ".temporal",
          "it names no Temporal server",
          "Use dev, embedded, env or the host:port of a running server.");
    }
    port(prefix + ".temporal-port", temporalPort, problems);
    port(prefix + ".ui-port", uiPort, problems);
    if (ephemeral && dataFolder != null) {
      problems.add(
          prefix + ".data-folder",
          "an ephemeral stack keeps nothing",
          "Remove %1$s.data-folder or %1$s.ephemeral.".formatted(prefix));
    }
    parents.forEach((name, parent) -> parent.check(prefix + ".parents." + name, name, problems));
    if (demoParent && parents.containsKey(DEMO_PARENT)) {
      problems.add(
          prefix + ".parents." + DEMO_PARENT,
          "the demo parent has this name",
          "Choose another name, or set %s.demo-parent to false.".formatted(prefix));
    }
  }

  private static void port(String key, int port, Problems problems) {
    if (port < 0 || port > MOST_PORT) {
      problems.add(key, "it is " + port, "Use 1 to 65535, or 0 for any free port.");
    }
  }
}
