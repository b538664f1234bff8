package dev.offshoot.cli.mcp;

/**
 * Room for values in one answer, so that no result floods a context window whatever was asked for.
 * Not thread-safe.
 */
final class RowBudget {
  /** About 5,000 tokens. */
  private static final int CHARACTERS = 20_000;

  private final Backstage backstage;
  private int left = CHARACTERS;

  RowBudget(Backstage backstage) {
    this.backstage = backstage;
  }

  /** Whether there is room for one more, which is then taken; the first always fits. */
  boolean takes(Object value) {
    boolean first = left == CHARACTERS;
    int length = backstage.json(value).length() + 1;
    if (length > left && !first) {
      left = 0;
      return false;
    }
    left = Math.max(0, left - length);
    return true;
  }
}
