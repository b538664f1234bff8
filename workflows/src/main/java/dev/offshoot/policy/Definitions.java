package dev.offshoot.policy;

import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SqlLexer;
import dev.offshoot.domain.SqlToken;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what the policy needs from the definitions of a catalog fingerprint. */
final class Definitions {
  private Definitions() {}

  static String text(@Nullable String definition) {
    return definition == null ? "" : definition;
  }

  /**
   * The part of a definition in which an expression may call functions; absent if the text was cut
   * inside quotes.
   */
  static Optional<List<SqlToken>> expression(String objectType, @Nullable String definition) {
    return switch (objectType) {
      case "column", "attribute", "domain" ->
          read(text(definition)).map(tokens -> afterType(objectType, text(definition), tokens));
      case "comment", "column order", "schema", "type", "sequence" -> Optional.of(List.of());
      default -> read(text(definition));
    };
  }

  /** A type with a size looks like a call. */
  private static List<SqlToken> afterType(
      String objectType, String definition, List<SqlToken> tokens) {
    int type = Clauses.of(objectType, definition).map(cut -> cut.head().length()).orElse(0);
    return tokens.stream().filter(token -> token.start() >= type).toList();
  }

  static Optional<List<SqlToken>> read(String text) {
    try {
      return Optional.of(SqlLexer.tokens(text));
    } catch (OffshootException unclosed) {
      return Optional.empty();
    }
  }
}
