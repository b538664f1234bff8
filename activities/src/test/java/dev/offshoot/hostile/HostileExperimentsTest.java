package dev.offshoot.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The attacks in {@code src/test/resources/attacks}, a file for each theme: each fails as its entry
 * says, and nothing outside of its branch notices. A new attack is a new entry.
 *
 * <p>By default every third is played, all with {@code mvn verify -Pattacks}; {@code
 * -Dattack=WORDS} plays those alone whose theme and name contain the words.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileExperimentsTest {
  /** How the attacks' statements reach their branches. */
  Delivery.Way way() {
    return Delivery.Way.SCRIPT;
  }

  /** One of so many is played by default, beginning with that of the other number. */
  int one() {
    return 3;
  }

  int first() {
    return 0;
  }

  private @Nullable Scene shared;

  /**
   * Whether the attack before may have left something on the parent, as one that is merged does.
   */
  private boolean changed;

  List<Attack> attacks() throws IOException, URISyntaxException {
    Path folder = Path.of(HostileExperimentsTest.class.getResource("/attacks").toURI());
    try (Stream<Path> files = Files.list(folder)) {
      List<Attack> all = files.sorted().flatMap(HostileExperimentsTest::of).toList();
      @Nullable String words = System.getProperty("attack");
      if (words != null) {
        return all.stream().filter(attack -> attack.toString().contains(words)).toList();
      }
      boolean allOfThem = Boolean.getBoolean("attacks");
      int step = allOfThem ? 1 : one();
      int from = allOfThem ? 0 : first();
      return IntStream.iterate(from, i -> i < all.size(), i -> i + step)
          .mapToObj(all::get)
          .toList();
    }
  }

  private static Stream<Attack> of(Path file) {
    try {
      String theme = file.getFileName().toString().replace(".sql", "");
      return Attack.parse(theme, Files.readString(file)).stream();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  void failsAsItsEntrySays_andNothingOutsideNotices(Attack attack) throws Exception {
    Assumptions.assumeTrue(attack.open().isEmpty(), attack.open());
    Assumptions.assumeFalse(
        way() == Delivery.Way.CONNECTION && attack.floodsClient(),
        "the memory that it fills is its agent's own");
    Scene scene = shared();
    if (attack.needsParentOfItsOwn() || changed) {
      scene.restore(attack.parent());
    }
    changed = attack.needsParentOfItsOwn();

    assertThat(Performance.problems(attack, way(), scene)).isEmpty();
  }

  private Scene shared() throws SQLException, IOException {
    @Nullable Scene scene = shared;
    if (scene == null) {
      scene = Scene.open();
      shared = scene;
    }
    return scene;
  }

  @AfterAll
  void close() throws SQLException, IOException {
    if (shared != null) {
      shared.close();
    }
  }
}
