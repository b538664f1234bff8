package dev.offshoot.codec;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** A key of AES-256 and the name under which payloads refer to it. Its text holds no key. */
public final class EncryptionKey {
  static final int BYTES = 32;

  /** It stands in every payload, and a summary has 400 bytes for everything. */
  static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,39}");

  private static final SecureRandom RANDOM = new SecureRandom();

  private final String id;
  private final SecretKey key;

  /**
   * @param id 1 to 40 letters, digits, dots, hyphens and underscores; in payloads for all to see
   * @param key 32 bytes
   * @throws IllegalArgumentException if one of them is not so
   */
  public EncryptionKey(String id, byte[] key) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "the id of a key is 1 to 40 letters, digits, dots, hyphens and underscores");
    }
    if (key.length != BYTES) {
      throw new IllegalArgumentException(
          "a key of AES-256 has %d bytes, not %d".formatted(BYTES, key.length));
    }
    this.id = id;
    this.key = new SecretKeySpec(key, "AES");
  }

  /** A new random one. */
  public static EncryptionKey random(String id) {
    byte[] key = new byte[BYTES];
    RANDOM.nextBytes(key);
    return new EncryptionKey(id, key);
  }

  public String id() {
    return id;
  }

  /** Its line in a key file: the secret itself. */
  public String line() {
    return id + ":" + Base64.getEncoder().encodeToString(key.getEncoded());
  }

  SecretKey key() {
    return key;
  }

  @Override
  public String toString() {
    return "key " + id;
  }
}
