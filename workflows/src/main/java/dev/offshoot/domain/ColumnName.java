package dev.offshoot.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A column by table and name, unquoted, as the catalog holds them. */
public record ColumnName(TableName table, String column) {
  private static final Pattern PART =
      Pattern.compile("\\G(?:\"((?:[^\"]|\"\")+)\"|([\\p{L}_][\\p{L}\\p{N}_$]*))(\\.|$)");

  /**
   * What {@code schema.table.column} names, each part quoted or not as in SQL; empty if it is not
   * of that form.
   */
  public static Optional<ColumnName> parse(String text) {
    List<String> parts = new ArrayList<>();
    Matcher part = PART.matcher(text);
    int end = 0;
    while (part.find()) {
      parts.add(
          part.group(1) != null
              ? part.group(1).replace("\"\"", "\"")
              : part.group(2).toLowerCase(Locale.ROOT));
      end = part.end();
    }
    boolean complete = end == text.length() && !text.endsWith(".") && parts.size() == 3;
    return complete
        ? Optional.of(new ColumnName(new TableName(parts.get(0), parts.get(1)), parts.get(2)))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return table + "." + column;
  }
}
