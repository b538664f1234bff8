package dev.offshoot.generated;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment drops with everything in it, converts or rewrites, and every row of that at
 * the branch point; what the parent wrote there since is found by comparing row by row. Knows
 * nothing of how a merge does it.
 *
 * @param held each thing that goes, with its rows
 */
record Drops(List<Held> held) {

  /**
   * @param table as the catalog has it
   * @param partitioned whether it holds rows only through partitions
   * @param columns columns that are compared, the lost one last where only one is
   * @param one whether it is about one column
   * @param rewritten whether the table stays, with rows that are written anew
   * @param type the type of that, if it is not to go but to be converted
   * @param usual what that has in a row which says nothing of it
   * @param rows images of the rows at the branch point
   */
  record Held(
      TableName table,
      boolean partitioned,
      List<String> columns,
      boolean one,
      boolean rewritten,
      @Nullable String type,
      @Nullable String usual,
      List<List<@Nullable String>> rows) {

    private Map<List<@Nullable String>, Integer> filled(List<List<@Nullable String>> images) {
      Map<List<@Nullable String>, Integer> filled = new HashMap<>();
      for (List<@Nullable String> image : images) {
        if (!one || !Objects.equals(image.get(image.size() - 1), usual)) {
          filled.merge(image, 1, Integer::sum);
        }
      }
      return filled;
    }

    boolean isWritten(List<List<@Nullable String>> now) {
      return !now.isEmpty() && !filled(now).equals(filled(rows));
    }
  }

  private record Column(int number, String name, String type, @Nullable String standard) {}

  private record Table(
      long oid,
      TableName name,
      boolean partitioned,
      @Nullable Long root,
      long file,
      List<Column> columns,
      List<String> key) {
    Optional<Column> column(String name) {
      return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }
  }

  private static final String TABLES =
      """
      SELECT c.oid, n.nspname, c.relname, c.relkind = 'p' AS partitioned, c.relfilenode,
        CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid::bigint END AS root,
        %s AS key
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'offshoot', 'offshoot_capture')
      ORDER BY n.nspname, c.relname
      """
          .formatted(Rows.KEY);

  private static final String COLUMNS =
      """
      SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) AS type,
        pg_get_expr(d.adbin, d.adrelid) AS standard
      FROM pg_attribute a
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      ORDER BY a.attnum
      """;

  /** Both sessions are a superuser's, in transactions. */
  static Drops of(Connection base, Connection branch) throws SQLException {
    Sql.execute(base, "SET LOCAL search_path = pg_catalog");
    Sql.execute(branch, "SET LOCAL search_path = pg_catalog");
    Map<Long, Table> before = tables(base);
    Map<Long, Table> after = tables(branch);
    List<Held> held = new ArrayList<>();
    for (Table root : before.values()) {
      if (root.root() != null) {
        continue;
      }
      List<Table> leaves =
          before.values().stream()
              .filter(table -> !table.partitioned())
              .filter(
                  table ->
                      table.oid() == root.oid() || Long.valueOf(root.oid()).equals(table.root()))
              .toList();
      List<Table> gone = leaves.stream().filter(leaf -> !after.containsKey(leaf.oid())).toList();
      for (Table table : together(root, !after.containsKey(root.oid()), leaves, gone)) {
        List<String> all = table.columns().stream().map(Column::name).toList();
        held.add(read(base, table, all, false, false, null, null));
      }
      rewritten(base, root, leaves, after, held);
      for (Column column : root.columns()) {
        List<Table> without =
            leaves.stream().filter(leaf -> lost(leaf, after.get(leaf.oid()), column)).toList();
        for (Table table :
            together(root, lost(root, after.get(root.oid()), column), leaves, without)) {
          held.add(ofColumn(base, table, column, null));
        }
        List<Table> retyped =
            leaves.stream()
                .filter(leaf -> retyped(leaf, after.get(leaf.oid()), column))
                .filter(leaf -> leaf.file() != Objects.requireNonNull(after.get(leaf.oid())).file())
                .toList();
        for (Table table :
            together(root, retyped(root, after.get(root.oid()), column), leaves, retyped)) {
          held.add(ofColumn(base, table, column, column.type()));
        }
      }
    }
    return new Drops(held);
  }

  private static void rewritten(
      Connection base, Table root, List<Table> leaves, Map<Long, Table> after, List<Held> held)
      throws SQLException {
    List<Table> rewritten =
        leaves.stream()
            .filter(leaf -> after.containsKey(leaf.oid()))
            .filter(leaf -> leaf.file() != Objects.requireNonNull(after.get(leaf.oid())).file())
            .toList();
    for (Table table : together(root, after.containsKey(root.oid()), leaves, rewritten)) {
      @Nullable Table is = after.get(table.oid());
      List<String> kept =
          table.columns().stream()
              .filter(column -> !lost(table, is, column) && !retyped(table, is, column))
              .map(Column::name)
              .toList();
      if (!kept.isEmpty()) {
        held.add(read(base, table, kept, false, true, null, null));
      }
    }
  }

