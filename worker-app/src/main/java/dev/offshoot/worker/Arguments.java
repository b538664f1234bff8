package dev.offshoot.worker;

import dev.offshoot.worker.settings.SettingsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line of the worker.
 *
 * @param config the file of {@code --config}
 * @param properties what is left for Spring, {@code --key=value}
 */
record Arguments(@Nullable Path config, List<String> properties) {
  private static final String CONFIG = "--config";

  /**
   * Reads the command line.
   *
   * @throws SettingsException for what is neither {@code --config FILE} nor {@code --key=value}
   */
  static Arguments parse(String... args) {
    @Nullable Path config = null;
    List<String> properties = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      String argument = args[i];
      if (argument.startsWith(CONFIG + "=")) {
        config = Path.of(argument.substring(CONFIG.length() + 1));
      } else if (argument.equals(CONFIG)) {
        if (++i == args.length) {
          throw new SettingsException(CONFIG, "the file is missing", "Write --config FILE.");
        }
        config = Path.of(args[i]);
      } else if (argument.startsWith("--") && argument.contains("=")) {
        properties.add(argument);
      } else {
        throw new SettingsException(
            argument, "there is no such argument", "Use --config FILE or --key=value.");
      }
    }
    return new Arguments(config, List.copyOf(properties));
  }
}
