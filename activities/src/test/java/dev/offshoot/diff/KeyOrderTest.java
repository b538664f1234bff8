package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
  private static final String[] PIECES = {
    "",
    "a",
    "b",
    "Z",
    "~",
    "\u007f",
    "\u0080",
    "é",
    "\ud7ff",
    "\ue000",
    "\ufffd",
    "\uffff",
    "\ud800\udc00",
    "\ud83d\ude00",
    "\udbff\udfff"
  };

  @Test
  void text_isOrderedAsTheBytesOfItsUtf8() {
    Random random = new Random(4711);
    for (int round = 0; round < 20_000; round++) {
      String left = text(random);
      String right = text(random);

      assertThat(Integer.signum(KeyOrder.byCodePoint(left, right)))
          .as("%s and %s", left, right)
          .isEqualTo(
              Integer.signum(
                  Arrays.compareUnsigned(
                      left.getBytes(StandardCharsets.UTF_8),
                      right.getBytes(StandardCharsets.UTF_8))));
    }
  }

  @Test
  void numbers_areOrderedByValue() {
    assertThat(KeyOrder.NUMBER.compare("-10", "9")).isNegative();
    assertThat(KeyOrder.NUMBER.compare("10", "9")).isPositive();
    assertThat(KeyOrder.NUMBER.compare("-9223372036854775808", "9223372036854775807")).isNegative();
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }
}
