package dev.offshoot.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What Postgres stores of a password (RFC 5803). {@code ALTER ROLE … PASSWORD} takes it as it is,
 * so the password itself never travels and can stand in no statement log.
 */
public final class ScramVerifier {
  private static final int ITERATIONS = 4096;
  private static final int SALT_BYTES = 16;
  private static final int KEY_BITS = 256;

  private ScramVerifier() {}

  /** A password that nobody guesses, of letters, digits, hyphens and underscores. */
  public static String freshPassword() {
    return FreshPassword.make();
  }

  /**
   * A verifier with a new salt. It consists of letters, digits and {@code $ : + / = -}, so it is
   * safe between single quotes.
   *
   * @throws IllegalArgumentException when the password is empty or not printable ASCII: others
   *     would have to be normalised as the client will do it (SASLprep)
   */
  public static String of(String password) {
    if (password.isEmpty() || !password.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException("A password must consist of printable ASCII characters");
    }
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    try {
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, KEY_BITS))
              .getEncoded();
      byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key"));
      return "SCRAM-SHA-256$%d:%s$%s:%s"
          .formatted(
              ITERATIONS, base64(salt), base64(storedKey), base64(hmac(salted, "Server Key")));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has SHA-256 and PBKDF2", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
