package dev.offshoot.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShownValueTest {
  @Test
  void whatCouldBeMistaken_isQuoted() {
    assertThat(ShownValue.of(null, 10)).isEqualTo("NULL");
    assertThat(ShownValue.of("NULL", 10)).isEqualTo("\"NULL\"");
    assertThat(ShownValue.of(" x", 10)).isEqualTo("\" x\"");
    assertThat(ShownValue.of("", 10)).isEqualTo("\"\"");
    assertThat(ShownValue.of("a → b", 10)).isEqualTo("\"a → b\"");
    assertThat(ShownValue.of("a  b", 10)).isEqualTo("\"a  b\"");
    assertThat(ShownValue.of("\"x\"", 10)).isEqualTo("\"\"\"x\"\"\"");
    assertThat(ShownValue.of("x…(9 characters)", 40)).startsWith("\"");
    assertThat(ShownValue.of("plain", 10)).isEqualTo("plain");
  }

  @Test
  void hiddenCharacters_areEscapes_unlikeTheSameTextSpelledOut() {
    assertThat(ShownValue.of("a\tb", 10)).isEqualTo("E'a\\tb'");
    assertThat(ShownValue.of("a\\tb", 10)).isEqualTo("a\\tb");
    assertThat(ShownValue.of("\u202Ex\u001b[2J", 40)).isEqualTo("E'\\u202ex\\u001b[2J'");
    assertThat(ShownValue.of("E'a\\tb'", 40)).isEqualTo("\"E'a\\tb'\"");
    assertThat(ShownValue.of("a\u00a0b", 40)).isEqualTo("E'a\\u00a0b'");
  }

  @Test
  void longValues_areCutWithTheirLength_neverWithinACharacter() {
    assertThat(ShownValue.of("x".repeat(5_000), 4)).isEqualTo("xxxx…(5000 characters)");
    assertThat(ShownValue.of("ab😀cdefgh", 3)).isEqualTo("ab…(10 characters)");
  }

  @Test
  void longValuesThatDifferLate_showTheDifference() {
    ShownValue.Change change =
        ShownValue.change("x".repeat(300) + "1.5", "x".repeat(300) + "2.5", 20);

    assertThat(change.before()).isEqualTo("…xxxxxxxx1.5 (303 characters)");
    assertThat(change.after()).isEqualTo("…xxxxxxxx2.5 (303 characters)");
    assertThat(ShownValue.change("x".repeat(100), "x".repeat(101), 20).after())
        .isNotEqualTo(ShownValue.change("x".repeat(100), "x".repeat(101), 20).before());
  }

  @Test
  void excerptsForASample_haveTheDifferenceToo() {
    ShownValue.Change cut = ShownValue.excerpts("x".repeat(300) + "a\n", "x".repeat(300) + "b", 20);

    assertThat(cut.before()).isEqualTo("…xxxxxxxxa\n (302 characters)");
    assertThat(cut.after()).isEqualTo("…xxxxxxxxb (301 characters)");
    assertThat(ShownValue.excerpts("a", "b", 20)).isEqualTo(new ShownValue.Change("a", "b"));
  }

  @Test
  void valuesThatLookAlike_areTold() {
    ShownValue.Change cyrillic = ShownValue.change("admin", "\u0430dmin", 40);
    ShownValue.Change composed = ShownValue.change("caf\u00e9", "cafe\u0301", 40);

    assertThat(cyrillic.after()).isEqualTo("E'\\u0430dmin'");
    assertThat(composed.before()).isEqualTo("E'caf\\u00e9'");
    assertThat(composed.after()).isEqualTo("E'cafe\\u0301'");
    assertThat(ShownValue.change("caf\u00e9", "th\u00e9", 40).before()).isEqualTo("caf\u00e9");
  }

  @Test
  void rightToLeftText_doesNotTakeTheArrowAlong() {
    assertThat(ShownValue.of("שלום", 40)).isEqualTo("שלום\u200e");
  }
}