  private static Held ofColumn(
      Connection base, Table table, Column column, @Nullable String convertedFrom)
      throws SQLException {
    List<String> compared = new ArrayList<>(table.key());
    compared.add(column.name());
    Column own = table.column(column.name()).orElseThrow();
    @Nullable String usual = usual(base, own.standard(), own.type());
    return read(base, table, compared, true, false, convertedFrom, usual);
  }

  private static boolean retyped(Table was, @Nullable Table is, Column column) {
    Optional<Column> own = was.column(column.name());
    return is != null
        && own.isPresent()
        && is.columns().stream()
            .anyMatch(
                each ->
                    each.number() == own.get().number() && !each.type().equals(own.get().type()));
  }

  private static List<Table> together(
      Table root, boolean fromRoot, List<Table> leaves, List<Table> gone) {
    return fromRoot && !gone.isEmpty() && gone.equals(leaves) ? List.of(root) : gone;
  }

  private static boolean lost(Table was, @Nullable Table is, Column column) {
    Optional<Column> own = was.column(column.name());
    return is != null
        && own.isPresent()
        && is.columns().stream().noneMatch(each -> each.number() == own.get().number());
  }

  /** What a row gets that does not name the column, if that is a plain value. */
  static @Nullable String usual(Connection base, @Nullable String standard, String type)
      throws SQLException {
    if (standard == null
        || !standard.matches(
            "\\(?('([^'\\\\]|'')*'|\\(?-?[0-9.]+\\)?|true|false)(::[^:']+)?(::[^:']+)?")) {
      return null;
    }
    return Sql.only(
        base, "SELECT format('%%s', (%s)::%s)".formatted(standard, type), row -> row.getString(1));
  }

  /**
   * What was found in the parent before the experiment's statements ran there.
   *
   * @param conflicts what other rows than at the branch point are lost with
   * @param converting columns that hold other values and are converted, with the values
   * @param rewriting tables that hold other rows and are rewritten, with the rows
   */
  record Look(Set<String> conflicts, List<Converting> converting, List<Rewriting> rewriting) {

    /** The same after they ran: what conversions did not keep is lost too. */
    Set<String> afterwards(Connection parent) throws SQLException {
      Set<String> all = new TreeSet<>(conflicts);
      Map<Long, Table> tables = tables(parent);
      for (Converting each : converting) {
        @Nullable Table now = tables.get(each.table());
        Optional<Column> column =
            now == null
                ? Optional.empty()
                : now.columns().stream().filter(c -> c.number() == each.number()).findFirst();
        if (now == null || column.isEmpty() || !each.isKept(parent, now, column.get())) {
          all.add(Conflict.Kind.DROPPED_WRITTEN + " " + each.name());
        }
      }
      for (Rewriting each : rewriting) {
        @Nullable Table now = tables.get(each.table());
        if (now == null || !each.isKept(parent, now)) {
          all.add(Conflict.Kind.DROPPED_WRITTEN + " " + each.name());
        }
      }
      return all;
    }

    /** The rewritten tables as they stand now, for looking again after statements that waited. */
    Look beforeLateStatements(Connection parent) throws SQLException {
      List<Rewriting> again = new ArrayList<>();
      Map<Long, Table> tables = tables(parent);
      for (Rewriting each : rewriting) {
        Table now = Objects.requireNonNull(tables.get(each.table()));
        List<Column> columns =
            each.columns().stream()
                .flatMap(was -> now.columns().stream().filter(is -> is.number() == was.number()))
                .toList();
        List<String> names = columns.stream().map(Column::name).toList();
        again.add(
            new Rewriting(
                each.name(),
                each.table(),
                columns,
                words(images(parent, now.name(), now.partitioned(), names))));
      }
      return new Look(Set.of(), List.of(), again);
    }
  }

  /** One such column; its values are in order. */
  record Converting(TableName name, long table, int number, String type, List<String> values) {
    private boolean isKept(Connection parent, Table now, Column column) throws SQLException {
      if (column.type().equals(type)) {
        return false;
      }
      boolean builtIn = !type.contains(".") && !column.type().contains(".");
      String own = Identifiers.quote(column.name());
      Savepoint savepoint = parent.setSavepoint();
      try {
        return values.equals(
            printed(parent, now, builtIn ? "CAST(t.%s AS %s)".formatted(own, type) : "t." + own));
      } catch (SQLException e) {
        parent.rollback(savepoint);
        return false;
      }
    }
  }

  /** One such table; its rows are in the order of their words. */
  record Rewriting(TableName name, long table, List<Column> columns, List<String> rows) {
    private boolean isKept(Connection parent, Table now) throws SQLException {
      List<String> names = new ArrayList<>();
      for (Column column : columns) {
        Optional<Column> is =
            now.columns().stream().filter(c -> c.number() == column.number()).findFirst();
        if (is.isEmpty() || !is.get().type().equals(column.type())) {
          return false;
        }
        names.add(is.get().name());
      }
      return rows.equals(words(images(parent, now.name(), now.partitioned(), names)));
    }
  }

