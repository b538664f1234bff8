package dev.offshoot.diff;

import dev.offshoot.sql.ConstantDefault;
import dev.offshoot.sql.FilledColumn;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.PrintedValues;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Column;
import dev.offshoot.sql.TableCatalog.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Columns that the script adds to tables that stood, and what the rows of before got there: one
 * value, which must be the same on the parent; or values that were computed, which the parent would
 * compute anew, so that the branch's are carried row by row. Where the server numbers rows, both
 * sides number their own.
 */
final class NewColumns {
  private static final String MISSING_VALUES =
      """
      SELECT a.attrelid, a.attname, pg_catalog.array_to_string(a.attmissingval, '') AS value
      FROM pg_catalog.pg_attribute a WHERE a.atthasmissing AND NOT a.attisdropped
      """;

  private static final String DEFAULT =
      """
      SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d
      WHERE d.adrelid = ?::pg_catalog.oid AND d.adnum = ?
      """;

  private static final String VALUES =
      """
      SELECT count(*) AS rows, count(v.value) AS filled, min(v.value) AS least, max(v.value) AS most
      FROM (SELECT %s AS value FROM %s AS t) AS v
      """;

  /** As printed where names mean the server's own: nobody else's {@code nextval}. */
  private static final Pattern NUMBERING = Pattern.compile("nextval\\('.*'::regclass\\)");

  private static final Pattern LITERAL = Pattern.compile("'(?:[^']|'')*'");
  private static final Pattern CAST =
      Pattern.compile("::[\\w .\"]+(?:\\(\\d+(?:, ?-?\\d+)?\\))?(?:\\[])*");

  /**
   * A function, or a word that stands for one, may say something else at another time or place. An
   * operator of the experiment's own may too; then the merge is refused.
   */
  private static final Pattern CALL =
      Pattern.compile(
          "\\b(?!(?:ROW|ARRAY)\\b)[\\w\"]+\\(|CURRENT_|LOCALTIME|SESSION_USER|SYSTEM_USER|\\bUSER\\b");

  /** What the rows of before hold in one such column. */
  private enum Held {
    /** One value. */
    ONE,
    /** What a computation gave to each. */
    COMPUTED,
    /** Numbers, or what differs from the branch anyway, or there is no row. */
    OTHER
  }

  private record Place(long table, int column) {}

  private final Connection baseSession;
  private final Connection branchSession;
  private final TableCatalog original;
  private final TableCatalog base;
  private final TableCatalog branch;
  private final Map<Long, Map<String, String>> baseMissing;
  private final Map<Long, Map<String, String>> branchMissing;
  private final boolean late;
  private final Set<Place> computed = new HashSet<>();
  private final List<FilledColumn> filled = new ArrayList<>();

  private NewColumns(
      Connection baseSession,
      Connection branchSession,
      TableCatalog original,
      TableCatalog base,
      TableCatalog branch,
      boolean late)
      throws SQLException {
    this.baseSession = baseSession;
    this.branchSession = branchSession;
    this.original = original;
    this.base = base;
    this.branch = branch;
    this.late = late;
    this.baseMissing = missingValues(baseSession);
    this.branchMissing = missingValues(branchSession);
  }

  /**
   * Looks at all of them.
   *
   * @param original the base's tables before statements were replayed
   * @param base its tables after that
   * @param late whether the statements are those that wait for the changed rows
   * @throws dev.offshoot.domain.OffshootException {@code NOT_CARRIED} if a computation gives
   *     nothing to some rows
   */
  static NewColumns find(
      Connection baseSession,
      Connection branchSession,
      TableCatalog original,
      TableCatalog base,
      TableCatalog branch,
      boolean late)
      throws SQLException {
    NewColumns columns = new NewColumns(baseSession, branchSession, original, base, branch, late);
    for (Table table : branch.tables().values()) {
      @Nullable Table counterpart = base.tables().get(table.oid());
      if (table.partitionRoot() == null && counterpart != null) {
        for (Column column : table.writableColumns()) {
          // One that only a table without rows can get waits for them, and is looked at then.
          if (columns.isNew(table, column) && isThere(counterpart, column)) {
            columns.look(counterpart, column);
          }
        }
      }
    }
    columns.filled.sort(
        Comparator.comparing(FilledColumn::table).thenComparing(FilledColumn::column));
    return columns;
  }

