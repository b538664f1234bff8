package dev.offshoot.diff;

import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.TableCatalog.Column;

/**
 * An order of a column's values that the server and we agree on, so that two sorted streams can be
 * merged here. Its expressions run nobody's code but the server's: no casts, and only operators of
 * the server's own types.
 */
enum KeyOrder {
  /** By number, which an index gives for free. */
  NUMBER,
  /** Text in the order of its bytes. */
  TEXT,
  /** Sorts as its text does, lower case hexadecimal. */
  UUID,
  /** The printed form, in the order of its bytes; {@code format} knows no casts. */
  PRINTED;

  private static final long INT8 = 20;
  private static final long INT2 = 21;
  private static final long INT4 = 23;
  private static final long TEXT_TYPE = 25;
  private static final long OID = 26;
  private static final long VARCHAR = 1043;
  private static final long UUID_TYPE = 2950;

  static KeyOrder of(Column column) {
    long type = column.baseType();
    if (type == INT8 || type == INT4 || type == INT2 || type == OID) {
      return NUMBER;
    }
    if (type == TEXT_TYPE || type == VARCHAR) {
      return TEXT;
    }
    return type == UUID_TYPE ? UUID : PRINTED;
  }

  /**
   * What to sort by.
   *
   * @param bytesAreUtf8 whether the server keeps text as UTF-8, whose byte order is ours
   */
  String expression(String column, boolean bytesAreUtf8) {
    String value = "t." + Identifiers.quote(column);
    return switch (this) {
      case NUMBER, UUID -> value;
      case TEXT -> bytesAreUtf8 ? collated(value) : inUtf8(value);
      case PRINTED -> printed(column, bytesAreUtf8);
    };
  }

  /** The printed form of a column as something to sort by; null prints as nothing. */
  static String printed(String column, boolean bytesAreUtf8) {
    String printed = "pg_catalog.format('%s', t." + Identifiers.quote(column) + ")";
    return bytesAreUtf8 ? collated(printed) : inUtf8(printed);
  }

  private static String collated(String text) {
    return text + " COLLATE pg_catalog.\"C\"";
  }

  private static String inUtf8(String text) {
    return "pg_catalog.convert_to(%s, 'UTF8')".formatted(text);
  }

  int compare(String left, String right) {
    return this == NUMBER
        ? Long.compare(Long.parseLong(left), Long.parseLong(right))
        : byCodePoint(left, right);
  }

  /** The order of UTF-8 bytes, which {@link String#compareTo} is not beyond U+FFFF. */
  static int byCodePoint(String left, String right) {
    int common = Math.min(left.length(), right.length());
    for (int i = 0; i < common; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        return Character.isSurrogate(a) == Character.isSurrogate(b)
            ? Character.compare(a, b)
            : Character.isSurrogate(a) ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
