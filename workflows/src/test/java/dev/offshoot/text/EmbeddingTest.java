package dev.offshoot.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How vectors of numbers read. */
class EmbeddingTest {

  @Test
  void longOne_isShownByItsFirstNumbers_andHowManyThereAre() {
    assertThat(Embedding.of("vector(1536)", vector(1536, 0.25)))
        .contains("[0.250, 0.250, 0.250, 0.250, …] (1536 numbers)");
  }

  @Test
  void change_isShownByTheDistance() {
    String before = vector(10, 1);
    String turned = "[-1,1,1,1,1,1,1,1,1,1]";

    assertThat(Embedding.change("vector(10)", before, turned).orElseThrow().after())
        .isEqualTo(
            "[-1.00, 1.00, 1.00, 1.00, …] (10 numbers), cosine distance 0.200, Euclidean distance 2.00");
    // The same direction, another length.
    assertThat(Embedding.change("vector(10)", before, vector(10, 3)).orElseThrow().after())
        .endsWith("cosine distance 0, Euclidean distance 6.32");
    assertThat(Embedding.change("vector", vector(10, 0), before).orElseThrow().after())
        .endsWith("(10 numbers), Euclidean distance 3.16");
  }

  @Test
  void otherDimensions_haveNoDistance() {
    assertThat(Embedding.change("vector", vector(10, 1), vector(12, 1)).orElseThrow())
        .isEqualTo(
            new ShownValue.Change(
                "[1.00, 1.00, 1.00, 1.00, …] (10 numbers)",
                "[1.00, 1.00, 1.00, 1.00, …] (12 numbers)"));
  }

  @Test
  void shortOne_isShownAsItIs() {
    assertThat(Embedding.of("vector(3)", "[1,2,3]")).isEmpty();
    assertThat(Embedding.change("vector(3)", "[1,2,3]", "[1,2,4]")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"public.vector(1536)", "\"my types\".vector", "halfvec(9)", "extensions.halfvec"})
  void typeMayStandInAnySchema(String type) {
    assertThat(Embedding.of(type, vector(9, 1))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "tsvector", "double precision[]", "vectors", "my_vector(9)"})
  void otherTypes_areNone(String type) {
    assertThat(Embedding.of(type, vector(9, 1))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "[1,2", "[1,,2,3,4,5,6,7,8,9]", "[a,b,c,d,e,f,g,h,i]", "NULL"})
  void otherTexts_areNone(String text) {
    assertThat(Embedding.of("vector", text)).isEmpty();
    assertThat(Embedding.change("vector", vector(9, 1), text)).isEmpty();
  }

  private static String vector(int size, double number) {
    return IntStream.range(0, size)
        .mapToObj(i -> number == Math.rint(number) ? Long.toString((long) number) : "" + number)
        .collect(Collectors.joining(",", "[", "]"));
  }
}