  /** Those with one value. */
  List<FilledColumn> filled() {
    return List.copyOf(filled);
  }

  /** Whether a table has one whose values were computed. */
  boolean anyComputed(Table table) {
    return computed.stream().anyMatch(place -> place.table() == table.oid());
  }

  /** Whether it was added to a table that stood. */
  boolean isNew(Table table, Column column) {
    return original
        .table(table.oid())
        .filter(old -> old.column(column.number()).isEmpty())
        .isPresent();
  }

  /** Whether the rows that stood when the column was added got another value here and there. */
  boolean differs(Table table, Column column) {
    return !value(baseMissing, table, column).equals(value(branchMissing, table, column));
  }

  /**
   * Those of a table in which the server may have chosen the values, so that they are others each
   * time it is done, as indexes into {@code columns}.
   */
  Set<Integer> chosenByServer(Table counterpart, Table table, List<Column> columns) {
    Set<Integer> chosen = new TreeSet<>();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      if (isNew(table, column)
          && (isRewritten(counterpart)
              || partitionsDiffer(table)
              || differs(table, column)
              || computed.contains(new Place(table.oid(), column.number())))) {
        chosen.add(i);
      }
    }
    return chosen;
  }

  private boolean partitionsDiffer(Table root) {
    return branch.tables().values().stream()
        .filter(table -> Long.valueOf(root.oid()).equals(table.partitionRoot()))
        .anyMatch(
            table ->
                isRewritten(table)
                    || table.columns().stream()
                        .anyMatch(column -> isNew(table, column) && differs(table, column)));
  }

  /** Whether the replay has replaced its storage. */
  boolean isRewritten(Table table) {
    @Nullable Table old = original.tables().get(table.oid());
    @Nullable Table now = base.tables().get(table.oid());
    return old != null && now != null && old.fileNode() != now.fileNode();
  }

  private void look(Table root, Column column) throws SQLException {
    List<Table> parts =
        base.tables().values().stream()
            .filter(table -> !table.partitioned())
            .filter(
                table ->
                    table.oid() == root.oid()
                        || Long.valueOf(root.oid()).equals(table.partitionRoot()))
            .filter(table -> isNew(table, named(table, column)))
            .toList();
    Values values =
        parts.stream().anyMatch(this::isRewritten) ? read(parts, column) : kept(parts, column);
    Held held = held(root, column, parts, values);
    if (held == Held.ONE) {
      filled.add(new FilledColumn(root.name(), column.name(), values.least(), late));
    } else if (held == Held.COMPUTED) {
      if (values.filled() < values.rows()) {
        throw NotCarried.because(
            "table %s: its new column %s gets a value in some rows and none in others; add the column without a default and fill it with UPDATE"
                .formatted(NotCarried.show(root.name()), column.name()));
      }
      computed.add(new Place(root.oid(), column.number()));
    }
  }

  private Held held(Table root, Column column, List<Table> parts, Values values)
      throws SQLException {
    if (values.rows() == 0 || parts.stream().anyMatch(part -> differs(part, named(part, column)))) {
      return Held.OTHER;
    }
    if (values.filled() == 0) {
      return Held.ONE;
    }
    Column own = named(root, column);
    Optional<String> expression =
        Sql.first(baseSession, DEFAULT, row -> row.getString(1), root.oid(), own.number());
    if (own.identity() || expression.filter(is -> NUMBERING.matcher(is).matches()).isPresent()) {
      return Held.OTHER;
    }
    boolean isConstant =
        expression.isEmpty()
            || ConstantDefault.of(baseSession, root.oid(), own.number(), own.type()).isPresent()
            || !isCalling(expression.get());
    if (!isConstant || values.filled() < values.rows() || !values.areEqual()) {
      return Held.COMPUTED;
    }
    return isOnBranch(parts, column, values) ? Held.ONE : Held.OTHER;
  }

  private static boolean isCalling(String expression) {
    String bare = LITERAL.matcher(expression).replaceAll("''");
    return CALL.matcher(CAST.matcher(bare).replaceAll("")).find();
  }

  /** A default that is not there any more may have computed what the branch has otherwise. */
  private boolean isOnBranch(List<Table> parts, Column column, Values values) throws SQLException {
    for (Table part : parts) {
      @Nullable Table there = branch.tables().get(part.oid());
      if (there != null && !isRewritten(part)) {
        return true;
      }
      if (there != null) {
        boolean found =
            Sql.only(
                branchSession,
                "SELECT EXISTS (SELECT FROM ONLY %s AS t WHERE %s = ?)"
                    .formatted(
                        Identifiers.quote(there.name()),
                        PrintedValues.text("t." + Identifiers.quote(column.name()))),
                row -> row.getBoolean(1),
                Objects.requireNonNull(values.least()));
        if (found) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Values of some rows; where the storage was not replaced, each table counts as one row.
   *
   * @param least in the order of bytes; absent if there is none
   * @param most the same from the other end
   */
  private record Values(long rows, long filled, @Nullable String least, @Nullable String most) {
    static final Values NONE = new Values(0, 0, null, null);

    boolean areEqual() {
      return Objects.equals(least, most);
    }

    Values and(Values more) {
      return new Values(
          rows + more.rows,
          filled + more.filled,
          first(least, more.least, -1),
          first(most, more.most, 1));
    }

    private static @Nullable String first(@Nullable String one, @Nullable String other, int sign) {
      if (one == null || other == null) {
        return one == null ? other : one;
      }
      return Integer.signum(KeyOrder.byCodePoint(one, other)) == sign ? one : other;
    }
  }

  private Values kept(List<Table> parts, Column column) {
    Values all = Values.NONE;
    for (Table part : parts) {
      @Nullable String value = value(baseMissing, part, column).orElse(null);
      all = all.and(new Values(1, value == null ? 0 : 1, value, value));
    }
    return all;
  }

  private Values read(List<Table> parts, Column column) throws SQLException {
    Values all = Values.NONE;
    for (Table part : parts) {
      String text = PrintedValues.text("t." + Identifiers.quote(column.name()));
      all =
          all.and(
              Sql.only(
                  baseSession,
                  VALUES.formatted(text, "ONLY " + Identifiers.quote(part.name())),
                  row ->
                      new Values(
                          row.getLong("rows"),
                          row.getLong("filled"),
                          row.getString("least"),
                          row.getString("most"))));
    }
    return all;
  }

  private static boolean isThere(Table table, Column column) {
    return table.columns().stream().anyMatch(own -> own.name().equals(column.name()));
  }

  /** Partitions number their columns in their own way. */
  private static Column named(Table table, Column column) {
    return table.columns().stream()
        .filter(own -> own.name().equals(column.name()))
        .findFirst()
        .orElse(column);
  }

  private static Optional<String> value(
      Map<Long, Map<String, String>> missing, Table table, Column column) {
    return Optional.ofNullable(missing.getOrDefault(table.oid(), Map.of()).get(column.name()));
  }

  private static Map<Long, Map<String, String>> missingValues(Connection session)
      throws SQLException {
    Map<Long, Map<String, String>> values = new HashMap<>();
    Sql.list(
        session,
        MISSING_VALUES,
        row ->
            values
                .computeIfAbsent(row.getLong("attrelid"), table -> new HashMap<>())
                .put(row.getString("attname"), row.getString("value")));
    return values;
  }
}
