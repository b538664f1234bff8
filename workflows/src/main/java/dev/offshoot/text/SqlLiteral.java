package dev.offshoot.text;

import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableName;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values and names as Postgres reads them back, with nothing hidden in them: control, format and
 * bidirectional characters are written as escapes, so that the text is both exact and safe to show.
 */
public final class SqlLiteral {
  private static final Pattern PLAIN_NAME = Pattern.compile("[a-z_][a-z0-9_]*");
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]+");
  private static final Pattern DECIMAL_NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");

  /** What Postgres 14 to 18 do not take everywhere as a bare name. */
  private static final Set<String> KEYWORDS =
      Set.of(
          """
          all analyse analyze and any array as asc asymmetric authorization between bigint binary \
          bit boolean both case cast char character check coalesce collate collation column \
          concurrently constraint create cross current_catalog current_date current_role \
          current_schema current_time current_timestamp current_user dec decimal default deferrable \
          desc distinct do else end except exists extract false fetch float for foreign freeze from \
          full grant greatest group grouping having ilike in initially inner inout int integer \
          intersect interval into is isnull join json json_array json_arrayagg json_exists \
          json_object json_objectagg json_query json_scalar json_serialize json_table json_value \
          lateral leading least left like limit localtime localtimestamp merge_action national \
          natural nchar none normalize not notnull null nullif numeric offset on only or order out \
          outer overlaps overlay placing position precision primary real references returning right \
          row select session_user setof similar smallint some substring symmetric system_user table \
          tablesample then time timestamp to trailing treat trim true union unique user using values \
          varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement \
          xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable"""
              .split(" "));

  private SqlLiteral() {}

  /** A value of {@code column}: numbers and truth values bare, everything else quoted. */
  public static String value(ColumnShape column, @Nullable String value) {
    if (value == null) {
      return "NULL";
    }
    String type = column.type();
    boolean bare =
        switch (type) {
          case "smallint", "integer", "bigint" -> WHOLE_NUMBER.matcher(value).matches();
          default -> type.startsWith("numeric") && !type.endsWith("]") && isDecimal(value);
        };
    if (bare) {
      return value;
    }
    if (type.equals("boolean")) {
      return value.equals("t") ? "true" : "false";
    }
    return text(value);
  }

  private static boolean isDecimal(String value) {
    return DECIMAL_NUMBER.matcher(value).matches();
  }

  /** A quoted string. */
  public static String text(String value) {
    if (value.codePoints().noneMatch(c -> c == '\\' || ShownText.isHidden(c))) {
      return "'" + value.replace("'", "''") + "'";
    }
    StringBuilder text = new StringBuilder("E'");
    value
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\'' -> text.append("''");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                  if (ShownText.isHidden(c)) {
                    text.append(escape(c));
                  } else {
                    text.appendCodePoint(c);
                  }
                }
              }
            });
    return text.append('\'').toString();
  }

  /** A code point as an escape string has it. */
  static String escape(int c) {
    return c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c);
  }

  /** A name, quoted unless every version of Postgres takes it as it is. */
  public static String name(String name) {
    if (PLAIN_NAME.matcher(name).matches() && !KEYWORDS.contains(name)) {
      return name;
    }
    if (name.codePoints().noneMatch(ShownText::isHidden)) {
      return '"' + name.replace("\"", "\"\"") + '"';
    }
    StringBuilder text = new StringBuilder("U&\"");
    name.codePoints()
        .forEach(
            c -> {
              if (c == '"') {
                text.append("\"\"");
              } else if (c == '\\') {
                text.append("\\\\");
              } else if (ShownText.isHidden(c)) {
                text.append(c < 0x10000 ? "\\%04x".formatted(c) : "\\+%06x".formatted(c));
              } else {
                text.appendCodePoint(c);
              }
            });
    return text.append('"').toString();
  }

  /** What a {@code regclass} reads: a quoted string with quoted names in it. */
  static String regclass(TableName table) {
    return text(quoted(table.schema()) + "." + quoted(table.name()));
  }

  private static String quoted(String name) {
    return PLAIN_NAME.matcher(name).matches() && !KEYWORDS.contains(name)
        ? name
        : '"' + name.replace("\"", "\"\"") + '"';
  }

  /** A table with its schema. */
  public static String name(TableName table) {
    return name(table.schema()) + "." + name(table.name());
  }

  /** For people: without the schema when it is {@code public}. */
  public static String shown(TableName table) {
    return table.schema().equals("public") ? name(table.name()) : name(table);
  }
}
