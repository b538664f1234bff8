package dev.offshoot.merge;

import dev.offshoot.TestParent;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.ledger.Undoing;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A table of realistic width, about 230 bytes a row, with two indexes besides its key. */
public final class Sales {
  public static final String TABLE =
      """
      CREATE TABLE sales (
        id bigint PRIMARY KEY, customer_id bigint NOT NULL, sku text NOT NULL, state text NOT NULL,
        quantity int NOT NULL, price numeric(12, 2) NOT NULL, discount numeric(5, 2),
        address text, note text, placed timestamptz NOT NULL, changed timestamptz NOT NULL,
        version int NOT NULL DEFAULT 1);
      """;

  private static final String FILL =
      """
      INSERT INTO sales
      SELECT g, g::bigint * 7919 %% 50021, 'sku-' || g %% 4001, (ARRAY['open', 'paid', 'sent'])[1 + g %% 3],
        1 + g %% 9, (g %% 100000) / 100.0, CASE WHEN g %% 4 = 0 THEN 2.5 END,
        g || ' Long Street, ' || md5(g::text) || ', Springfield', repeat(md5((g / 7)::text), 2),
        timestamptz '2024-01-01' + g * interval '1 second', timestamptz '2025-01-01', 1
      FROM generate_series(1, %d) AS g;
      CREATE INDEX ON sales (customer_id);
      CREATE INDEX ON sales (state, placed);
      VACUUM ANALYZE sales;
      """;

  private static final List<String> COLUMNS =
      List.of(
          "id",
          "customer_id",
          "sku",
          "state",
          "quantity",
          "price",
          "discount",
          "address",
          "note",
          "placed",
          "changed",
          "version");
  private static final List<String> TYPES =
      List.of(
          "bigint",
          "bigint",
          "text",
          "text",
          "integer",
          "numeric(12,2)",
          "numeric(5,2)",
          "text",
          "text",
          "timestamp with time zone",
          "timestamp with time zone",
          "integer");

  private Sales() {}

  public static void fill(TestParent parent, int rows) throws SQLException {
    for (String statement : FILL.formatted(rows).split(";\n", -1)) {
      if (!statement.isBlank()) {
        parent.execute(statement);
      }
    }
  }

  /** What one would write by hand. */
  public static String update(int firstId, int rows) {
    return "UPDATE sales SET price = round(price * 1.1, 2), state = 'paid', changed = '2026-01-01',"
        + " version = version + 1 WHERE "
        + range(firstId, rows);
  }

  private static String range(int firstId, int rows) {
    return "id BETWEEN %d AND %d".formatted(firstId, firstId + rows - 1);
  }

  /** The change set of that update, as the diff would freeze it. */
  static ChangeSet changeSet(Merging merging, int firstId, int rows) throws SQLException {
    List<ColumnShape> columns = new ArrayList<>();
    for (int i = 0; i < COLUMNS.size(); i++) {
      columns.add(new ColumnShape(COLUMNS.get(i), TYPES.get(i)));
    }
    TableName name = new TableName("public", "sales");
    String before =
        COLUMNS.stream()
            .map(c -> "CASE WHEN %1$s IS NOT NULL THEN format('%%s', %1$s) END".formatted(c))
            .collect(Collectors.joining(", "));
    String query =
        "SELECT %s, round(price * 1.1, 2)::text AS new_price, version + 1 AS new_version FROM sales WHERE %s ORDER BY id"
            .formatted(before, range(firstId, rows));
    try (Connection parent = merging.parent.ownerConnection();
        ChangeSetStore.Writer writer = merging.store.begin(new ExperimentId("sales"))) {
      parent.setAutoCommit(false);
      try (Statement statement = parent.createStatement()) {
        statement.execute("SET timezone = 'UTC'");
        statement.setFetchSize(5_000);
        writer.startTable(new ChangedTable(name, name, columns, List.of(0), 0));
        try (ResultSet read = statement.executeQuery(query)) {
          while (read.next()) {
            writer.row(change(read));
          }
        }
      }
      return writer.freeze(List.of(), List.of(), List.of(), List.of(), Undoing.OF_ROWS);
    }
  }

  private static RowChange change(ResultSet read) throws SQLException {
    List<@Nullable String> before = new ArrayList<>();
    for (int i = 1; i <= COLUMNS.size(); i++) {
      before.add(read.getString(i));
    }
    List<@Nullable String> after = new ArrayList<>(before);
    after.set(COLUMNS.indexOf("price"), read.getString("new_price"));
    after.set(COLUMNS.indexOf("state"), "paid");
    after.set(COLUMNS.indexOf("changed"), "2026-01-01 00:00:00+00");
    after.set(COLUMNS.indexOf("version"), read.getString("new_version"));
    return RowChange.update(before, after);
  }
}
