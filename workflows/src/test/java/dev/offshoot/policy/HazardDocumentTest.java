package dev.offshoot.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.Hazard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HazardDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/hazards.md");

  @Test
  void everyHazardThatIsExplained_exists() throws IOException {
    Set<String> known =
        Arrays.stream(Hazard.values()).map(Hazard::name).collect(Collectors.toSet());

    assertThat(
            Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.startsWith("| `"))
                .flatMap(
                    line -> Pattern.compile("`([A-Z_]+_[A-Z]+)`").matcher(cell(line)).results())
                .map(name -> name.group(1)))
        .isNotEmpty()
        .allMatch(known::contains);
  }

  private static String cell(String row) {
    return row.split(" \\| ", 2)[0];
  }

  @Test
  void documentedHazards_areTheClosedListWithItsSeverities() throws IOException {
    List<String> rows =
        Files.readAllLines(DOCUMENT).stream()
            .filter(line -> line.matches("\\| `[A-Z_]+` \\| (NOTICE|NEEDS_NAME|FORBIDDEN) \\|.*"))
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
