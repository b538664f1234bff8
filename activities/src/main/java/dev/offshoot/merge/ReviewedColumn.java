package dev.offshoot.merge;

/**
 * A column of the change set on its way to the parent's column of the same name, with the SQL that
 * speaks of its values. In all of the merge's SQL {@code s} is a staged change, {@code p} the
 * parent's row as it stood when it was locked, and {@code t} the parent's table.
 *
 * @param place its place in the change set's images, from 1
 * @param column the parent's column
 * @param isNew whether the merge has just added it, so that the parent's users cannot have written
 *     it
 */
record ReviewedColumn(int place, ParentTable.Column column, boolean isNew) {
  /** Value at the branch point. */
  String before() {
    return "s.b" + column.number();
  }

  /** Reviewed value. */
  String after() {
    return after("s");
  }

  /** The reviewed value of another change; holds under any search path. */
  String after(String change) {
    return "(CASE WHEN pg_catalog.substr(%1$s.changed, %2$d, 1) OPERATOR(pg_catalog.=) '0' THEN %1$s.b%3$d ELSE %1$s.a%3$d END)"
        .formatted(change, place, column.number());
  }

  /** Reviewed value of an insert, or where an update changes it. */
  String written() {
    return "s.a" + column.number();
  }

  /** The parent's value. */
  String standing() {
    return "p.c" + column.number();
  }

  /** The table's value now, without its domain, so that it compares with the other two. */
  String inTable() {
    String value = "t." + column.quoted();
    return column.type().equals(column.storedAs())
        ? value
        : "CAST(%s AS %s)".formatted(value, column.storedAs());
  }

  /** Whether the experiment changed it; holds under any search path. */
  String changed() {
    return "pg_catalog.substr(s.changed, %d, 1) OPERATOR(pg_catalog.=) '1'".formatted(place);
  }

  /** What an updated row is to hold: the reviewed value where there is one, else the parent's. */
  String merged(String parents) {
    return "CASE WHEN %s THEN %s ELSE %s END".formatted(changed(), written(), parents);
  }
}
