package dev.offshoot.diff;

import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaChange.Kind;
import dev.offshoot.sql.Literals;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Statements that might undo one difference between the schema as it was and as it is. Whether they
 * do is for the rehearsal to say: a wrong guess costs a try and nothing else.
 *
 * <p>Each answer is a list of ways, of which the first that works is taken; a way is a list of
 * statements that belong together.
 */
final class InverseStatements {
  /** What is dropped first, so that the rest goes with it or is freed by it. */
  private static final List<String> ORDER =
      List.of(
          "policy",
          "trigger",
          "rule",
          "view",
          "materialized view",
          "foreign table",
          "table",
          "column",
          "constraint",
          "index",
          "statistics",
          "sequence",
          "function",
          "procedure",
          "aggregate",
          "domain",
          "attribute",
          "type",
          "schema");

  /** Belong to a table, under an identity that ends with {@code ON table}. */
  private static final Set<String> ON_TABLE = Set.of("constraint", "trigger", "rule", "policy");

  /** Types of commented objects as the server names them, and as COMMENT does; longer first. */
  private static final List<Map.Entry<String, String>> COMMENTED =
      List.of(
          Map.entry("composite type column ", "COLUMN "),
          Map.entry("materialized view column ", "COLUMN "),
          Map.entry("foreign table column ", "COLUMN "),
          Map.entry("table constraint ", "CONSTRAINT "),
          Map.entry("materialized view ", "MATERIALIZED VIEW "),
          Map.entry("foreign table ", "FOREIGN TABLE "),
          Map.entry("table column ", "COLUMN "),
          Map.entry("view column ", "COLUMN "),
          Map.entry("procedure ", "PROCEDURE "),
          Map.entry("aggregate ", "AGGREGATE "),
          Map.entry("function ", "FUNCTION "),
          Map.entry("sequence ", "SEQUENCE "),
          Map.entry("trigger ", "TRIGGER "),
          Map.entry("policy ", "POLICY "),
          Map.entry("schema ", "SCHEMA "),
          Map.entry("table ", "TABLE "),
          Map.entry("index ", "INDEX "),
          Map.entry("rule ", "RULE "),
          Map.entry("view ", "VIEW "),
          Map.entry("type ", "TYPE "));

  private InverseStatements() {}

  /** Sorts differences in the order in which to undo them. */
  static List<SchemaChange> inOrder(List<SchemaChange> changes) {
    Set<String> made =
        Set.copyOf(
            changes.stream()
                .filter(change -> change.kind() == Kind.CREATED)
                .filter(change -> Set.of("table", "view", "type").contains(change.objectType()))
                .map(SchemaChange::identity)
                .toList());
    Stream<SchemaChange> dropped =
        ORDER.stream()
            .flatMap(
                type ->
                    changes.stream()
                        .filter(change -> change.kind() == Kind.CREATED)
                        .filter(change -> change.objectType().equals(type)))
            .filter(change -> !goesWith(change, made));
    Stream<SchemaChange> others =
        changes.stream()
            .filter(
                change -> change.kind() != Kind.CREATED || !ORDER.contains(change.objectType()));
    return Stream.concat(dropped, others).toList();
  }

  private static boolean goesWith(SchemaChange change, Set<String> made) {
    if (change.objectType().equals("column") || change.objectType().equals("attribute")) {
      return made.contains(QuotedName.of(change.identity()).owner());
    }
    return ON_TABLE.contains(change.objectType())
        && made.contains(QuotedName.on(change.identity()).owner());
  }

  static List<List<String>> of(SchemaChange change) {
    return switch (change.objectType()) {
      case "comment" -> one(comment(change));
      case "privileges" -> one(Privileges.setBack(change));
      default ->
          switch (change.kind()) {
            case CREATED -> one(drop(change));
            case ALTERED -> setBack(change);
            case DROPPED -> one(make(change));
          };
    };
  }

  private static List<List<String>> one(List<String> way) {
    return way.isEmpty() ? List.of() : List.of(way);
  }

