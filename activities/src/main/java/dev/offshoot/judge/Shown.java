package dev.offshoot.judge;

import java.util.Set;

/**
 * Which values of rows a model may see.
 *
 * @param rowValues whether any
 * @param masked columns of which it never sees a value, as {@code schema.table.column}
 */
record Shown(boolean rowValues, Set<String> masked) {
  Shown {
    masked = Set.copyOf(masked);
  }
}
