package dev.offshoot.changelog;

import dev.offshoot.sql.Identifiers;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Types whose values can be found again by their print: the server's own, read back by its own
 * input function as a value that the key's index takes for the same. No enumeration is among them,
 * since its labels can be renamed after a key was noted.
 */
public enum KeyType {
  BOOL(16),
  BYTEA(17),
  INT8(20),
  INT2(21),
  INT4(23),
  TEXT(25),
  OID(26),
  FLOAT4(700),
  FLOAT8(701),
  BPCHAR(1042),
  VARCHAR(1043),
  DATE(1082),
  TIME(1083),
  TIMESTAMP(1114),
  TIMESTAMPTZ(1184),
  NUMERIC(1700),
  UUID(2950);

  private final long oid;

  KeyType(long oid) {
    this.oid = oid;
  }

  /** The one of that object id, which the server's own types have everywhere. */
  public static Optional<KeyType> of(long oid) {
    return Arrays.stream(values()).filter(type -> type.oid == oid).findFirst();
  }

  /** As SQL names it. */
  public String sql() {
    return "pg_catalog." + Identifiers.quote(name().toLowerCase(Locale.ROOT));
  }
}
