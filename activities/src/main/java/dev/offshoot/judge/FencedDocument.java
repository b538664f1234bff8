package dev.offshoot.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A question to a model: our words, and everything that an agent or a row may have written as one
 * JSON document between two lines that nobody could have foreseen.
 *
 * @param system our words, which name these lines
 * @param user the document between them
 * @param digest SHA-256 of both in hex, the nonce set aside
 */
record FencedDocument(String system, String user, String digest) {
  private static final ObjectMapper JSON = new JsonMapper();
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * @param system our words, with {@code %1$s} where the nonce goes
   */
  static FencedDocument of(String system, JsonNode document, String nonce) {
    String text = printed(document);
    return new FencedDocument(
        system.formatted(nonce),
        "BEGIN-%1$s%n%2$s%nEND-%1$s%n".formatted(nonce, text).replace("\r", ""),
        digest(system + "\n" + text));
  }

  static String nonce() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  int characters() {
    return system.length() + user.length();
  }

  /** On one line, and without the characters of which a frame could be made. */
  private static String printed(JsonNode document) {
    try {
      return JSON.writeValueAsString(document).replace("<", "\\u003c").replace(">", "\\u003e");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that cannot be written", e);
    }
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
