package dev.offshoot.policy;

import dev.offshoot.domain.SqlToken;
import java.util.List;
import java.util.Optional;

/**
 * An object's identity turned into another: {@code public.orders} into {@code public.purchases}, or
 * a column's {@code public.orders.note} into {@code public.orders.remark}.
 *
 * @param from tokens of the old identity
 * @param to tokens of the new one, as many
 * @param newIdentity the new one as it is written
 */
record NameChange(List<String> from, List<String> to, String newIdentity) {

  /** Absent if one of them is no identity, or they are built differently. */
  static Optional<NameChange> between(String oldIdentity, String newIdentity) {
    List<String> from = tokens(oldIdentity);
    List<String> to = tokens(newIdentity);
    return from.isEmpty() || from.size() != to.size() || from.equals(to)
        ? Optional.empty()
        : Optional.of(new NameChange(from, to, newIdentity));
  }

  /** Whether {@code before} turns into {@code after} by this change of names and nothing else. */
  boolean turns(String before, String after) {
    List<String> is = tokens(after);
    if (before.equals(after)) {
      return true;
    }
    return !is.isEmpty()
        && (tokens(applied(before)).equals(is) || tokens(appliedBare(before)).equals(is));
  }

  /** {@code text} with the old identity replaced by the new one wherever it stands. */
  String applied(String text) {
    return replaced(text, false);
  }

  /**
   * Also with the old names by themselves, as a table's own definitions say a column's and an
   * index's definition its own.
   */
  String appliedBare(String text) {
    return replaced(text, true);
  }

  private String replaced(String text, boolean bare) {
    List<SqlToken> said = Definitions.read(text).orElse(List.of());
    StringBuilder result = new StringBuilder();
    int copied = 0;
    int i = 0;
    while (i < said.size()) {
      boolean whole = standsAt(said, i);
      String name = said.get(i).text();
      String other = whole ? newIdentity : bare ? newName(name) : name;
      result.append(text, copied, said.get(i).start()).append(other);
      i += whole ? from.size() : 1;
      copied = said.get(i - 1).end();
    }
    return result.append(text.substring(copied)).toString();
  }

  private String newName(String name) {
    for (int i = 0; i < from.size(); i++) {
      if (from.get(i).equals(name) && !to.get(i).equals(name)) {
        return to.get(i);
      }
    }
    return name;
  }

  private boolean standsAt(List<SqlToken> said, int at) {
    return at + from.size() <= said.size()
        && said.subList(at, at + from.size()).stream().map(SqlToken::text).toList().equals(from);
  }

  private static List<String> tokens(String text) {
    return Definitions.read(text).orElse(List.of()).stream().map(SqlToken::text).toList();
  }
}
