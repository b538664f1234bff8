package dev.offshoot.diff;

import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaChange.Kind;
import dev.offshoot.sql.CatalogFingerprint;
import dev.offshoot.sql.CatalogObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Statements that might give a schema one thing that another has, beside those that {@link
 * InverseStatements} knows: what holds contents, which is empty when it is made. A change is told
 * as from the wanted schema ({@code before}) to the one at hand ({@code after}).
 */
final class DerivedStatements {
  /** What is made first, so that the rest finds it. */
  private static final List<String> ORDER =
      List.of(
          "schema",
          "type",
          "domain",
          "attribute",
          "sequence",
          "function",
          "procedure",
          "table",
          "column",
          "constraint",
          "index",
          "statistics",
          "view",
          "materialized view",
          "trigger",
          "rule",
          "policy");

  /** Where a column's type ends, as the fingerprint prints it. */
  private static final Pattern AFTER_TYPE =
      Pattern.compile(
          " (?=COLLATE |STORAGE |COMPRESSION |GENERATED |DEFAULT |CONSTRAINT |NOT NULL|STATISTICS |WITH \\(|OPTIONS \\(|INHERITED|MERGED)");

  /** What only ALTER can say of a column. */
  private static final Pattern LATER =
      Pattern.compile(" (STATISTICS -?\\d+|WITH \\([^)]*\\)|MERGED)");

  private static final Pattern NOT_NULL =
      Pattern.compile("( CONSTRAINT (\"([^\"]|\"\")+\"|[a-z_0-9]+))? NOT NULL( NO INHERIT)?$");

  private static final Pattern PARTITION_OF =
      Pattern.compile("(PARTITION BY .*\\) )?PARTITION OF (\\S+) (FOR VALUES .*|DEFAULT)");

  private static final Pattern TABLE_TRAITS =
      Pattern.compile(
          " ?(TOAST WITH \\([^)]*\\)|REPLICA IDENTITY (NOTHING|FULL)|(FORCE )?ROW LEVEL SECURITY)");

  private static final Pattern INHERITS = Pattern.compile("INHERITS ([^()]+?)(?= WITH \\(|$)");

  private static final String UNLOGGED = "UNLOGGED";
  private static final String ROW_SECURITY = "ROW LEVEL SECURITY";

  private final CatalogFingerprint wanted;

  DerivedStatements(CatalogFingerprint wanted) {
    this.wanted = wanted;
  }

  /** What is in the way goes first, then what is missing is made. */
  List<SchemaChange> inOrder(List<SchemaChange> changes) {
    List<SchemaChange> gone =
        InverseStatements.inOrder(
            changes.stream().filter(change -> change.kind() == Kind.CREATED).toList());
    Stream<SchemaChange> made =
        ORDER.stream()
            .flatMap(
                type ->
                    changes.stream()
                        .filter(change -> change.kind() != Kind.CREATED)
                        .filter(change -> change.objectType().equals(type))
                        .sorted(Comparator.comparingInt(this::place)));
    Stream<SchemaChange> others =
        changes.stream()
            .filter(change -> change.kind() != Kind.CREATED)
            .filter(change -> !ORDER.contains(change.objectType()));
    return Stream.of(gone.stream(), made, others).flatMap(each -> each).toList();
  }

  /** Columns are made in their order, all else as it comes. */
  private int place(SchemaChange change) {
    if (!change.objectType().equals("column")) {
      return 0;
    }
    QuotedName column = QuotedName.of(change.identity());
    return names(text(wanted.definition(new CatalogObject("column order", column.owner()))))
        .indexOf(column.last());
  }

  /** Ways to take a difference away, of which the first that works is taken. */
  List<List<String>> of(SchemaChange change) {
    List<List<String>> own =
        switch (change.objectType()) {
          case "table" -> table(change);
          case "column" -> column(change);
          case "sequence" -> sequence(change);
          case "type" -> type(change);
          case "domain" -> domain(change);
          case "materialized view" -> materializedView(change);
          case "index" -> index(change);
          case "constraint" -> constraint(change);
          default -> List.of();
        };
    return Stream.concat(own.stream(), InverseStatements.of(change).stream()).toList();
  }

