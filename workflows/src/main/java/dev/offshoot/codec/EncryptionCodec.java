package dev.offshoot.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.offshoot.codec.UndecryptablePayload.Reason;
import dev.offshoot.domain.ShownText;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts payloads with AES-256-GCM. An encrypted payload has metadata {@code encoding:
 * binary/encrypted} and {@code encryption-key-id}; its data is a random nonce of 12 bytes, then the
 * whole original payload (metadata, too) encrypted, then the tag of 16 bytes. {@code
 * binary/encrypted:KEY-ID} is authenticated with it, so that neither can be exchanged.
 *
 * <p>Without keys it leaves payloads as they are, and says what is missing when it meets an
 * encrypted one. Thread-safe; its text holds no key.
 */
public final class EncryptionCodec implements PayloadCodec {
  static final String ENCODING = "binary/encrypted";
  static final String ENCODING_KEY = "encoding";
  static final String KEY_ID_KEY = "encryption-key-id";
  static final int NONCE_BYTES = 12;
  static final int TAG_BYTES = 16;

  private static final String ALGORITHM = "AES/GCM/NoPadding";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String WHERE_KEYS_COME_FROM =
      "name the key file that has it: offshoot.encryption.key-file of the worker, "
          + KeyFile.VARIABLE
          + " of command line and clients";

  private final @Nullable EncryptionKeys keys;
  private final boolean requireEncrypted;

  private EncryptionCodec(@Nullable EncryptionKeys keys, boolean requireEncrypted) {
    this.keys = keys;
    this.requireEncrypted = requireEncrypted;
  }

  /** One that encrypts nothing. */
  public static EncryptionCodec withoutKeys() {
    return new EncryptionCodec(null, false);
  }

  /** Encrypts what is written; what is read may be encrypted or not. */
  public static EncryptionCodec with(EncryptionKeys keys) {
    return new EncryptionCodec(keys, false);
  }

  /**
   * With the keys of the file that {@link KeyFile#VARIABLE} names, or without keys.
   *
   * @throws KeyFileException if that file cannot be used
   */
  public static EncryptionCodec ofEnvironment(Map<String, String> environment) {
    return KeyFile.ofEnvironment(environment)
        .map(EncryptionCodec::with)
        .orElseGet(EncryptionCodec::withoutKeys);
  }

  /** The same, reading nothing but what is encrypted. */
  public EncryptionCodec requiringEncrypted() {
    return new EncryptionCodec(keys, true);
  }

  /** The same, reading what is not encrypted, too. */
  public EncryptionCodec acceptingPlain() {
    return new EncryptionCodec(keys, false);
  }

  /** Whether it has keys. */
  public boolean encrypts() {
    return keys != null;
  }

  @Override
  public List<Payload> encode(List<Payload> payloads) {
    @Nullable EncryptionKeys ours = keys;
    return ours == null
        ? payloads
        : payloads.stream().map(payload -> encrypted(payload, ours.current())).toList();
  }

  /**
   * @throws UndecryptablePayload if one is encrypted and cannot be read
   * @throws UnencryptedPayload if one is not, and must be
   */
  @Override
  public List<Payload> decode(List<Payload> payloads) {
    return payloads.stream().map(this::decoded).toList();
  }

  private Payload decoded(Payload payload) {
    if (metadata(payload, ENCODING_KEY).equals(ENCODING)) {
      return decrypted(payload);
    }
    if (requireEncrypted) {
      throw new UnencryptedPayload();
    }
    return payload;
  }

  private static Payload encrypted(Payload payload, EncryptionKey key) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    byte[] sealed;
    try {
      sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce).doFinal(payload.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
    return Payload.newBuilder()
        .putMetadata(ENCODING_KEY, ByteString.copyFromUtf8(ENCODING))
        .putMetadata(KEY_ID_KEY, ByteString.copyFromUtf8(key.id()))
        .setData(ByteString.copyFrom(nonce).concat(ByteString.copyFrom(sealed)))
        .build();
  }

  private Payload decrypted(Payload payload) {
    String id = metadata(payload, KEY_ID_KEY);
    EncryptionKey key = key(id);
    ByteString data = payload.getData();
    if (data.size() < NONCE_BYTES + TAG_BYTES) {
      throw new UndecryptablePayload(
          Reason.MALFORMED,
          "a payload that says it is encrypted has %d bytes, too few".formatted(data.size()),
          "it was cut off, or its sender does not encrypt as docs/encryption.md says");
    }
    byte[] nonce = data.substring(0, NONCE_BYTES).toByteArray();
    byte[] sealed = data.substring(NONCE_BYTES).toByteArray();
    try {
      return Payload.parseFrom(cipher(Cipher.DECRYPT_MODE, key, nonce).doFinal(sealed));
    } catch (GeneralSecurityException e) {
      throw new UndecryptablePayload(
          Reason.NOT_AUTHENTIC,
          "a payload was changed since it was encrypted, or encrypted with another key that is named '%s', too"
              .formatted(id),
          "compare the key files of its sender and of this reader; an id is for one key, for ever");
    } catch (InvalidProtocolBufferException e) {
      throw new UndecryptablePayload(
          Reason.MALFORMED,
          "what was encrypted is no payload",
          "its sender does not encrypt as docs/encryption.md says");
    }
  }

  private EncryptionKey key(String id) {
    String shown = ShownText.oneLine(id, 60);
    if (keys == null) {
      throw new UndecryptablePayload(
          Reason.NO_KEYS,
          "it is encrypted with key '%s', and there is no key here".formatted(shown),
          WHERE_KEYS_COME_FROM);
    }
    Optional<EncryptionKey> key = keys.find(id);
    return key.orElseThrow(
        () ->
            new UndecryptablePayload(
                Reason.UNKNOWN_KEY,
                "it is encrypted with key '%s', which is not among those here".formatted(shown),
                WHERE_KEYS_COME_FROM));
  }

  private static Cipher cipher(int mode, EncryptionKey key, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    cipher.updateAAD((ENCODING + ":" + key.id()).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static String metadata(Payload payload, String key) {
    return payload.getMetadataOrDefault(key, ByteString.EMPTY).toStringUtf8();
  }

  @Override
  public String toString() {
    return keys == null ? "no encryption" : "encryption with " + keys;
  }
}
