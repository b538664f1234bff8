package dev.offshoot.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareTest {
  /** As an exact sum over binomial coefficients gives them. */
  @ParameterizedTest
  @CsvSource({
    "0, 10, 0.25886555",
    "0, 59, 0.04950761",
    "3, 50, 0.14783718",
    "46, 238, 0.24026305",
    "9, 10, 0.99488380",
    "1, 1, 1",
    "0, 0, 1",
    "0, 1, 0.95"
  })
  void upperBound_isThatOfClopperAndPearson(int count, int of, double bound) {
    assertThat(new Share(count, of).upperBound()).isCloseTo(bound, within(1e-7));
  }

  @Test
  void largeShares_haveABoundToo() {
    assertThat(new Share(5_000, 100_000).upperBound()).isBetween(0.05, 0.052);
  }

  @Test
  void rate_ofNoneIsNone() {
    assertThat(new Share(0, 0).rate()).isZero();
    assertThat(new Share(1, 4).rate()).isEqualTo(0.25);
  }

  @Test
  void moreThanAll_isNoShare() {
    assertThatThrownBy(() -> new Share(2, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Share(-1, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
