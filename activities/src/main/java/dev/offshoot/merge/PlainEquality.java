package dev.offshoot.merge;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Types of the server's own whose {@code =} holds of two values exactly if they are stored alike,
 * so that it can stand for {@code record_image_eq}, which builds two rows to compare them. Not
 * among them are numbers with a scale (1.0 = 1.00), floats (0 = -0), intervals (1 day = 24 hours),
 * {@code char(n)} and all whose operators somebody else may have made.
 */
enum PlainEquality {
  /** Compared byte by byte. */
  BYTES,
  /** Compared byte by byte under the collation C, whatever the column's collation holds equal. */
  TEXT;

  private static final Set<String> OF_BYTES =
      Set.of(
          "smallint",
          "integer",
          "bigint",
          "oid",
          "boolean",
          "date",
          "timestamp without time zone",
          "timestamp with time zone",
          "time without time zone",
          "uuid",
          "bytea");

  private static final Set<String> OF_TEXT = Set.of("text", "character varying");
  private static final Pattern PRECISION = Pattern.compile("\\(\\d+\\)");

  /** How values of a type compare, as {@code format_type} prints it; empty if not plainly. */
  static Optional<PlainEquality> of(String type) {
    String bare = PRECISION.matcher(type).replaceFirst("");
    return OF_BYTES.contains(bare)
        ? Optional.of(BYTES)
        : OF_TEXT.contains(bare) ? Optional.of(TEXT) : Optional.empty();
  }

  /** Whether both are stored alike, nulls too; never null, and holds under any search path. */
  String alike(String x, String y) {
    return "COALESCE(%1$s%3$s OPERATOR(pg_catalog.=) %2$s, %1$s IS NULL AND %2$s IS NULL)"
        .formatted(x, y, this == TEXT ? " COLLATE pg_catalog.\"C\"" : "");
  }
}