  private static List<String> words(List<List<@Nullable String>> images) {
    return images.stream().map(String::valueOf).sorted().toList();
  }

  private static List<String> printed(Connection session, Table table, String expression)
      throws SQLException {
    return Sql.list(
            session,
            "SELECT format('%%s', %1$s) FROM %2$s%3$s AS t WHERE %1$s IS DISTINCT FROM NULL"
                .formatted(
                    expression,
                    table.partitioned() ? "" : "ONLY ",
                    Identifiers.quote(table.name())),
            row -> row.getString(1))
        .stream()
        .sorted()
        .toList();
  }

  Look look(Connection parent) throws SQLException {
    Sql.execute(parent, "SET LOCAL search_path = pg_catalog");
    Map<TableName, Table> tables = new TreeMap<>();
    tables(parent).values().forEach(table -> tables.put(table.name(), table));
    Set<String> written = new TreeSet<>();
    List<Converting> converting = new ArrayList<>();
    List<Rewriting> rewriting = new ArrayList<>();
    for (Held each : held) {
      @Nullable Table now = tables.get(each.table());
      if (each.rewritten()) {
        lookAtRewritten(parent, each, now, rewriting);
      } else if (now != null
          && each.columns().stream().allMatch(column -> now.column(column).isPresent())
          && each.isWritten(images(parent, each.table(), each.partitioned(), each.columns()))) {
        String type = each.type();
        if (type == null) {
          written.add(Conflict.Kind.DROPPED_WRITTEN + " " + each.table());
        } else {
          String column = each.columns().get(each.columns().size() - 1);
          int number = now.column(column).orElseThrow().number();
          List<String> values = printed(parent, now, "t." + Identifiers.quote(column));
          converting.add(new Converting(now.name(), now.oid(), number, type, values));
        }
      }
    }
    return new Look(written, converting, rewriting);
  }

  private static void lookAtRewritten(
      Connection parent, Held held, @Nullable Table now, List<Rewriting> rewriting)
      throws SQLException {
    if (now == null) {
      return;
    }
    List<Column> columns =
        held.columns().stream().flatMap(name -> now.column(name).stream()).toList();
    List<String> names = columns.stream().map(Column::name).toList();
    List<List<@Nullable String>> rows = images(parent, now.name(), now.partitioned(), names);
    boolean written =
        names.size() < held.columns().size() || !words(rows).equals(words(held.rows()));
    if (written && !rows.isEmpty()) {
      rewriting.add(new Rewriting(now.name(), now.oid(), columns, words(rows)));
    }
  }

  private static Held read(
      Connection base,
      Table table,
      List<String> columns,
      boolean one,
      boolean rewritten,
      @Nullable String type,
      @Nullable String usual)
      throws SQLException {
    return new Held(
        table.name(),
        table.partitioned(),
        columns,
        one,
        rewritten,
        type,
        usual,
        images(base, table.name(), table.partitioned(), columns));
  }

  private static List<List<@Nullable String>> images(
      Connection session, TableName table, boolean partitioned, List<String> columns)
      throws SQLException {
    String images =
        columns.stream()
            .map(Identifiers::quote)
            .map(
                column ->
                    ", CASE WHEN t.%1$s IS DISTINCT FROM NULL THEN format('%%s', t.%1$s) END"
                        .formatted(column))
            .collect(Collectors.joining());
    return Sql.list(
        session,
        "SELECT 1%s FROM %s%s AS t"
            .formatted(images, partitioned ? "" : "ONLY ", Identifiers.quote(table)),
        row -> {
          List<@Nullable String> values = new ArrayList<>();
          for (int i = 0; i < columns.size(); i++) {
            values.add(row.getString(i + 2));
          }
          return values;
        });
  }

  private static Map<Long, Table> tables(Connection session) throws SQLException {
    Map<Long, Table> tables = new TreeMap<>();
    record Found(
        long oid, TableName name, boolean partitioned, long root, long file, List<String> key) {}
    List<Found> found =
        Sql.list(
            session,
            TABLES,
            row ->
                new Found(
                    row.getLong("oid"),
                    new TableName(row.getString("nspname"), row.getString("relname")),
                    row.getBoolean("partitioned"),
                    row.getLong("root"),
                    row.getLong("relfilenode"),
                    List.copyOf(Arrays.asList((String[]) row.getArray("key").getArray()))));
    for (Found each : found) {
      List<Column> columns =
          Sql.list(
              session,
              COLUMNS,
              row ->
                  new Column(
                      row.getInt("attnum"),
                      row.getString("attname"),
                      row.getString("type"),
                      row.getString("standard")),
              each.oid());
      tables.put(
          each.oid(),
          new Table(
              each.oid(),
              each.name(),
              each.partitioned(),
              each.root() == 0 ? null : each.root(),
              each.file(),
              columns,
              each.key()));
    }
    return tables;
  }
}
