package dev.offshoot.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSetStore.RowCursor;
import dev.offshoot.ledger.ChangeSetStore.Writer;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.FilledColumn;
import dev.offshoot.sql.Sql;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JdbcChangeSetStoreTest {
  private static final ExperimentId OWNER = new ExperimentId("e1");
  private static final TableName ORDERS = new TableName("public", "orders");
  private static final TableName ODD = new TableName("sales", "Odd \"one\"");
  private static final List<ColumnShape> COLUMNS =
      List.of(new ColumnShape("id", "bigint"), new ColumnShape("note", "text"));
  private static final ReplayStatement STATEMENT =
      new ReplayStatement(
          2,
          "ALTER TABLE orders ADD COLUMN \"ü\" text",
          "public",
          ReplayStatement.Phase.BEFORE_ROWS);
  private static final SchemaChange CHANGE =
      new SchemaChange(
          SchemaChange.Kind.CREATED, "column", "public.orders.\"ü\"", null, "text\nnullable");

  private static DataSource database;
  private static ChangeSetStore store;

  @BeforeAll
  static void migrate() throws SQLException {
    database = PostgresServer.freshLedger();
    Ledger ledger = new Ledger(database);
    ledger.migrate();
    store = ledger.changeSets();
  }

  @Test
  void whatWasFrozen_isReadBack_withNullsAndEveryKindOfCharacter() {
    List<RowChange> orders =
        List.of(
            RowChange.insert(Arrays.asList("1", null)),
            RowChange.update(List.of("2", ""), List.of("2", "null")),
            RowChange.delete(List.of("3", "ünïcode \uD83D\uDE00 \"quoted\" \\ \n\t\u2028 \u202E")),
            new RowChange(RowChange.Kind.DELETE, List.of("3", "twice"), null, 2));
    ChangeSet frozen;
    try (Writer writer = store.begin(OWNER)) {
      writer.startTable(table(ORDERS, 50));
      orders.forEach(writer::row);
      writer.startTable(new ChangedTable(ODD, null, COLUMNS, List.of(), 0));
      writer.row(RowChange.insert(List.of("9", "x")));
      frozen =
          writer.freeze(
              List.of(STATEMENT),
              List.of(CHANGE),
              List.of(ORDERS),
              List.of(new SequenceAdvance(ORDERS, 3, 9)),
              Undoing.OF_ROWS);
    }

    assertThat(store.get(frozen.digest())).isEqualTo(frozen);
    assertThat(rows(frozen.digest(), ORDERS, 0)).isEqualTo(orders);
    assertThat(rows(frozen.digest(), ODD, 0)).containsExactly(RowChange.insert(List.of("9", "x")));
    ChangeSet.CountedTable counted = frozen.tables().get(0);
    assertThat(List.of(counted.inserted(), counted.updated(), counted.deleted()))
        .isEqualTo(List.of(1L, 1L, 3L));
    assertThat(frozen.tables().get(1).shape().isNew()).isTrue();
  }

  @Test
  void sameContent_hasTheSameDigest_andIsStoredOnce() throws SQLException {
    String first = frozen(OWNER, "same", 10, List.of(CHANGE));
    String second = frozen(new ExperimentId("e2"), "same", 99, List.of(CHANGE));

    assertThat(second).isEqualTo(first).matches("[0-9a-f]{64}");
    assertThat(stored(first)).isEqualTo(1);
  }

  @Test
  void digest_isOfTheCanonicalForm_whichNeverChanges() throws NoSuchAlgorithmException {
    String form =
        """
        ["offshoot change set",1]
        ["table","public","orders","public","orders",["id","bigint","note","text"],[0]]
        ["I",null,["1","fixed"],1]
        ["object","CREATED","column","public.orders.\\"ü\\"",null,"text\\nnullable"]
        """;
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(form.getBytes(StandardCharsets.UTF_8));

    assertThat(frozen(OWNER, "fixed", 1, List.of(CHANGE)))
        .isEqualTo(HexFormat.of().formatHex(digest))
        .isEqualTo("a87eb080705d649c07f466ebeb01febe71f74ec9c42616eb38b545ccf6ab8500");
  }

  @Test
  void whatIsDropped_isInTheDigest_withWhatItHeld() throws NoSuchAlgorithmException {
    DroppedContents table = DroppedContents.ofTable(ORDERS, List.of("id", "note"));
    DroppedContents column =
        DroppedContents.ofColumn(ODD, "note", List.of("id"), "new")
            .holding(new DroppedContents.Figures(9, 3, "1 2"));
    DroppedContents late =
        DroppedContents.ofRewritten(ORDERS, List.of("id"))
            .lateOnes()
            .becoming(new DroppedContents.Figures(9, 9, "3 4"));
    FilledColumn filled = new FilledColumn(ORDERS, "state", "new", false);
    FilledColumn empty = new FilledColumn(ODD, "extra", null, true);
    ChangeSet frozen;
    try (Writer writer = store.begin(OWNER)) {
      writer.drops(List.of(table, column, column.beingConverted(), late));
      writer.fills(List.of(filled, empty));
      frozen = writer.freeze(List.of(), List.of(), List.of(), List.of(), Undoing.OF_ROWS);
    }
    String form =
        """
        ["offshoot change set",1]
        ["dropped","public","orders",null,[],["id","note"],null,0,""]
        ["dropped","sales","Odd \\"one\\"","note",["id"],["note"],"new",3,"1 2"]
        ["converted","sales","Odd \\"one\\"","note",["id"],["note"],"new",3,"1 2"]
        ["converted","public","orders",null,[],["id"],null,0,""]
        ["late becomes","9 3 4"]
        ["filled","public","orders","state","new"]
        ["late filled","sales","Odd \\"one\\"","extra",null]
        """;
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(form.getBytes(StandardCharsets.UTF_8));

    assertThat(store.get(frozen.digest())).isEqualTo(frozen);
    assertThat(frozen.dropped()).containsExactly(table, column, column.beingConverted(), late);
    assertThat(frozen.filled()).containsExactly(filled, empty);
    assertThat(frozen.digest()).isEqualTo(HexFormat.of().formatHex(digest));
  }

  @Test
  void anyDifference_givesAnotherDigest() {
    Set<String> digests = new HashSet<>();
    digests.add(frozen(OWNER, "a", 1, List.of()));
    digests.add(frozen(OWNER, "b", 1, List.of()));
    digests.add(frozen(OWNER, "a", 1, List.of(CHANGE)));
    try (Writer writer = store.begin(OWNER)) {
      writer.startTable(table(ODD, 1));
      writer.row(RowChange.insert(List.of("1", "a")));
      digests.add(freeze(writer, List.of()));
    }
    try (Writer writer = store.begin(OWNER)) {
      writer.startTable(table(ORDERS, 1));
      writer.row(RowChange.delete(List.of("1", "a")));
      digests.add(freeze(writer, List.of()));
    }
    try (Writer writer = store.begin(OWNER)) {
      writer.startTable(table(ORDERS, 1));
      writer.row(RowChange.insert(Arrays.asList("1", null)));
      digests.add(freeze(writer, List.of()));
    }
    try (Writer writer = store.begin(OWNER)) {
      digests.add(freeze(writer, List.of()));
    }

    assertThat(digests).hasSize(7);
  }

  @Test
  void twoWritersOfTheSameContentAtOnce_bothSucceed_andItIsStoredOnce() throws SQLException {
    List<CompletableFuture<String>> writers =
        IntStream.range(0, 4)
            .mapToObj(
                n ->
                    CompletableFuture.supplyAsync(
                        () -> frozen(new ExperimentId("w" + n), "at once", 5, List.of(CHANGE))))
            .toList();

    Set<String> digests = new HashSet<>();
    writers.forEach(writer -> digests.add(writer.join()));

    assertThat(digests).hasSize(1);
    assertThat(stored(digests.iterator().next())).isEqualTo(1);
  }

  @Test
  void rowsOverManyChunks_areReadFromAnyRow() throws SQLException {
    String padding = "x".repeat(100);
    ChangeSet frozen;
    try (Writer writer = store.begin(OWNER)) {
      writer.startTable(table(ORDERS, 0));
      for (int n = 0; n < 20_000; n++) {
        writer.row(RowChange.insert(List.of(Integer.toString(n), padding)));
      }
      frozen = writer.freeze(List.of(), List.of(), List.of(), List.of(), Undoing.OF_ROWS);
    }

    assertThat(chunks(frozen.digest())).isGreaterThan(5);
    assertThat(rows(frozen.digest(), ORDERS, 0)).hasSize(20_000);
    for (int from : List.of(1, 2_045, 2_046, 2_047, 12_345, 19_999)) {
      try (RowCursor cursor = store.rows(frozen.digest(), ORDERS, from)) {
        assertThat(cursor.next().after()).contains(Integer.toString(from));
      }
    }
    assertThat(rows(frozen.digest(), ORDERS, 20_000)).isEmpty();
    assertThat(rows(frozen.digest(), ORDERS, 1_000_000)).isEmpty();
  }

  @Test
  void closedWithoutFreezing_leavesNothing() throws SQLException {
    long before = countOf("row_chunk");
    try (Writer writer = store.begin(OWNER)) {
      writer.startTable(table(ORDERS, 1));
      writer.row(RowChange.insert(List.of("1", "y".repeat(300_000))));
    }

    assertThat(countOf("row_chunk")).isEqualTo(before);
    assertThat(countOf("change_set WHERE digest IS NULL")).isZero();
  }

  @Test
  void tablesOutOfOrder_rowsWithoutTable_andRowsOfAnotherWidth_areRefused() {
    try (Writer writer = store.begin(OWNER)) {
      assertThatThrownBy(() -> writer.row(RowChange.insert(List.of("1", "a"))))
          .isInstanceOf(IllegalStateException.class);
      writer.startTable(table(ORDERS, 1));
      assertThatThrownBy(() -> writer.row(RowChange.insert(List.of("1"))))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> writer.startTable(table(ORDERS, 1)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void unknownDigestOrTable_isNotFound() {
    String digest = frozen(OWNER, "known", 1, List.of());

    for (Runnable read :
        List.<Runnable>of(() -> store.get("0".repeat(64)), () -> store.rows(digest, ODD, 0))) {
      assertThatThrownBy(read::run)
          .isInstanceOfSatisfying(
              OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }
  }

  private static ChangedTable table(TableName name, long rowsInBase) {
    return new ChangedTable(name, name, COLUMNS, List.of(0), rowsInBase);
  }

  private static String frozen(
      ExperimentId owner, String note, long rowsInBase, List<SchemaChange> changes) {
    try (Writer writer = store.begin(owner)) {
      writer.startTable(table(ORDERS, rowsInBase));
      writer.row(RowChange.insert(List.of("1", note)));
      return freeze(writer, changes);
    }
  }

  private static String freeze(Writer writer, List<SchemaChange> changes) {
    return writer.freeze(List.of(), changes, List.of(), List.of(), Undoing.OF_ROWS).digest();
  }

  private static List<RowChange> rows(String digest, TableName table, long from) {
    List<RowChange> rows = new ArrayList<>();
    try (RowCursor cursor = store.rows(digest, table, from)) {
      cursor.forEachRemaining(rows::add);
    }
    return rows;
  }

  private static long stored(String digest) throws SQLException {
    return countOf("change_set WHERE digest = '%s'".formatted(digest));
  }

  private static long chunks(String digest) throws SQLException {
    return countOf(
        "row_chunk WHERE change_set = (SELECT id FROM offshoot_ledger.change_set WHERE digest = '%s')"
            .formatted(digest));
  }

  private static long countOf(String what) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return Sql.only(
          connection, "SELECT count(*) FROM offshoot_ledger." + what, row -> row.getLong(1));
    }
  }
}
