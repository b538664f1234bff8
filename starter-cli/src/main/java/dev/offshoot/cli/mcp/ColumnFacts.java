package dev.offshoot.cli.mcp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column as {@link Catalog#columns} tells it.
 *
 * @param written its name as SQL writes it
 * @param masked whether its values are not shown
 * @param row what was told
 */
record ColumnFacts(String written, boolean masked, List<@Nullable String> row) {

  static ColumnFacts of(List<@Nullable String> row, TableFacts table, ToolSettings settings) {
    return new ColumnFacts(
        String.valueOf(row.get(1)),
        settings.masks(table.schema(), table.name(), String.valueOf(row.get(0))),
        row);
  }

  Answer described() {
    // Postgres prints truth values as t and f.
    boolean nullable = !"f".equals(row.get(3)) && !"false".equals(row.get(3));
    return new Answer()
        .with("column", row.get(0))
        .with("type", row.get(2))
        .with("nullable", nullable)
        .with("default", row.get(4))
        .with("comment", row.get(5))
        .when("masked", masked);
  }
}
