package dev.offshoot.policy;

import dev.offshoot.domain.SqlToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An object's identity turned into another: {@code public.orders} into {@code public.purchases}, or
 * a column's {@code public.orders.note} into {@code public.orders.remark}.
 *
 * @param from tokens of the old identity
 * @param to tokens of the new one
 */
record NameChange(List<String> from, List<String> to) {

  /** Absent unless exactly one name differs. */
  static Optional<NameChange> between(String oldIdentity, String newIdentity) {
    List<String> from = tokens(oldIdentity);
    List<String> to = tokens(newIdentity);
    if (from.isEmpty() || from.size() != to.size()) {
      return Optional.empty();
    }
    NameChange change = new NameChange(from, to);
    return change.differing() >= 0 ? Optional.of(change) : Optional.empty();
  }

  /** Where the one differing name stands; -1 if there is none or more than one. */
  private int differing() {
    int found = -1;
    for (int i = 0; i < from.size(); i++) {
      if (!from.get(i).equals(to.get(i))) {
        if (found >= 0) {
          return -1;
        }
        found = i;
      }
    }
    return found;
  }

  String oldName() {
    return from.get(differing());
  }

  String newName() {
    return to.get(differing());
  }

  /**
   * Whether a statement says so: {@code … old … TO new}, or {@code SET SCHEMA new} for a name that
   * is a schema's.
   */
  boolean isSaidIn(List<SqlToken> statement) {
    for (int i = 1; i + 1 < statement.size(); i++) {
      boolean to = statement.get(i).isWord("TO") && hasBefore(statement, i, oldName());
      boolean schema =
          statement.get(i).isWord("SCHEMA")
              && statement.get(i - 1).isWord("SET")
              && from.size() > 1
              && hasBefore(statement, i, from.get(from.size() - 1));
      if ((to || schema) && sameName(statement.get(i + 1).text(), newName())) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasBefore(List<SqlToken> statement, int end, String name) {
    return statement.subList(0, end).stream().anyMatch(token -> sameName(token.text(), name));
  }

  /** Whether {@code before} turns into {@code after} by this change of names and nothing else. */
  boolean turns(String before, String after) {
    List<String> was = tokens(before);
    List<String> is = tokens(after);
    return applied(was, false).equals(is) || applied(was, true).equals(is);
  }

  /**
   * {@code said} with the old identity replaced; with {@code bare} also the old name by itself, as
   * a table's own definitions say a column's and an index's definition its own.
   */
  private List<String> applied(List<String> said, boolean bare) {
    List<String> result = new ArrayList<>(said.size());
    int i = 0;
    while (i < said.size()) {
      if (i + from.size() <= said.size() && said.subList(i, i + from.size()).equals(from)) {
        result.addAll(to);
        i += from.size();
      } else {
        result.add(bare && said.get(i).equals(oldName()) ? newName() : said.get(i));
        i++;
      }
    }
    return result;
  }

  /** Whether a statement drops either name, or makes a table of the new one. */
  boolean isUndoneIn(List<SqlToken> statement) {
    boolean drops = statement.stream().anyMatch(token -> token.isWord("DROP"));
    boolean makesTable =
        statement.get(0).isWord("CREATE")
            && statement.stream().limit(4).anyMatch(token -> token.isWord("TABLE"));
    return (drops || makesTable)
        && (hasBefore(statement, statement.size(), newName())
            || hasBefore(statement, statement.size(), oldName()));
  }

  static List<String> tokens(String text) {
    return Definitions.read(text).orElse(List.of()).stream().map(SqlToken::text).toList();
  }

  /** The catalog quotes where it must; a statement may quote or shout where it need not. */
  private static boolean sameName(String one, String other) {
    return folded(one).equals(folded(other));
  }

  private static String folded(String name) {
    return name.startsWith("\"") && name.length() > 1
        ? name.substring(1, name.length() - 1)
        : name.toLowerCase(Locale.ROOT);
  }
}
