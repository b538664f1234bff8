package dev.offshoot.text;

import java.util.Optional;

/** Takes apart identities as the catalog fingerprint writes them: quoted where they must be. */
final class QuotedIdentity {
  private QuotedIdentity() {}

  /**
   * @param whole what comes before
   * @param part what comes after
   */
  record Parts(String whole, String part) {}

  /** {@code a.b.c} into {@code a.b} and {@code c}. */
  static Optional<Parts> atLastDot(String identity) {
    return at(identity, ".", true);
  }

  /** {@code name ON table} into both; the server itself writes {@code on}. */
  static Optional<Parts> atOn(String identity) {
    return at(identity, " ON ", false).or(() -> at(identity, " on ", false));
  }

  private static Optional<Parts> at(String identity, String mark, boolean last) {
    boolean quoted = false;
    int found = -1;
    for (int i = 0; i < identity.length() && (last || found < 0); i++) {
      if (identity.charAt(i) == '"') {
        quoted = !quoted;
      } else if (!quoted && identity.startsWith(mark, i)) {
        found = i;
      }
    }
    return found <= 0
        ? Optional.empty()
        : Optional.of(
            new Parts(identity.substring(0, found), identity.substring(found + mark.length())));
  }
}
