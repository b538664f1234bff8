package dev.offshoot.policy;

import dev.offshoot.domain.SqlToken;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which functions a piece of SQL calls, as far as its text shows it. Names in quotes and strings
 * are not mistaken for calls; an operator or a cast may hide one.
 */
final class FunctionCalls {
  /** Functions that only compute, quickly, from their arguments. */
  private static final Set<String> HARMLESS =
      Set.of(
          "abs",
          "age",
          "array_agg",
          "array_length",
          "array_position",
          "avg",
          "bool_and",
          "bool_or",
          "btrim",
          "cardinality",
          "ceil",
          "ceiling",
          "char_length",
          "coalesce",
          "concat",
          "concat_ws",
          "count",
          "date_part",
          "date_trunc",
          "every",
          "exists",
          "extract",
          "first_value",
          "floor",
          "gen_random_uuid",
          "greatest",
          "initcap",
          "lag",
          "last_value",
          "lead",
          "least",
          "left",
          "length",
          "lower",
          "ltrim",
          "make_date",
          "make_interval",
          "max",
          "md5",
          "min",
          "mod",
          "now",
          "nullif",
          "num_nonnulls",
          "num_nulls",
          "octet_length",
          "percentile_cont",
          "percentile_disc",
          "position",
          "power",
          "rank",
          "replace",
          "right",
          "round",
          "row_number",
          "rtrim",
          "sign",
          "split_part",
          "sqrt",
          "starts_with",
          "string_agg",
          "strpos",
          "substr",
          "substring",
          "sum",
          "to_char",
          "to_date",
          "to_timestamp",
          "translate",
          "trim",
          "trunc",
          "upper",
          "dense_rank",
          "jsonb_array_length",
          "jsonb_typeof",
          "random");

  /** Words that a parenthesis may follow without making a call. */
  private static final Set<String> KEYWORDS =
      Set.of(
          "all",
          "and",
          "any",
          "array",
          "as",
          "between",
          "bit",
          "by",
          "case",
          "cast",
          "char",
          "character",
          "check",
          "cube",
          "dec",
          "decimal",
          "default",
          "distinct",
          "else",
          "except",
          "filter",
          "float",
          "from",
          "group",
          "grouping",
          "having",
          "ilike",
          "in",
          "inner",
          "intersect",
          "interval",
          "is",
          "isnull",
          "join",
          "key",
          "lateral",
          "like",
          "limit",
          "materialized",
          "not",
          "notnull",
          "numeric",
          "offset",
          "on",
          "only",
          "or",
          "over",
          "partition",
          "recursive",
          "references",
          "returning",
          "rollup",
          "row",
          "select",
          "set",
          "sets",
          "similar",
          "some",
          "table",
          "then",
          "time",
          "timestamp",
          "to",
          "union",
          "unique",
          "using",
          "values",
          "varchar",
          "varying",
          "when",
          "where",
          "window",
          "with",
          "within",
          "zone");

  private FunctionCalls() {}

  /** Names of functions called in {@code tokens} that are not known to be harmless. */
  static Set<String> beyondHarmless(List<SqlToken> tokens) {
    Set<String> names = new LinkedHashSet<>();
    for (Call call : calls(tokens)) {
      boolean builtIn = call.schema().isEmpty() || call.schema().equals("pg_catalog");
      if (!builtIn || !HARMLESS.contains(call.name())) {
        names.add(call.toString());
      }
    }
    return names;
  }

  /**
   * Names of functions and operators in a schema of somebody's own, and of the server's own
   * functions that act, in text that the server printed under the search path {@code pg_catalog}:
   * there its own are bare and all others qualified.
   */
  static Set<String> beyondComputing(List<SqlToken> tokens) {
    Set<String> names = new LinkedHashSet<>();
    for (Call call : calls(tokens)) {
      boolean builtIn = call.schema().isEmpty() || call.schema().equals("pg_catalog");
      if (!builtIn || ActingFunctions.has(call.name())) {
        names.add(call.toString());
      }
    }
    for (int i = 0; i + 3 < tokens.size(); i++) {
      if (tokens.get(i).isWord("OPERATOR")
          && tokens.get(i + 1).isSymbol('(')
          && tokens.get(i + 3).isSymbol('.')
          && !name(tokens.get(i + 2)).equals("pg_catalog")) {
        names.add("operator in schema " + name(tokens.get(i + 2)));
      }
    }
    return names;
  }

  private record Call(String schema, String name) {
    @Override
    public String toString() {
      return schema.isEmpty() ? name : schema + "." + name;
    }
  }

  private static List<Call> calls(List<SqlToken> tokens) {
    boolean operatorClasses = isIndex(tokens);
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i + 1 < tokens.size(); i++) {
      if (!isName(tokens.get(i)) || !tokens.get(i + 1).isSymbol('(')) {
        continue;
      }
      boolean qualified = i >= 2 && tokens.get(i - 1).isSymbol('.') && isName(tokens.get(i - 2));
      int first = qualified ? i - 2 : i;
      if ((qualified || !isKeyword(tokens.get(i)))
          && !namesAnotherThing(tokens, first)
          && !(operatorClasses && followsOperand(tokens, first))) {
        calls.add(new Call(qualified ? name(tokens.get(i - 2)) : "", name(tokens.get(i))));
      }
    }
    return calls;
  }

  /** A referenced table, an alias with columns, or a type after {@code ::}. */
  private static boolean namesAnotherThing(List<SqlToken> tokens, int at) {
    if (at == 0) {
      return false;
    }
    SqlToken before = tokens.get(at - 1);
    return before.isWord("REFERENCES")
        || before.isWord("AS")
        || (before.isSymbol(':') && at >= 2 && tokens.get(at - 2).isSymbol(':'));
  }

  /** Indexes and exclusion constraints name operator classes, with parameters, after operands. */
  private static boolean isIndex(List<SqlToken> tokens) {
    return tokens.stream().anyMatch(token -> token.isWord("USING"))
        && tokens.stream().noneMatch(token -> token.isWord("SELECT"));
  }

  private static boolean followsOperand(List<SqlToken> tokens, int at) {
    SqlToken before = tokens.get(Math.max(0, at - 1));
    return at > 0 && (before.isSymbol(')') || (isName(before) && !isKeyword(before)));
  }

  private static boolean isName(SqlToken token) {
    return token.kind() == SqlToken.Kind.WORD || token.kind() == SqlToken.Kind.QUOTED_NAME;
  }

  private static boolean isKeyword(SqlToken token) {
    return token.kind() == SqlToken.Kind.WORD
        && KEYWORDS.contains(token.text().toLowerCase(Locale.ROOT));
  }

  private static String name(SqlToken token) {
    String text = token.text();
    return token.kind() == SqlToken.Kind.QUOTED_NAME && text.startsWith("\"")
        ? text.substring(1, text.length() - 1).replace("\"\"", "\"")
        : text.toLowerCase(Locale.ROOT);
  }
}
