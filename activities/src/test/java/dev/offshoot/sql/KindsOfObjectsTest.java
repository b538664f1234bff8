package dev.offshoot.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.policy.HazardPolicy;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of object that a catalog fingerprint can name is one that the policy knows. */
class KindsOfObjectsTest {
  /** The first column of each part of the query: a word, or words to choose from. */
  private static final Pattern PART =
      Pattern.compile(
          "(?:^|UNION ALL\\s+|\\)\\s+)SELECT\\s+('[a-z ]+'|CASE .*? END)[\\s,]", Pattern.DOTALL);

  private static final Pattern WORD = Pattern.compile("(?:THEN|ELSE|^)\\s*'([a-z][a-z ]*[a-z])'");

  @ParameterizedTest
  @ValueSource(ints = {14, 15, 16, 17, 18})
  void kindThatTheFingerprintNames_isPlaced(int major) {
    Set<String> kinds = new TreeSet<>();
    PART.matcher(CatalogQuery.forServer(major, EnumSet.allOf(CatalogQuery.Seldom.class)))
        .results()
        .flatMap(part -> WORD.matcher(part.group(1)).results())
        .forEach(word -> kinds.add(word.group(1)));

    assertThat(kinds)
        .as("the query is read")
        .contains("table", "view", "cast", "default privileges");
    assertThat(kinds).allMatch(HazardPolicy::places);
  }
}
