package dev.offshoot.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** That Postgres takes the verifier, and the password with it, is seen where roles are made. */
class ScramVerifierTest {

  @Test
  void hasASaltOfItsOwnAndNothingThatWouldNeedQuoting() {
    assertThat(ScramVerifier.of("a 'quoted' password"))
        .matches("SCRAM-SHA-256\\$4096:[A-Za-z0-9+/=]{24}\\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}")
        .isNotEqualTo(ScramVerifier.of("a 'quoted' password"));
  }

  @Test
  void refusesWhatClientsWouldNormaliseFirst() {
    for (String password : new String[] {"", "pässword", "tab\t"}) {
      assertThatThrownBy(() -> ScramVerifier.of(password))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("printable ASCII");
    }
  }
}
