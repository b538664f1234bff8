package dev.offshoot.domain;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShownTextTest {

  @ParameterizedTest
  @ValueSource(
      ints = {
        0x1B, 0x00, 0x7F, 0x85, 0x200B, 0x200E, 0x202E, 0x2066, 0x2028, 0xFEFF, 0xE0041, 0xE0100,
        0x3164, 0x115F, 0xFE00, 0xD800, 0xE000
      })
  void hiddenCharacters_becomeVisible(int codePoint) {
    String hidden = "a" + Character.toString(codePoint) + "b";

    assertThat(ShownText.oneLine(hidden, 100))
        .startsWith("a\\u")
        .endsWith("b")
        .matches("[\\x20-\\x7e]+");
  }

  @Test
  void whatPeopleWrite_staysAsItIs() {
    String text = "Grüße, שלום, 你好, ❤️ 🙂 \\ ` | <b>";

    assertThat(ShownText.oneLine(text, 100)).isEqualTo(text);
  }

  @Test
  void lines_keepsLineBreaksAndTabs_oneLineDoesNot() {
    assertThat(ShownText.lines("a\n\tb\r", 100)).isEqualTo("a\n\tb\\r");
    assertThat(ShownText.oneLine("a\n\tb\r", 100)).isEqualTo("a\\n\\tb\\r");
  }

  @Test
  void longText_isElidedWithItsLength() {
    assertThat(ShownText.oneLine("x".repeat(50), 10)).isEqualTo("xxxxxxxxxx…(50 characters)");
  }

  @Property
  void result_isBounded_andHasNoHiddenCharacter(
      @ForAll String text, @ForAll @IntRange(min = 0, max = 50) int limit) {
    String shown = ShownText.oneLine(text, limit);

    assertThat(shown.length()).isLessThanOrEqualTo(limit + 25);
    assertThat(shown.codePoints().map(Character::getType))
        .doesNotContain((int) Character.CONTROL, (int) Character.FORMAT, (int) Character.SURROGATE);
  }
}