  private static List<String> drop(SchemaChange change) {
    String identity = change.identity();
    return switch (change.objectType()) {
      case "function", "procedure", "aggregate" -> List.of("DROP ROUTINE " + identity);
      case "column" -> {
        QuotedName column = QuotedName.of(identity);
        yield List.of("ALTER TABLE %s DROP COLUMN %s".formatted(column.owner(), column.last()));
      }
      case "attribute" -> {
        QuotedName column = QuotedName.of(identity);
        yield List.of("ALTER TYPE %s DROP ATTRIBUTE %s".formatted(column.owner(), column.last()));
      }
      case "constraint" -> {
        QuotedName on = QuotedName.on(identity);
        yield List.of("ALTER TABLE %s DROP CONSTRAINT %s".formatted(on.owner(), on.last()));
      }
      case "trigger", "rule", "policy" ->
          List.of("DROP %s %s".formatted(upper(change.objectType()), identity));
      case "table",
          "view",
          "materialized view",
          "foreign table",
          "index",
          "statistics",
          "sequence",
          "domain",
          "type",
          "schema",
          "collation",
          "text search configuration",
          "text search dictionary" ->
          List.of("DROP %s %s".formatted(upper(change.objectType()), identity));
      default -> List.of();
    };
  }

  /** What is made anew has no contents of its own. */
  private static List<String> make(SchemaChange change) {
    String before = definition(change.before());
    return switch (change.objectType()) {
      case "view" -> List.of("CREATE VIEW %s %s".formatted(change.identity(), before));
      case "function", "procedure", "index", "statistics", "trigger", "rule" -> List.of(before);
      case "constraint" -> {
        QuotedName on = QuotedName.on(change.identity());
        yield List.of(
            "ALTER TABLE %s ADD CONSTRAINT %s %s".formatted(on.owner(), on.last(), before));
      }
      case "policy" -> List.of("CREATE POLICY %s AS %s".formatted(change.identity(), before));
      case "schema" -> List.of("CREATE SCHEMA " + change.identity());
      default -> List.of();
    };
  }

  private static List<List<String>> setBack(SchemaChange change) {
    String before = definition(change.before());
    String identity = change.identity();
    return switch (change.objectType()) {
      case "view" ->
          List.of(
              List.of("CREATE OR REPLACE VIEW %s %s".formatted(identity, before)), anew(change));
      case "function", "procedure" -> List.of(List.of(before), anew(change));
      case "trigger" -> List.of(switched(change), anew(change));
      case "index", "constraint", "rule", "policy" -> List.of(anew(change));
      case "table" -> List.of(rowSecurity(identity, before));
      case "sequence" ->
          List.of(
              List.of(
                  "ALTER SEQUENCE %s %s%s%s"
                      .formatted(
                          identity,
                          before,
                          before.contains(" CYCLE") ? "" : " NO CYCLE",
                          before.contains(" OWNED BY ") ? "" : " OWNED BY NONE")));
      default -> List.of();
    };
  }

  private static List<String> anew(SchemaChange change) {
    return Stream.concat(drop(change).stream(), make(change).stream()).toList();
  }

  private static List<String> switched(SchemaChange change) {
    QuotedName on = QuotedName.on(change.identity());
    String before = definition(change.before());
    String state =
        before.endsWith(" DISABLED")
            ? "DISABLE"
            : before.endsWith(" ENABLED REPLICA")
                ? "ENABLE REPLICA"
                : before.endsWith(" ENABLED ALWAYS") ? "ENABLE ALWAYS" : "ENABLE";
    return List.of("ALTER TABLE %s %s TRIGGER %s".formatted(on.owner(), state, on.last()));
  }

  /** Statements that set it as a definition says. */
  static List<String> rowSecurity(String table, String before) {
    String forced = "FORCE ROW LEVEL SECURITY";
    boolean isForced = before.contains(forced);
    boolean isOn = before.replace(forced, "").contains("ROW LEVEL SECURITY");
    return List.of(
        "ALTER TABLE %s %s ROW LEVEL SECURITY, %s ROW LEVEL SECURITY"
            .formatted(table, isOn ? "ENABLE" : "DISABLE", isForced ? "FORCE" : "NO FORCE"));
  }

  private static List<String> comment(SchemaChange change) {
    for (Map.Entry<String, String> type : COMMENTED) {
      if (change.identity().startsWith(type.getKey())) {
        String object = change.identity().substring(type.getKey().length());
        String text = change.before() == null ? "NULL" : Literals.quote(change.before());
        return List.of("COMMENT ON %s%s IS %s".formatted(type.getValue(), object, text));
      }
    }
    return List.of();
  }

  private static String definition(@Nullable String definition) {
    String text = Objects.requireNonNullElse(definition, "").strip();
    return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
  }

  private static String upper(String type) {
    return type.toUpperCase(Locale.ROOT);
  }
}
