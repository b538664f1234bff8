package dev.offshoot.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.Hazard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HazardDocumentTest {
  @Test
  void documentedHazards_areTheClosedListWithItsSeverities() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("../docs/hazards.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .toList();
    assertThat(rows)
        .containsExactlyElementsOf(
            Arrays.stream(Hazard.values())
                .map(
                    hazard ->
                        "| `%s` | %s | %s |"
                            .formatted(hazard.name(), hazard.defaultSeverity(), hazard.meaning()))
                .toList());
  }
}
