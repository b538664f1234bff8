package dev.offshoot.generated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.NewerSyntax;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases in {@code src/test/resources/cases}, one file each: what stands, what the experiment
 * and the parent's own users do, what is to come of it. A new case is a new file. All oracles of
 * the generated cases look at these too, and pg_dump, where it is to be had, at every third (at all
 * with {@code -Dpgdump=1}).
 *
 * <p>By default every third is played, and all with {@code -Pthorough}; {@code -Dfile=NAME} plays
 * those whose names contain it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CaseTest {
  private static final int PG_DUMP_EVERY = Integer.getInteger("pgdump", 3);

  private static final @Nullable String FILE = System.getProperty("file");
  private static final int EVERY = FILE != null || Boolean.getBoolean("thorough") ? 1 : 3;

  private final Optional<PgDump> pgDump = PgDump.find();
  private Stage.SharedLedger ledger;
  private Stage stage;

  @BeforeAll
  void open() throws SQLException {
    ledger = Stage.SharedLedger.open();
    stage = Stage.over(ledger.ledger());
  }

  @AfterAll
  void close() throws SQLException {
    stage.close();
    ledger.close();
  }

  static List<String> files() throws IOException, URISyntaxException {
    Path folder = Path.of(CaseTest.class.getResource("/cases").toURI());
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.contains(FILE == null ? "" : FILE))
              .sorted()
              .toList();
      return IntStream.range(0, names.size())
          .filter(i -> i % EVERY == 0)
          .mapToObj(names::get)
          .toList();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void comesOutAsItsFileSays(String file) throws Exception {
    Path path = Path.of(CaseTest.class.getResource("/cases/" + file).toURI());
    Scenario scenario = Scenario.parse(Files.readString(path));
    NewerSyntax.assumeUnderstood(scenario.text());
    stage.clear();

    boolean isAsked = Math.floorMod(file.hashCode(), PG_DUMP_EVERY) == 0;
    Play play = Play.of(scenario, stage, isAsked ? pgDump.orElse(null) : null);

    assertThat(play.problems()).as(scenario.title()).isEmpty();
    List<String> told = play.result().told();
    if (play.result() instanceof Result.Refused) {
      assertThat(told.get(0)).isEqualTo(scenario.expected().get(0));
      scenario.expected().stream()
          .skip(1)
          .forEach(words -> assertThat(told.get(1)).contains(words));
    } else {
      assertThat(told).isEqualTo(scenario.expected());
    }
  }
}
