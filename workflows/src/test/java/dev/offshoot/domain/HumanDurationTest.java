package dev.offshoot.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HumanDurationTest {

  @ParameterizedTest
  @CsvSource({
    "90s, PT90S",
    "1h30m, PT1H30M",
    "2d, PT48H",
    "' 45M ', PT45M",
    "500ms, PT0.5S",
    "1s500ms, PT1.5S",
    "PT1H, PT1H",
    "0s, PT0S"
  })
  void parse_readsBothForms(String text, Duration expected) {
    assertThat(HumanDuration.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "soon", "1", "30m1h", "-5m", "1.5h", "9999999d", "\u0661s"})
  void parse_refusesOtherTextsAndShowsTheForm(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HumanDuration.parse(text))
        .withMessageContaining("write it like 90s");
  }

  @Property
  void format_isReadBackAsTheSame(@ForAll @LongRange(min = 0, max = 86_400_000) long seconds) {
    Duration duration = Duration.ofSeconds(seconds);

    assertThat(HumanDuration.parse(HumanDuration.format(duration))).isEqualTo(duration);
  }

  @Property
  void format_isReadBack_belowASecondToo(@ForAll @LongRange(min = 0, max = 999) long millis) {
    Duration duration = Duration.ofMillis(millis);

    assertThat(HumanDuration.parse(HumanDuration.format(duration))).isEqualTo(duration);
  }
}
