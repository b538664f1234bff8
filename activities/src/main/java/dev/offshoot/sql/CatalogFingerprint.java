package dev.offshoot.sql;

import dev.offshoot.domain.SchemaChange;
import dev.offshoot.sql.CatalogQuery.Seldom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a database's catalog defines, by object, in words that are the same in every database that
 * defines the same: no owners, no object ids, no column numbers, whatever the search path. Two
 * databases have one schema if and only if their fingerprints are equal.
 *
 * <p>Types of objects: {@code schema}, {@code table}, {@code view}, {@code materialized view},
 * {@code foreign table}, {@code column}, {@code column order}, {@code attribute} (of a composite
 * type), {@code constraint}, {@code index}, {@code sequence}, {@code trigger}, {@code rule}, {@code
 * policy}, {@code function}, {@code procedure}, {@code aggregate}, {@code type}, {@code domain},
 * {@code statistics}, {@code operator}, {@code operator class}, {@code operator family}, {@code
 * cast}, {@code text search configuration|dictionary|parser|template}, {@code collation}, {@code
 * conversion}, {@code foreign data wrapper}, {@code server}, {@code user mapping}, {@code foreign
 * table options}, {@code publication}, {@code subscription}, {@code extension}, {@code language},
 * {@code transform}, {@code access method}, {@code event trigger}, {@code comment}, {@code security
 * label}, {@code privileges}, {@code default privileges}.
 *
 * <p>Left out: system and temporary schemas, Offshoot's own schema {@code offshoot}, what
 * extensions brought, data, and roles. An object's owner prints as {@code <owner>} in its
 * privileges.
 *
 * @param definitions every object's definition
 * @param derived objects of a partition that follow from its parent's (columns, attached indexes,
 *     inherited constraints, cloned triggers)
 */
public record CatalogFingerprint(
    SortedMap<CatalogObject, String> definitions, Set<CatalogObject> derived) {
  private static final String COLUMN_ORDER = "column order";

  /** Everything on which the text of a definition depends, and nothing of the session's choice. */
  private static final String SETTINGS =
      """
      SET LOCAL search_path = pg_catalog, pg_temp;
      SET LOCAL quote_all_identifiers = off;
      SET LOCAL standard_conforming_strings = on;
      SET LOCAL DateStyle = 'ISO, YMD';
      SET LOCAL IntervalStyle = 'postgres';
      SET LOCAL TimeZone = 'UTC';
      SET LOCAL extra_float_digits = 1;
      SET LOCAL bytea_output = 'hex';
      SET LOCAL xmlbinary = 'base64';
      SET LOCAL lc_monetary = 'C';
      SET LOCAL jit = off\
      """;

  public CatalogFingerprint {
    definitions = Collections.unmodifiableSortedMap(new TreeMap<>(definitions));
    derived = Set.copyOf(derived);
  }

  /**
   * Reads the catalog as the connection's transaction sees it. The connection's settings and
   * transaction are afterwards as they were; with auto-commit it is a transaction of its own.
   *
   * <p>Runs nobody's code but the server's, so it may be used on a database that an experiment
   * wrote. Takes about 20 ms for a schema of 100 tables.
   */
  public static CatalogFingerprint read(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      return inSavepoint(connection);
    }
    connection.setAutoCommit(false);
    try {
      return inSavepoint(connection);
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /** Rolling back to the savepoint is what gives the session its settings back. */
  private static CatalogFingerprint inSavepoint(Connection connection) throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    try {
      return query(connection);
    } finally {
      connection.rollback(savepoint);
      connection.releaseSavepoint(savepoint);
    }
  }

  private static CatalogFingerprint query(Connection connection) throws SQLException {
    int major = connection.getMetaData().getDatabaseMajorVersion();
    SortedMap<CatalogObject, String> definitions = new TreeMap<>();
    Set<CatalogObject> derived = new HashSet<>();
    try (Statement statement = connection.createStatement()) {
      statement.execute(SETTINGS);
      String query = CatalogQuery.forServer(major, present(statement));
      try (ResultSet rows = statement.executeQuery(query)) {
        while (rows.next()) {
          CatalogObject object = new CatalogObject(rows.getString(1), rows.getString(2));
          @Nullable String definition = rows.getString(3);
          definitions.merge(object, definition == null ? "" : definition, (a, b) -> a + "\n" + b);
          if (rows.getBoolean(4)) {
            derived.add(object);
          }
        }
      }
    }
    return new CatalogFingerprint(definitions, derived);
  }

  private static Set<Seldom> present(Statement statement) throws SQLException {
    Set<Seldom> present = EnumSet.noneOf(Seldom.class);
    try (ResultSet row = statement.executeQuery(CatalogQuery.PRESENT)) {
      row.next();
      for (Seldom seldom : Seldom.values()) {
        if (row.getBoolean(seldom.name())) {
          present.add(seldom);
        }
      }
    }
    return present;
  }

  /** The definition of an object, or null if there is no such object. */
  public @Nullable String definition(CatalogObject object) {
    return definitions.get(object);
  }

  /**
   * What differs, ordered by type and identity; empty if and only if the two are one schema.
   *
   * <p>The order of a table's columns is told only where columns that both have changed places;
   * else it follows from those that were added, dropped or renamed.
   */
  public static List<SchemaChange> changes(CatalogFingerprint before, CatalogFingerprint after) {
    Set<CatalogObject> objects = new TreeSet<>(before.definitions.keySet());
    objects.addAll(after.definitions.keySet());
    List<SchemaChange> changes = new ArrayList<>();
    for (CatalogObject object : objects) {
      @Nullable String old = before.definitions.get(object);
      @Nullable String now = after.definitions.get(object);
      if (old == null || now == null) {
        if (!object.type().equals(COLUMN_ORDER)) {
          SchemaChange.Kind kind =
              old == null ? SchemaChange.Kind.CREATED : SchemaChange.Kind.DROPPED;
          changes.add(new SchemaChange(kind, object.type(), object.identity(), old, now));
        }
      } else if (!old.equals(now) && !(object.type().equals(COLUMN_ORDER) && follows(old, now))) {
        changes.add(
            new SchemaChange(
                SchemaChange.Kind.ALTERED, object.type(), object.identity(), old, now));
      }
    }
    return List.copyOf(changes);
  }

  /** Whether the columns that both have stand in the same order. */
  private static boolean follows(String old, String now) {
    List<String> kept = new ArrayList<>(Arrays.asList(old.split(", ", -1)));
    List<String> still = new ArrayList<>(Arrays.asList(now.split(", ", -1)));
    Set<String> were = new HashSet<>(kept);
    kept.retainAll(new HashSet<>(still));
    still.retainAll(were);
    return kept.equals(still);
  }
}
