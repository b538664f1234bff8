package dev.offshoot.sql;

import java.util.List;

/**
 * SQL expressions for values as the server prints them, which run no cast and no operator that an
 * experiment may have made. They hold under any search path.
 */
public final class PrintedValues {
  private PrintedValues() {}

  /**
   * What the server prints for {@code x}; null for null. {@code format} calls the type's output
   * function and no cast; {@code IS DISTINCT FROM NULL} is false for nulls only, also of composite
   * types; the collation makes texts equal only when they are the same.
   */
  public static String text(String x) {
    return """
    CASE WHEN %1$s IS DISTINCT FROM NULL
      THEN pg_catalog.format('%%s', %1$s) COLLATE pg_catalog."C" END\
    """
        .formatted(x);
  }

  /** The printed values as one array, for reading them or for comparing whole rows. */
  public static String array(List<String> xs) {
    return xs.isEmpty()
        ? "ARRAY[]::text[]"
        : "ARRAY[%s]".formatted(String.join(", ", xs.stream().map(PrintedValues::text).toList()));
  }
}
