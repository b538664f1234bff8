package dev.offshoot.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who decides, and why. */
final class ReasonOptions {
  @Option(
      names = {"-m", "--reason"},
      required = true,
      paramLabel = "WHY",
      description = "why")
  @Nullable String reason;

  @Option(names = "--by", paramLabel = "NAME", description = "who decides (default: you)")
  private @Nullable String by;

  String by(Offshoot offshoot) {
    return Objects.requireNonNullElse(by, offshoot.actor());
  }
}
