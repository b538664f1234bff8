package dev.offshoot.cli.mcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What {@link Catalog#facts} answered, by its words. */
final class TableFacts {
  private final List<List<@Nullable String>> facts;

  /**
   * @param facts at least the one that names the table
   */
  TableFacts(List<List<@Nullable String>> facts) {
    this.facts = facts;
  }

  String schema() {
    return String.valueOf(first("relation"));
  }

  String name() {
    return String.valueOf(definition("relation"));
  }

  /** As SQL writes it. */
  String written() {
    return String.valueOf(first("written"));
  }

  @Nullable String comment() {
    return definition("comment");
  }

  boolean isView() {
    return "v".equals(first("kind"));
  }

  String kind() {
    return switch (String.valueOf(first("kind"))) {
      case "p" -> "partitioned table";
      case "v" -> "view";
      case "m" -> "materialized view";
      case "f" -> "foreign table";
      default -> "table";
    };
  }

  @Nullable String first(String word) {
    return value(word, 1);
  }

  private @Nullable String definition(String word) {
    return value(word, 2);
  }

  private @Nullable String value(String word, int place) {
    for (List<@Nullable String> fact : facts) {
      if (Objects.equals(fact.get(0), word)) {
        return fact.get(place);
      }
    }
    return null;
  }

  /** Name and definition of each of that kind. */
  List<String> all(String word, int most) {
    List<String> all = new ArrayList<>();
    for (List<@Nullable String> fact : facts) {
      if (Objects.equals(fact.get(0), word) && all.size() < most) {
        all.add("%s: %s".formatted(fact.get(1), fact.get(2)));
      }
    }
    return all;
  }
}
