package dev.offshoot.diff;

/**
 * A name as the catalog fingerprint prints it, divided at its last dot.
 *
 * @param owner what stands before it: the table of a column, quoted and qualified
 * @param last what stands behind it, quoted if it must be
 */
record QuotedName(String owner, String last) {

  static QuotedName of(String name) {
    boolean quoted = false;
    int dot = -1;
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) == '"') {
        quoted = !quoted;
      } else if (name.charAt(i) == '.' && !quoted) {
        dot = i;
      }
    }
    return new QuotedName(name.substring(0, Math.max(dot, 0)), name.substring(dot + 1));
  }

  /** Divided at {@code " ON "} after the first name: {@code name ON table}. */
  static QuotedName on(String identity) {
    boolean quoted = false;
    for (int i = 0; i < identity.length(); i++) {
      if (identity.charAt(i) == '"') {
        quoted = !quoted;
      } else if (!quoted && identity.startsWith(" ON ", i)) {
        return new QuotedName(identity.substring(i + " ON ".length()), identity.substring(0, i));
      }
    }
    return new QuotedName("", identity);
  }
}