  private List<List<String>> table(SchemaChange change) {
    String definition = text(change.before());
    if (change.kind() == Kind.ALTERED) {
      return traits(change.identity(), definition, text(change.after()));
    }
    if (change.kind() != Kind.DROPPED) {
      return List.of();
    }
    boolean unlogged = definition.startsWith(UNLOGGED);
    String traits =
        TABLE_TRAITS
            .matcher(unlogged ? definition.substring(8).strip() : definition)
            .replaceAll("");
    String create = unlogged ? "CREATE UNLOGGED TABLE " : "CREATE TABLE ";
    Matcher partition = PARTITION_OF.matcher(traits);
    if (partition.find()) {
      String by = Objects.requireNonNullElse(partition.group(1), "").strip();
      return List.of(
          List.of(
              "%s%s PARTITION OF %s %s %s"
                  .formatted(create, change.identity(), partition.group(2), partition.group(3), by)
                  .strip()));
    }
    String columns =
        columns(change.identity()).stream()
            .filter(column -> !column.endsWith(" INHERITED"))
            .map(column -> LATER.matcher(column).replaceAll(""))
            .reduce((one, other) -> one + ", " + other)
            .orElse("");
    return List.of(
        List.of(
            "%s%s (%s) %s"
                .formatted(
                    create,
                    change.identity(),
                    columns,
                    INHERITS.matcher(traits).replaceFirst("INHERITS ($1)"))
                .strip()));
  }

  /** What is not said when a table is made, together. */
  private static List<List<String>> traits(String table, String wanted, String now) {
    List<String> all = new ArrayList<>();
    if (!replicaIdentity(wanted).equals(replicaIdentity(now))) {
      all.add("ALTER TABLE %s REPLICA IDENTITY %s".formatted(table, replicaIdentity(wanted)));
    }
    if (wanted.startsWith(UNLOGGED) != now.startsWith(UNLOGGED)) {
      all.add(
          "ALTER TABLE %s SET %s"
              .formatted(table, wanted.startsWith(UNLOGGED) ? UNLOGGED : "LOGGED"));
    }
    if (wanted.contains(ROW_SECURITY) || now.contains(ROW_SECURITY)) {
      all.addAll(InverseStatements.rowSecurity(table, wanted));
    }
    return all.isEmpty() ? List.of() : List.of(all);
  }

  private static String replicaIdentity(String definition) {
    return definition.contains("REPLICA IDENTITY FULL")
        ? "FULL"
        : definition.contains("REPLICA IDENTITY NOTHING") ? "NOTHING" : "DEFAULT";
  }

  /** Its columns as they are declared, in their order. */
  private List<String> columns(String table) {
    @Nullable String order = wanted.definition(new CatalogObject("column order", table));
    List<String> columns = new ArrayList<>();
    for (String name : names(text(order))) {
      @Nullable String definition =
          wanted.definition(new CatalogObject("column", table + "." + name));
      if (definition != null) {
        columns.add(name + " " + definition);
      }
    }
    return columns;
  }

