package dev.offshoot.worker;

import dev.offshoot.worker.evaluation.EvaluationRequest;
import dev.offshoot.worker.settings.SettingsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line of the worker. {@code --evaluate FOLDER}, with {@code --only}, {@code --threads}
 * and {@code --no-variants}, is that of an evaluation, which the CLI starts.
 *
 * @param config the file of {@code --config}
 * @param evaluation what to evaluate; absent for a worker
 * @param properties what is left for Spring, {@code --key=value}
 */
record Arguments(
    @Nullable Path config, @Nullable EvaluationRequest evaluation, List<String> properties) {
  private static final String CONFIG = "--config";
  private static final String EVALUATE = "--evaluate=";
  private static final String ONLY = "--only=";
  private static final String THREADS = "--threads=";
  private static final String NO_VARIANTS = "--no-variants";

  /**
   * Reads the command line.
   *
   * @throws SettingsException for what is neither {@code --config FILE} nor {@code --key=value}
   */
  static Arguments parse(String... args) {
    @Nullable Path config = null;
    List<String> properties = new ArrayList<>();
    if (args.length > 0 && args[0].startsWith(EVALUATE)) {
      return evaluation(args);
    }
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
    return new Arguments(config, null, List.copyOf(properties));
  }

  private static Arguments evaluation(String... args) {
    @Nullable Path config = null;
    String only = "";
    int threads = 1;
    boolean variants = true;
    for (String argument : List.of(args).subList(1, args.length)) {
      if (argument.startsWith(CONFIG + "=")) {
        config = Path.of(argument.substring(CONFIG.length() + 1));
      } else if (argument.startsWith(ONLY)) {
        only = argument.substring(ONLY.length());
      } else if (argument.startsWith(THREADS)) {
        threads = Integer.parseInt(argument.substring(THREADS.length()));
      } else if (argument.equals(NO_VARIANTS)) {
        variants = false;
      } else {
        throw new SettingsException(
            argument, "there is no such argument of an evaluation", "Use ./offshoot judge eval.");
      }
    }
    Path cases = Path.of(args[0].substring(EVALUATE.length()));
    return new Arguments(
        config, new EvaluationRequest(cases, config, only, variants, threads), List.of());
  }
}
