package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.IdentityChange;
import dev.offshoot.domain.SqlToken;
import dev.offshoot.domain.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A table or column that the configuration names: not to be written unnoticed, or not to be shown.
 *
 * @param table which
 * @param column one of its columns; absent for all of it
 */
public record SensitiveName(TableName table, @Nullable String column) {

  /**
   * Reads {@code schema.table} or {@code schema.table.column}, written as in SQL; absent if it is
   * neither.
   */
  public static Optional<SensitiveName> parse(String text) {
    List<String> names = names(text);
    return names.size() == 2 || names.size() == 3
        ? Optional.of(
            new SensitiveName(
                new TableName(names.get(0), names.get(1)), names.size() == 3 ? names.get(2) : null))
        : Optional.empty();
  }

  /** The name that it has in the branch, whatever the experiment renamed it to. */
  SensitiveName inBranch(ChangeSummary changes) {
    SensitiveName now = this;
    for (IdentityChange identity : changes.observed().identities()) {
      if (identity.kind() == IdentityChange.Kind.RENAMED) {
        now = renamed(now, identity);
      }
    }
    return now;
  }

  private SensitiveName renamed(SensitiveName now, IdentityChange rename) {
    List<String> from = names(rename.before());
    List<String> to = names(rename.after());
    return switch (rename.objectType()) {
      case "schema" ->
          from.equals(List.of(table.schema()))
              ? new SensitiveName(new TableName(to.get(0), now.table().name()), now.column())
              : now;
      case "table" ->
          from.equals(List.of(table.schema(), table.name()))
              ? new SensitiveName(new TableName(to.get(0), to.get(1)), now.column())
              : now;
      case "column" ->
          column != null && from.equals(List.of(table.schema(), table.name(), column))
              ? new SensitiveName(now.table(), to.get(2))
              : now;
      default -> now;
    };
  }

  /** Whether it is this column, or its whole table is named. */
  boolean covers(TableName columnsTable, String name) {
    return table.equals(columnsTable) && (column == null || column.equals(name));
  }

  /** The parts of a dotted name without their quotes; none if it is no dotted name. */
  static List<String> names(String text) {
    List<SqlToken> tokens = Definitions.read(text).orElse(List.of());
    List<String> names = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      if (i % 2 == 1 ? !token.isSymbol('.') : !isName(token)) {
        return List.of();
      }
      if (i % 2 == 0) {
        names.add(unquoted(token));
      }
    }
    return tokens.size() % 2 == 1 ? List.copyOf(names) : List.of();
  }

  private static boolean isName(SqlToken token) {
    return token.kind() == SqlToken.Kind.WORD || token.kind() == SqlToken.Kind.QUOTED_NAME;
  }

  private static String unquoted(SqlToken token) {
    String text = token.text();
    return token.kind() == SqlToken.Kind.WORD
        ? text.toLowerCase(Locale.ROOT)
        : text.substring(1, text.length() - 1).replace("\"\"", "\"");
  }

  @Override
  public String toString() {
    return column == null ? table.toString() : table + "." + column;
  }
}
