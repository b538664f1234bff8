package dev.offshoot.cli.mcp;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What whoever starts the server says about all agents that it serves.
 *
 * @param requestedBy their name; each client's own name and the user's if absent
 * @param tenant on whose behalf they work
 * @param samples whether sample values are shown with a table
 * @param masked columns, {@code schema.table.column}, of which {@code describe_table} and {@code
 *     show_diff} show no value; an agent that may read them can still do so in SQL
 */
public record ToolSettings(
    @Nullable String requestedBy, @Nullable String tenant, boolean samples, Set<String> masked) {

  public ToolSettings {
    masked = Set.copyOf(masked);
  }

  boolean masks(String schema, String table, String column) {
    return masked.contains(schema + "." + table + "." + column);
  }
}
