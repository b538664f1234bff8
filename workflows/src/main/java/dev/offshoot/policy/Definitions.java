package dev.offshoot.policy;

import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SqlLexer;
import dev.offshoot.domain.SqlToken;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what the policy needs from the definitions of a catalog fingerprint. */
final class Definitions {
  private static final String FORCED_ROW_SECURITY = "FORCE ROW LEVEL SECURITY";
  private static final String ROW_SECURITY = "ROW LEVEL SECURITY";

  /** Words that follow a column's type in its definition. */
  private static final Set<String> AFTER_TYPE =
      Set.of(
          "COLLATE",
          "COMPRESSION",
          "DEFAULT",
          "GENERATED",
          "INHERITED",
          "MERGED",
          "NOT",
          "OPTIONS",
          "STATISTICS",
          "STORAGE");

  private Definitions() {}

  static String text(@Nullable String definition) {
    return definition == null ? "" : definition;
  }

  /** Whether definitions of these objects begin with a column's type. */
  static boolean hasColumnType(String objectType) {
    return objectType.equals("column") || objectType.equals("attribute");
  }

  /** The type with which a column's definition begins, in the server's words. */
  static String columnType(@Nullable String definition) {
    String text = text(definition);
    return text.substring(0, typeEnd(text)).strip();
  }

  /** What follows the type in a column's definition. */
  static String afterColumnType(@Nullable String definition) {
    String text = text(definition);
    return text.substring(typeEnd(text)).strip();
  }

  private static int typeEnd(String definition) {
    Optional<List<SqlToken>> tokens = read(definition);
    if (tokens.isPresent()) {
      List<SqlToken> found = tokens.get();
      for (int i = 0; i < found.size(); i++) {
        SqlToken token = found.get(i);
        boolean options =
            token.isWord("WITH") && i + 1 < found.size() && found.get(i + 1).isSymbol('(');
        if (options || AFTER_TYPE.stream().anyMatch(token::isWord)) {
          return token.start();
        }
      }
    }
    return definition.length();
  }

  /**
   * The part of a definition in which an expression may call functions; absent if the text was cut
   * inside quotes.
   */
  static Optional<List<SqlToken>> expression(String objectType, @Nullable String definition) {
    return switch (objectType) {
      case "column", "attribute" -> read(afterColumnType(definition));
      case "comment", "column order", "schema", "type", "sequence" -> Optional.of(List.of());
      default -> read(text(definition));
    };
  }

  static String rowSecurity(String tableDefinition) {
    return (tableDefinition.contains(FORCED_ROW_SECURITY) ? "forced " : "")
        + tableDefinition.replace(FORCED_ROW_SECURITY, "").contains(ROW_SECURITY);
  }

  static String withoutRowSecurity(String tableDefinition) {
    return tableDefinition
        .replace(FORCED_ROW_SECURITY, "")
        .replace(ROW_SECURITY, "")
        .replaceAll(" +", " ")
        .strip();
  }

  /** The first name in {@code text}, as it is written. */
  static String firstName(String text) {
    return read(text).orElse(List.of()).stream()
        .limit(1)
        .map(SqlToken::text)
        .collect(Collectors.joining());
  }

  static Optional<List<SqlToken>> read(String text) {
    try {
      return Optional.of(SqlLexer.tokens(text));
    } catch (OffshootException unclosed) {
      return Optional.empty();
    }
  }
}
