package dev.offshoot.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.offshoot.codec.UndecryptablePayload.Reason;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.workflow.Failures;
import dev.offshoot.workflow.OffshootDataConverter;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptionCodecTest {
  private static final String SECRET = "the-recognisable-text";
  private static final EncryptionKey OLD = EncryptionKey.random("old");
  private static final EncryptionKey NEW = EncryptionKey.random("new");
  private static final EncryptionCodec CODEC = codec(OLD);

  private static final Payload PLAIN =
      Payload.newBuilder()
          .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
          .setData(ByteString.copyFromUtf8("\"" + SECRET + "\""))
          .build();

  private static EncryptionCodec codec(EncryptionKey... keys) {
    return EncryptionCodec.with(new EncryptionKeys(List.of(keys)));
  }

  private static Payload encrypted() {
    return CODEC.encode(List.of(PLAIN)).get(0);
  }

  @Test
  void whatIsEncrypted_comesBackWithItsMetadata_andShowsNothingOfItself() {
    Payload encrypted = encrypted();

    assertThat(encrypted.getMetadataOrThrow("encoding").toStringUtf8())
        .isEqualTo("binary/encrypted");
    assertThat(encrypted.getMetadataOrThrow("encryption-key-id").toStringUtf8()).isEqualTo("old");
    assertThat(encrypted.toByteString().toString(StandardCharsets.ISO_8859_1))
        .doesNotContain(SECRET, "json/plain");
    assertThat(CODEC.decode(List.of(encrypted))).containsExactly(PLAIN);
  }

  @Test
  void emptyPayload_andOneOfTwoMegabytes_comeBack() {
    Payload large =
        PLAIN.toBuilder().setData(ByteString.copyFrom(new byte[2 * 1024 * 1024])).build();
    List<Payload> payloads = List.of(Payload.getDefaultInstance(), large);

    assertThat(CODEC.decode(CODEC.encode(payloads))).isEqualTo(payloads);
  }

  /** A nonce that is used twice gives the key away. */
  @Test
  void nonce_isAnotherEachTime() {
    Set<ByteString> nonces = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      nonces.add(encrypted().getData().substring(0, EncryptionCodec.NONCE_BYTES));
    }

    assertThat(nonces).hasSize(2_000);
  }

  /** The format is for other languages, too; this is what docs/encryption.md tells them. */
  @Test
  void format_isAsDocumented() throws Exception {
    Payload encrypted = encrypted();
    byte[] data = encrypted.getData().toByteArray();

    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, OLD.key(), new GCMParameterSpec(128, data, 0, 12));
    cipher.updateAAD("binary/encrypted:old".getBytes(StandardCharsets.UTF_8));

    assertThat(Payload.parseFrom(cipher.doFinal(data, 12, data.length - 12))).isEqualTo(PLAIN);
  }

  @Test
  void anyBitThatWasChanged_isRefused() {
    Payload encrypted = encrypted();
    byte[] data = encrypted.getData().toByteArray();
    for (int i = 0; i < data.length; i++) {
      byte[] changed = data.clone();
      changed[i] ^= 1;
      Payload tampered = encrypted.toBuilder().setData(ByteString.copyFrom(changed)).build();

      assertThat(refusal(CODEC, tampered).reason())
          .as("byte %d of %d", i, data.length)
          .isEqualTo(Reason.NOT_AUTHENTIC);
    }
  }

  @Test
  void anyCutPayload_isRefused() {
    Payload encrypted = encrypted();
    for (int length = 0; length < encrypted.getData().size(); length++) {
      Payload cut = encrypted.toBuilder().setData(encrypted.getData().substring(0, length)).build();

      assertThat(refusal(CODEC, cut).reason())
          .as("%d bytes", length)
          .isEqualTo(length < 28 ? Reason.MALFORMED : Reason.NOT_AUTHENTIC);
    }
  }

  @Test
  void payloadUnderAnotherKeysName_isRefused_evenWhereBothNamesHaveTheSameKey() throws Exception {
    byte[] same = OLD.key().getEncoded();
    EncryptionCodec both = codec(new EncryptionKey("old", same), new EncryptionKey("other", same));
    Payload renamed =
        encrypted().toBuilder()
            .putMetadata("encryption-key-id", ByteString.copyFromUtf8("other"))
            .build();

    assertThat(refusal(both, renamed).reason()).isEqualTo(Reason.NOT_AUTHENTIC);
  }

  @Test
  void anotherKeyOfTheSameName_isRefused_andSaysWhatToCompare() {
    UndecryptablePayload refusal = refusal(codec(EncryptionKey.random("old")), encrypted());

    assertThat(refusal.reason()).isEqualTo(Reason.NOT_AUTHENTIC);
    assertThat(refusal).hasMessageContaining("'old'").hasMessageContaining("compare the key files");
  }

  @Test
  void unknownKey_isNamed_withWhereKeysComeFrom() {
    UndecryptablePayload refusal = refusal(codec(NEW), encrypted());

    assertThat(refusal.reason()).isEqualTo(Reason.UNKNOWN_KEY);
    assertThat(refusal)
        .hasMessageContaining("'old'")
        .hasMessageContaining("OFFSHOOT_ENCRYPTION_KEY_FILE")
        .hasMessageContaining("offshoot.encryption.key-file");
  }

  @Test
  void noKeys_isSaid_andPlainPayloadsAreLeftAsTheyAre() {
    EncryptionCodec none = EncryptionCodec.withoutKeys();

    assertThat(none.encode(List.of(PLAIN))).containsExactly(PLAIN);
    assertThat(none.decode(List.of(PLAIN))).containsExactly(PLAIN);
    assertThat(refusal(none, encrypted()).reason()).isEqualTo(Reason.NO_KEYS);
  }

  @Test
  void nameOfAKeyThatIsHostile_isShownHarmlessly() {
    Payload hostile =
        encrypted().toBuilder()
            .putMetadata(
                "encryption-key-id", ByteString.copyFromUtf8("a\nb\u202E" + "x".repeat(9_000)))
            .build();

    assertThat(refusal(CODEC, hostile).getMessage())
        .doesNotContain("\n", "\u202E")
        .hasSizeLessThan(500);
  }

  @Test
  void olderKeys_stillDecrypt_andTheFirstOneEncrypts() {
    EncryptionCodec rotated = codec(NEW, OLD);

    assertThat(rotated.decode(List.of(encrypted()))).containsExactly(PLAIN);
    Payload written = rotated.encode(List.of(PLAIN)).get(0);
    assertThat(written.getMetadataOrThrow("encryption-key-id").toStringUtf8()).isEqualTo("new");
    assertThat(codec(OLD, NEW).decode(List.of(written))).containsExactly(PLAIN);
  }

  @Test
  void plainPayload_isRead_unlessOnlyEncryptedOnesAreAccepted() {
    assertThat(CODEC.decode(List.of(PLAIN))).containsExactly(PLAIN);
    assertThatThrownBy(() -> CODEC.requiringEncrypted().decode(List.of(PLAIN)))
        .isInstanceOf(DataConverterException.class)
        .hasMessageContaining("not encrypted")
        .hasMessageNotContaining(SECRET);
    assertThat(CODEC.requiringEncrypted().decode(List.of(encrypted()))).containsExactly(PLAIN);
  }

  @Test
  void failure_hidesMessageStackTraceAndDetails_andKeepsItsCode() {
    DataConverter converter = OffshootDataConverter.with(CODEC);
    Failure failure =
        converter.exceptionToFailure(
            Failures.toTemporal(new OffshootException(ErrorCode.SQL_ERROR, SECRET)));

    assertThat(failure.toByteString().toString(StandardCharsets.ISO_8859_1))
        .doesNotContain(SECRET, "EncryptionCodecTest")
        .contains("SQL_ERROR");
    assertThat(Failures.fromTemporal(converter.failureToException(failure)).message())
        .isEqualTo(SECRET);
    assertThatThrownBy(() -> OffshootDataConverter.get().failureToException(failure))
        .isInstanceOf(UndecryptablePayload.class);
  }

  @Test
  void nothing_printsAKey() {
    String key = OLD.line().substring("old:".length());

    assertThat(List.of(OLD, new EncryptionKeys(List.of(OLD)), CODEC, OLD.key()).toString())
        .doesNotContain(key)
        .contains("old");
    assertThat(refusal(codec(NEW), encrypted()).toString()).doesNotContain(key, SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "with space", "a:b", "-x", "äöü", "a\n"})
  void idThatIsNoName_isRefused(String id) {
    assertThatThrownBy(() -> EncryptionKey.random(id)).hasMessageContaining("1 to 40 letters");
  }

  private static UndecryptablePayload refusal(EncryptionCodec codec, Payload payload) {
    return catchThrowableOfType(UndecryptablePayload.class, () -> codec.decode(List.of(payload)));
  }
}