  /** Divided at commas that stand outside of quotes. */
  private static List<String> names(String list) {
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      quoted ^= c == '"';
      if (c == ',' && !quoted) {
        names.add(name.toString().strip());
        name.setLength(0);
      } else {
        name.append(c);
      }
    }
    names.add(name.toString().strip());
    return names;
  }

  private static List<List<String>> column(SchemaChange change) {
    QuotedName column = QuotedName.of(change.identity());
    String definition = LATER.matcher(text(change.before())).replaceAll("");
    if (change.kind() == Kind.DROPPED) {
      String add = "ALTER TABLE %s ADD COLUMN %s ".formatted(column.owner(), column.last());
      // Rows that stand may have to be filled first.
      return List.of(
          List.of(add + definition), List.of(add + NOT_NULL.matcher(definition).replaceFirst("")));
    }
    return change.kind() == Kind.ALTERED
        ? altered(column, definition, text(change.after()))
        : List.of();
  }

  private static List<List<String>> altered(QuotedName column, String wanted, String now) {
    String alter = "ALTER TABLE %s ALTER COLUMN %s ".formatted(column.owner(), column.last());
    List<List<String>> ways = new ArrayList<>();
    if (!type(wanted).equals(type(now))) {
      String plain = alter + "TYPE " + type(wanted);
      String using = "%s USING %s::%s".formatted(plain, column.last(), type(wanted));
      String noDefault = alter + "DROP DEFAULT";
      ways.add(List.of(plain));
      ways.add(List.of(using));
      ways.add(List.of(noDefault, plain));
      ways.add(List.of(noDefault, using));
    }
    boolean demands = NOT_NULL.matcher(wanted).find();
    if (demands && !NOT_NULL.matcher(now).find()) {
      ways.add(List.of(alter + "SET NOT NULL"));
    }
    return ways;
  }

  private static String type(String definition) {
    return AFTER_TYPE.split(definition, 2)[0];
  }

  private static List<List<String>> sequence(SchemaChange change) {
    String definition = text(change.before());
    String own = definition.replaceFirst(" (OWNED BY|IDENTITY OF) .*$", "");
    if (change.kind() == Kind.ALTERED && definition.contains(" IDENTITY OF ")) {
      String alter = "ALTER SEQUENCE %s ".formatted(change.identity());
      return List.of(List.of(alter + own), List.of(alter + own.replaceFirst("^AS \\S+ ", "")));
    }
    if (change.kind() != Kind.DROPPED || definition.contains(" IDENTITY OF ")) {
      return List.of();
    }
    // Its owner may not be there yet, and is set afterwards.
    return List.of(List.of("CREATE SEQUENCE %s %s".formatted(change.identity(), own)));
  }

  private List<List<String>> type(SchemaChange change) {
    String definition = text(change.before());
    if (change.kind() == Kind.DROPPED && definition.startsWith("ENUM (")) {
      return List.of(List.of("CREATE TYPE %s AS %s".formatted(change.identity(), definition)));
    }
    if (change.kind() == Kind.DROPPED && definition.equals("COMPOSITE")) {
      List<String> attributes = new ArrayList<>();
      @Nullable String order =
          wanted.definition(new CatalogObject("column order", change.identity()));
      for (String name : names(text(order))) {
        @Nullable String attribute =
            wanted.definition(new CatalogObject("attribute", change.identity() + "." + name));
        if (attribute != null) {
          attributes.add(name + " " + attribute);
        }
      }
      return List.of(
          List.of(
              "CREATE TYPE %s AS (%s)"
                  .formatted(change.identity(), String.join(", ", attributes))));
    }
    return change.kind() == Kind.ALTERED
        ? labels(change.identity(), definition, text(change.after()))
        : List.of();
  }

  /** A new label of an enumeration, at its place; one in each round. */
  private static List<List<String>> labels(String type, String wanted, String now) {
    List<String> all = literals(wanted);
    Set<String> there = Set.copyOf(literals(now));
    for (int i = 0; i < all.size(); i++) {
      if (!there.contains(all.get(i))) {
        String place =
            i > 0 ? " AFTER " + all.get(i - 1) : all.size() > 1 ? " BEFORE " + all.get(1) : "";
        return List.of(List.of("ALTER TYPE %s ADD VALUE %s%s".formatted(type, all.get(i), place)));
      }
    }
    return List.of();
  }

  private static List<String> literals(String definition) {
    Matcher literal = Pattern.compile("'([^']|'')*'").matcher(definition);
    List<String> literals = new ArrayList<>();
    while (literal.find()) {
      literals.add(literal.group());
    }
    return literals;
  }

  /** Of a partitioned table it takes the equal ones of its partitions along. */
  private static List<List<String>> index(SchemaChange change) {
    String definition = text(change.before());
    if (change.kind() != Kind.DROPPED) {
      return List.of();
    }
    String own = definition.replaceFirst(" ATTACHED TO \\S+", "");
    return List.of(List.of(own.replaceFirst(" ON ONLY ", " ON ")));
  }

  private static List<List<String>> constraint(SchemaChange change) {
    QuotedName on = QuotedName.on(change.identity());
    if (change.kind() != Kind.DROPPED) {
      return List.of();
    }
    // A wrong kind of owner fails and costs nothing.
    return List.of(
        List.of(
            "ALTER DOMAIN %s ADD CONSTRAINT %s %s"
                .formatted(on.owner(), on.last(), text(change.before()))));
  }

  private static List<List<String>> domain(SchemaChange change) {
    return change.kind() == Kind.DROPPED
        ? List.of(
            List.of("CREATE DOMAIN %s AS %s".formatted(change.identity(), text(change.before()))))
        : List.of();
  }

  private static List<List<String>> materializedView(SchemaChange change) {
    String definition = text(change.before());
    if (change.kind() == Kind.CREATED) {
      return List.of();
    }
    String body =
        definition.endsWith(";") ? definition.substring(0, definition.length() - 1) : definition;
    String empty = body.startsWith("NOT POPULATED ") ? " WITH NO DATA" : "";
    String make =
        "CREATE MATERIALIZED VIEW %s %s%s"
            .formatted(change.identity(), body.replaceFirst("^NOT POPULATED ", ""), empty);
    return change.kind() == Kind.DROPPED
        ? List.of(List.of(make))
        : List.of(List.of("DROP MATERIALIZED VIEW " + change.identity(), make));
  }

  private static String text(@Nullable String definition) {
    return Objects.requireNonNullElse(definition, "").strip();
  }
}
