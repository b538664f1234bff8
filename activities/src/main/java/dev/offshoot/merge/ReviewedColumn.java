package dev.offshoot.merge;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A column of the change set on its way to the parent's column of the same name, with the SQL that
 * speaks of its values. In all of the merge's SQL {@code s} is a staged change, {@code p} the
 * parent's row as it stood when it was locked, and {@code t} the parent's table.
 *
 * @param place its place in the change set's images, from 1
 * @param column the parent's column
 * @param delta whether an update stands for what it adds
 * @param isNew whether the merge has just added it, so that the parent's users cannot have written
 *     it
 */
record ReviewedColumn(int place, ParentTable.Column column, boolean delta, boolean isNew) {
  /** Precision and scale; a scale may be negative. */
  private static final Pattern NUMERIC = Pattern.compile("numeric\\((\\d+),(-?\\d+)\\)");

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

  /**
   * What an updated row is to hold: the reviewed value where there is one, else the parent's; for a
   * counter the parent's value with what the update adds. Holds under any search path.
   */
  String merged(String parents) {
    String reviewed =
        delta
            ? "CASE WHEN %s THEN %s ELSE CAST(%s AS %s) END"
                .formatted(
                    Images.allIdentical(List.of(parents), List.of(before())),
                    written(),
                    sum(parents),
                    column.type())
            : written();
    return "CASE WHEN %s THEN %s ELSE %s END".formatted(changed(), reviewed, parents);
  }

  /**
   * Whether a counter that an update changes can be: the parent's value is the one that the
   * experiment saw, or all three are numbers and the type can hold the sum. Never null; holds under
   * any search path.
   */
  String addable(String parents) {
    return "(NOT %s OR %s OR COALESCE(CASE WHEN %s THEN %s END, false))"
        .formatted(
            changed(),
            Images.allIdentical(List.of(parents), List.of(before())),
            Stream.of(parents, before(), written())
                .map(ReviewedColumn::isFinite)
                .collect(Collectors.joining(" AND ")),
            fits("(" + sum(parents) + ")"));
  }

  private String sum(String parents) {
    String number = "CAST(%s AS pg_catalog.numeric)";
    return "%s OPERATOR(pg_catalog.+) (%s OPERATOR(pg_catalog.-) %s)"
        .formatted(
            number.formatted(parents), number.formatted(written()), number.formatted(before()));
  }

  private static String isFinite(String value) {
    return "%s OPERATOR(pg_catalog.<>) ALL (ARRAY['NaN', 'Infinity', '-Infinity'])"
        .formatted(Images.text(value));
  }

  /** Whether the column's type holds {@code number} as it is. */
  private String fits(String number) {
    Matcher numeric = NUMERIC.matcher(column.type());
    if (numeric.matches()) {
      int scale = Integer.parseInt(numeric.group(2));
      int digits = Integer.parseInt(numeric.group(1)) - scale;
      return "pg_catalog.abs(%s) OPERATOR(pg_catalog.<) CAST('1e%d' AS pg_catalog.numeric)"
          .formatted(number, digits);
    }
    return switch (column.type()) {
      case "smallint" -> between(number, Short.MIN_VALUE, Short.MAX_VALUE);
      case "integer" -> between(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case "bigint" -> between(number, Long.MIN_VALUE, Long.MAX_VALUE);
      default -> "true";
    };
  }

  private static String between(String number, long least, long most) {
    return "%1$s OPERATOR(pg_catalog.>=) CAST('%2$d' AS pg_catalog.numeric) AND %1$s OPERATOR(pg_catalog.<=) CAST('%3$d' AS pg_catalog.numeric)"
        .formatted(number, least, most);
  }
}
