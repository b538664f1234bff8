package dev.offshoot.cli;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.SpecValidation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** What the agent of the demo asks for. */
record DemoExperiment(ExperimentSpec spec) {
  private static final String RESOURCE = "demo-experiment.yml";

  static DemoExperiment load() {
    try (InputStream in =
        Objects.requireNonNull(
            DemoExperiment.class.getResourceAsStream(RESOURCE), "part of the jar")) {
      ExperimentSpec spec =
          SpecFile.parse(RESOURCE, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      SpecValidation.requireValid(spec);
      return new DemoExperiment(spec);
    } catch (IOException e) {
      throw new UncheckedIOException("a resource of our own cannot be read", e);
    }
  }

  List<String> shownScript() {
    return String.valueOf(spec.script()).strip().lines().toList();
  }
}
