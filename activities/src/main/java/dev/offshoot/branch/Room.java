package dev.offshoot.branch;

/**
 * How many more branches a home has room for now.
 *
 * @param branches none or more
 * @param reason why no more, in words safe to show; empty where nothing limits them
 */
public record Room(int branches, String reason) {
  public static final Room UNLIMITED = new Room(Integer.MAX_VALUE, "");

  static Room none(String reason) {
    return new Room(0, reason);
  }
}
