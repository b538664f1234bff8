package dev.offshoot.worker.codec;

import dev.offshoot.worker.settings.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the codec endpoint: from which pages, and with which token. Immutable; its text holds
 * no token.
 */
public final class CodecCallers {
  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";

  private final Set<String> origins;
  private final Secret token;

  public CodecCallers(List<String> origins, Secret token) {
    this.origins = Set.copyOf(origins);
    this.token = token;
  }

  /** Whether pages of that origin may read answers: exactly as configured. */
  boolean allowsOrigin(String origin) {
    return origins.contains(origin);
  }

  /**
   * Whether the header shows the token: as {@code Bearer}, or as the password of {@code Basic} with
   * any name, which a browser asks for and keeps.
   */
  boolean authorises(@Nullable String authorization) {
    return authorization != null && isToken(shown(authorization));
  }

  private static byte[] shown(String authorization) {
    String scheme = authorization.toLowerCase(Locale.ROOT);
    if (scheme.startsWith(BEARER)) {
      return bytes(authorization.substring(BEARER.length()).strip());
    }
    if (scheme.startsWith(BASIC)) {
      return password(authorization.substring(BASIC.length()).strip());
    }
    return new byte[0];
  }

  private static byte[] password(String credentials) {
    try {
      String decoded = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
      return bytes(decoded.substring(decoded.indexOf(':') + 1));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  /** Takes as long for a wrong one as for one that is nearly right. */
  private boolean isToken(byte[] shown) {
    return MessageDigest.isEqual(bytes(token.reveal()), shown);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
