package dev.offshoot.diff;

import dev.offshoot.domain.SchemaChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Statements that set the privileges on an object back, from how the fingerprint tells them. */
final class Privileges {
  private static final String GRANTABLE = " WITH GRANT OPTION";
  private static final String OWNER = "<owner>";

  /** Kinds of objects as the fingerprint calls them, and as GRANT does; longer ones first. */
  private static final List<Map.Entry<String, String>> KINDS =
      List.of(
          Map.entry("materialized view ", "TABLE "),
          Map.entry("foreign table ", "TABLE "),
          Map.entry("procedure ", "ROUTINE "),
          Map.entry("aggregate ", "ROUTINE "),
          Map.entry("function ", "ROUTINE "),
          Map.entry("sequence ", "SEQUENCE "),
          Map.entry("schema ", "SCHEMA "),
          Map.entry("column ", "TABLE "),
          Map.entry("domain ", "DOMAIN "),
          Map.entry("table ", "TABLE "),
          Map.entry("view ", "TABLE "),
          Map.entry("type ", "TYPE "));

  private Privileges() {}

  /** None for an object whose kind is not known here. */
  static List<String> setBack(SchemaChange change) {
    for (Map.Entry<String, String> kind : KINDS) {
      if (change.identity().startsWith(kind.getKey())) {
        String name = change.identity().substring(kind.getKey().length());
        String columns = "";
        if (kind.getKey().equals("column ")) {
          QuotedName column = QuotedName.of(name);
          name = column.owner();
          columns = " (" + column.last() + ")";
        }
        Map<String, Set<String>> usual = columns.isEmpty() ? usual(kind.getValue()) : Map.of();
        return between(
            rights(change.after(), usual),
            rights(change.before(), usual),
            columns,
            kind.getValue() + name);
      }
    }
    return List.of();
  }

  /** What PUBLIC may do with a new object, and its owner. */
  private static Map<String, Set<String>> usual(String kind) {
    return switch (kind) {
      case "ROUTINE " -> Map.of("PUBLIC", Set.of("EXECUTE"), OWNER, Set.of("ALL"));
      case "TYPE ", "DOMAIN " -> Map.of("PUBLIC", Set.of("USAGE"), OWNER, Set.of("ALL"));
      default -> Map.of(OWNER, Set.of("ALL"));
    };
  }

  private static Map<String, Set<String>> rights(
      @Nullable String stated, Map<String, Set<String>> usual) {
    if (stated == null) {
      return usual;
    }
    Map<String, Set<String>> rights = new LinkedHashMap<>();
    for (String line : stated.split("\n", -1)) {
      int colon = line.lastIndexOf(": ");
      if (colon > 0) {
        rights.put(line.substring(0, colon), Set.of(line.substring(colon + 2).split(", ", -1)));
      }
    }
    return rights;
  }

  private static List<String> between(
      Map<String, Set<String>> now, Map<String, Set<String>> then, String columns, String object) {
    Set<String> roles = new TreeSet<>(now.keySet());
    roles.addAll(then.keySet());
    List<String> statements = new ArrayList<>();
    for (String role : roles) {
      Set<String> has = now.getOrDefault(role, Set.of());
      Set<String> had = then.getOrDefault(role, Set.of());
      String grantee = role.equals(OWNER) ? "CURRENT_ROLE" : role;
      for (String right : without(has, had)) {
        if (!right.equals("ALL")) {
          String bare = right.replace(GRANTABLE, "");
          boolean keeps = had.contains(bare);
          statements.add(
              "REVOKE %s%s%s ON %s FROM %s"
                  .formatted(keeps ? "GRANT OPTION FOR " : "", bare, columns, object, grantee));
        }
      }
      for (String right : without(had, has)) {
        statements.add(
            "GRANT %s%s ON %s TO %s%s"
                .formatted(
                    right.replace(GRANTABLE, ""),
                    columns,
                    object,
                    grantee,
                    right.endsWith(GRANTABLE) ? GRANTABLE : ""));
      }
    }
    return statements;
  }

  private static Set<String> without(Set<String> all, Set<String> some) {
    Set<String> rest = new LinkedHashSet<>(new TreeSet<>(all));
    rest.removeAll(some);
    return rest;
  }
}
