package dev.offshoot.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.codec.EncryptionKey;
import dev.offshoot.codec.EncryptionKeys;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.common.converter.DataConverter;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Temporal refuses a start with a summary above 400 bytes or details above 20,000, encoded. */
class StartSummaryLimitsTest {
  private static final DataConverter ENCRYPTED =
      OffshootDataConverter.with(
          EncryptionCodec.with(new EncryptionKeys(List.of(EncryptionKey.random("k".repeat(40))))));

  @ParameterizedTest
  @ValueSource(strings = {"x", "\"", "\\", "€", "😀", "\u0001", "`", "|"})
  void summaryAndDetailsOfAnyText_fit_encrypted(String character) {
    ExperimentSpec spec =
        ExperimentSpec.builder()
            .goal(character.repeat(1_000))
            .parent(character.repeat(100))
            .requestedBy(character.repeat(100))
            .tenant(character.repeat(100))
            .script("SELECT 1")
            .build();

    assertThat(encrypted(StartSummary.summary(spec))).isLessThanOrEqualTo(400);
    assertThat(encrypted(StartSummary.details(spec))).isLessThan(20_000);
  }

  private static int encrypted(String text) {
    return ENCRYPTED.toPayload(text).orElseThrow().getSerializedSize();
  }
}
