package dev.offshoot.read;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.offshoot.PostgresServer;
import dev.offshoot.activity.ReadActivities.ReadDiff;
import dev.offshoot.benchmark.Measurements;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.ledger.Undoing;
import java.util.List;

/** A reviewer's page from the end of a change set of millions of rows, beside its first one. */
public final class PageMeasurement {
  private static final TableName TABLE = new TableName("public", "sales");
  private static final int ROWS_OF_A_PAGE = 50;

  private PageMeasurement() {}

  public static void run(Measurements measurements) throws Exception {
    int rows = measurements.quick() ? 200_000 : 3_000_000;
    measurements.say("making a change set of %,d rows".formatted(rows));
    HikariConfig pool = new HikariConfig();
    pool.setDataSource(PostgresServer.freshLedger());
    try (HikariDataSource database = new HikariDataSource(pool)) {
      Ledger ledger = new Ledger(database);
      ledger.migrate();
      ChangeSetStore store = ledger.changeSets();
      String digest = changeSet(store, rows);
      measurements.ratio(
          "diff.page",
          1.5,
          measurements.quick() ? 5 : 21,
          run -> page(store, digest, 0),
          run -> page(store, digest, rows - ROWS_OF_A_PAGE));
    }
  }

  private static void page(ChangeSetStore store, String digest, long from) {
    DiffPage page = DiffPages.read(store, new ReadDiff(digest, TABLE, from, ROWS_OF_A_PAGE));
    if (page.rows().size() != ROWS_OF_A_PAGE) {
      throw new IllegalStateException("not a whole page");
    }
  }

  private static String changeSet(ChangeSetStore store, int rows) {
    List<ColumnShape> columns =
        List.of(
            new ColumnShape("id", "bigint"),
            new ColumnShape("address", "text"),
            new ColumnShape("state", "text"));
    try (ChangeSetStore.Writer writer = store.begin(new ExperimentId("pages"))) {
      writer.startTable(new ChangedTable(TABLE, TABLE, columns, List.of(0), 0));
      for (int id = 0; id < rows; id++) {
        String address = id * 7919L % 1_000_003 + " Long Street, Springfield, somewhere";
        writer.row(
            RowChange.update(
                List.of(Integer.toString(id), address, "open"),
                List.of(Integer.toString(id), address, "paid")));
      }
      return writer.freeze(List.of(), List.of(), List.of(), List.of(), Undoing.OF_ROWS).digest();
    }
  }
}
