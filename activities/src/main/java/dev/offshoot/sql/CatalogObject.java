package dev.offshoot.sql;

import java.util.Comparator;

/**
 * Names an object of a database's catalog.
 *
 * @param type {@code table}, {@code column}, {@code index} ... in words; {@link CatalogFingerprint}
 *     lists them
 * @param identity quoted and schema-qualified; the same in every database that has the object
 */
public record CatalogObject(String type, String identity) implements Comparable<CatalogObject> {
  private static final Comparator<CatalogObject> ORDER =
      Comparator.comparing(CatalogObject::type).thenComparing(CatalogObject::identity);

  @Override
  public int compareTo(CatalogObject other) {
    return ORDER.compare(this, other);
  }

  /** For messages: {@code table public.orders}. */
  @Override
  public String toString() {
    return type + " " + identity;
  }
}
