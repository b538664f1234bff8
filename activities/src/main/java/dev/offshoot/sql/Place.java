package dev.offshoot.sql;

import dev.offshoot.domain.BranchRef;

/**
 * A database as errors speak of it: by name, never by address.
 *
 * @param kind what it is to us
 * @param name its name in configuration or on the server; empty for the ledger
 */
public record Place(Kind kind, String name) {

  /** What a database is to us. */
  public enum Kind {
    PARENT,
    SOURCE,
    BRANCH,
    LEDGER
  }

  public static Place parent(String name) {
    return new Place(Kind.PARENT, name);
  }

  /** The copy of a parent that its branches are made of. */
  public static Place source(String parent) {
    return new Place(Kind.SOURCE, parent);
  }

  public static Place branch(BranchRef ref) {
    return new Place(Kind.BRANCH, ref.branchName());
  }

  public static Place base(BranchRef ref) {
    return new Place(Kind.BRANCH, ref.baseName());
  }

  public static Place ledger() {
    return new Place(Kind.LEDGER, "");
  }

  /** For messages: {@code parent 'shop'}, {@code branch 'offshoot_x'}, {@code ledger}. */
  @Override
  public String toString() {
    return switch (kind) {
      case PARENT -> "parent '" + name + "'";
      case SOURCE -> "source copy of parent '" + name + "'";
      case BRANCH -> "branch '" + name + "'";
      case LEDGER -> "ledger";
    };
  }
}
