package dev.offshoot.client;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Passwords that Offshoot makes itself. All begin alike, so that whoever searches logs, histories
 * or repositories for secrets knows one when it sees it, and our tests do. Thread-safe.
 */
public final class FreshPassword {
  /** How each begins. */
  public static final String MARK = "offshoot_pw_";

  private static final int BYTES = 24;
  private static final SecureRandom RANDOM = new SecureRandom();

  private FreshPassword() {}

  /** One that nobody guesses, of letters, digits, hyphens and underscores. */
  public static String make() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
