package dev.offshoot.policy;

import dev.offshoot.domain.SqlToken;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A definition of the catalog fingerprint cut into the clauses that it is made of. The server
 * writes key words in upper case and quotes every name that is not in lower case, so that no name
 * can pretend to be a clause.
 *
 * @param head what comes before the first clause
 * @param clauses text of each clause by the words with which it begins, those left out
 */
record Clauses(String head, Map<String, String> clauses) {
  private static final List<String> OF_COLUMN =
      List.of(
          "COLLATE",
          "STORAGE",
          "COMPRESSION",
          "DEFAULT",
          "GENERATED",
          "CONSTRAINT",
          "NOT",
          "STATISTICS",
          "WITH",
          "OPTIONS",
          "MERGED",
          "INHERITED");

  private static final List<String> OF_RELATION =
      List.of(
          "UNLOGGED",
          "TEMPORARY",
          "PARTITION BY",
          "PARTITION OF",
          "INHERITS",
          "FOR",
          "DEFAULT",
          "OF",
          "USING",
          "TABLESPACE",
          "WITH",
          "TOAST WITH",
          "REPLICA IDENTITY",
          "ROW LEVEL SECURITY",
          "FORCE ROW LEVEL SECURITY",
          "NOT POPULATED",
          "AS");

  private static final List<String> OF_INDEX =
      List.of(
          "WITH",
          "WHERE",
          "ATTACHED TO",
          "TABLESPACE",
          "STATISTICS",
          "INVALID",
          "CLUSTERED",
          "REPLICA IDENTITY");

  private static final List<String> OF_CONSTRAINT =
      List.of(
          "NOT ENFORCED",
          "NOT VALID",
          "MERGED",
          "INHERITED",
          "ATTACHED TO",
          "TABLESPACE",
          "WITH",
          "STATISTICS",
          "INVALID",
          "CLUSTERED",
          "REPLICA IDENTITY");

  private static final List<String> OF_TRIGGER = List.of("ENABLED", "DISABLED");

  /** Absent for objects whose definitions are not cut, and if the text ends inside quotes. */
  static Optional<Clauses> of(String objectType, String definition) {
    List<String> words =
        switch (objectType) {
          case "column", "attribute", "domain" -> OF_COLUMN;
          case "table", "foreign table", "view", "materialized view" -> OF_RELATION;
          case "index" -> OF_INDEX;
          case "constraint" -> OF_CONSTRAINT;
          case "trigger", "rule" -> OF_TRIGGER;
          default -> List.of();
        };
    return words.isEmpty()
        ? Optional.empty()
        : Definitions.read(definition).map(tokens -> cut(definition, tokens, words));
  }

  /** Text of a clause; empty if there is none. */
  String text(String clause) {
    return clauses.getOrDefault(clause, "");
  }

  boolean has(String clause) {
    return clauses.containsKey(clause);
  }

  /** Whether both say the same in one of these clauses. */
  boolean sameAs(Clauses other, String... words) {
    for (String word : words) {
      if (has(word) != other.has(word) || !text(word).equals(other.text(word))) {
        return false;
      }
    }
    return true;
  }

  /** Without some clauses. */
  Clauses without(String... words) {
    Map<String, String> rest = new LinkedHashMap<>(clauses);
    rest.keySet().removeAll(List.of(words));
    return new Clauses(head, rest);
  }

  /** Clauses come in the order of {@code words}; what looks like an earlier one is no clause. */
  private static Clauses cut(String definition, List<SqlToken> tokens, List<String> words) {
    Map<String, String> clauses = new LinkedHashMap<>();
    String head = "";
    String current = "";
    int begun = 0;
    int next = 0;
    int parentheses = 0;
    for (int i = 0; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      parentheses += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
      int found = parentheses == 0 ? begins(tokens, i, words, next) : -1;
      if (found >= 0) {
        String before = definition.substring(begun, token.start()).strip();
        if (next == 0) {
          head = before;
        } else {
          clauses.put(current, before);
        }
        current = words.get(found);
        next = found + 1;
        i += current.split(" ", -1).length - 1;
        begun = tokens.get(i).end();
      }
    }
    String last = definition.substring(begun).strip();
    if (next == 0) {
      head = last;
    } else {
      clauses.put(current, last);
    }
    return new Clauses(head, clauses);
  }

  private static int begins(List<SqlToken> tokens, int at, List<String> words, int from) {
    if (at > 0 && tokens.get(at - 1).text().equals("VALUES")) {
      return -1;
    }
    for (int i = from; i < words.size(); i++) {
      String[] wanted = words.get(i).split(" ", -1);
      boolean all = at + wanted.length <= tokens.size();
      for (int j = 0; all && j < wanted.length; j++) {
        SqlToken token = tokens.get(at + j);
        all = token.kind() == SqlToken.Kind.WORD && token.text().equals(wanted[j]);
      }
      if (all) {
        return i;
      }
    }
    return -1;
  }
}
