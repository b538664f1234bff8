package dev.offshoot.merge;

import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.TableProof;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSet.CountedTable;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ChangeSetStore.RowCursor;
import dev.offshoot.ledger.ChangedTable;
import dev.offshoot.merge.ParentTable.Column;
import dev.offshoot.merge.ParentTable.KeyColumn;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.SqlErrors;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A few rows of a few tables as they stand on the parent before and after the merge, read by key in
 * the merge's own transaction. Rows of tables without a key cannot be told from each other and are
 * left out.
 */
final class Proofs {
  private static final int TABLES = 10;
  private static final int ROWS = 3;

  private static final String COLUMNS =
      """
      SELECT a.attname FROM pg_attribute a
      WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
      """;

  private static final String ROW = "SELECT {values} AS image FROM {rows} AS t WHERE {meets}";

  /** What is known of a table before the merge. */
  private record Sample(
      ChangedTable shape,
      List<List<@Nullable String>> keys,
      List<String> columns,
      List<Optional<List<@Nullable String>>> rows) {}

  private final ParentSession session;
  private final List<Sample> samples;

  private Proofs(ParentSession session, List<Sample> samples) {
    this.session = session;
    this.samples = samples;
  }

  /** Reads the sampled rows before anything is changed. */
  static Proofs before(ParentSession session, ChangeSetStore store, ChangeSet changeSet)
      throws SQLException {
    List<Sample> samples = new ArrayList<>();
    for (CountedTable counted : changeSet.tables()) {
      ChangedTable shape = counted.shape();
      if (samples.size() < TABLES && !shape.keyColumns().isEmpty()) {
        List<List<@Nullable String>> keys = keys(store, changeSet.digest(), shape);
        List<String> columns = new ArrayList<>();
        readable(session, shape, keys, columns)
            .ifPresent(rows -> samples.add(new Sample(shape, keys, columns, rows)));
      }
    }
    return new Proofs(session, samples);
  }

  /** Nothing where a key column still has the type in which the reviewed keys are no values. */
  private static Optional<List<Optional<List<@Nullable String>>>> readable(
      ParentSession session,
      ChangedTable shape,
      List<List<@Nullable String>> keys,
      List<String> columns)
      throws SQLException {
    if (shape.baseName() == null) {
      return Optional.of(Collections.nCopies(keys.size(), Optional.empty()));
    }
    Savepoint savepoint = session.savepoint();
    try {
      List<Optional<List<@Nullable String>>> rows =
          read(session, shape.baseName(), shape, keys, columns);
      session.release(savepoint);
      return Optional.of(rows);
    } catch (SQLException e) {
      if (!SqlErrors.state(e).startsWith("22")) {
        throw e;
      }
      session.rollBackTo(savepoint);
      return Optional.empty();
    }
  }

  /** Reads the same rows again. */
  List<TableProof> after() throws SQLException {
    List<TableProof> proofs = new ArrayList<>();
    for (Sample sample : samples) {
      List<String> columns = new ArrayList<>();
      TableName name = sample.shape().table();
      List<Optional<List<@Nullable String>>> now =
          read(session, name, sample.shape(), sample.keys(), columns);
      List<TableProof.Row> rows = new ArrayList<>();
      for (int i = 0; i < now.size(); i++) {
        rows.add(new TableProof.Row(sample.rows().get(i).orElse(null), now.get(i).orElse(null)));
      }
      proofs.add(new TableProof(name, sample.columns(), columns, rows));
    }
    return List.copyOf(proofs);
  }

  private static List<List<@Nullable String>> keys(
      ChangeSetStore store, String digest, ChangedTable shape) {
    List<List<@Nullable String>> keys = new ArrayList<>();
    try (RowCursor rows = store.rows(digest, shape.table(), 0)) {
      while (keys.size() < ROWS && rows.hasNext()) {
        RowChange row = rows.next();
        List<@Nullable String> image =
            Objects.requireNonNull(row.before() == null ? row.after() : row.before());
        List<@Nullable String> key = new ArrayList<>();
        shape.keyColumns().forEach(place -> key.add(image.get(place)));
        keys.add(key);
      }
    }
    return keys;
  }

  /** Rows by key, empty where there is none; fills in the table's columns. */
  private static List<Optional<List<@Nullable String>>> read(
      ParentSession session,
      TableName name,
      ChangedTable shape,
      List<List<@Nullable String>> keys,
      List<String> columns)
      throws SQLException {
    Optional<ParentTable> table = ParentTable.find(session, name);
    List<KeyColumn> key = table.isEmpty() ? List.of() : key(session, table.get(), shape);
    if (table.isEmpty() || key.isEmpty()) {
      return Collections.nCopies(keys.size(), Optional.empty());
    }
    columns.addAll(session.list(COLUMNS, row -> row.getString(1), table.get().quoted()));
    String query =
        SqlTemplate.fill(
            ROW,
            Map.of(
                "values",
                Images.array(columns.stream().map(c -> "t." + Identifiers.quote(c)).toList()),
                "rows",
                table.get().rows(),
                "meets",
                key.stream()
                    .map(
                        part ->
                            "t.%s %s CAST(? AS %s)"
                                .formatted(
                                    part.column().quoted(),
                                    part.equals(),
                                    part.column().storedAs()))
                    .collect(Collectors.joining(" AND "))));
    List<Optional<List<@Nullable String>>> rows = new ArrayList<>();
    for (List<@Nullable String> values : keys) {
      rows.add(
          session
              .list(
                  query,
                  row ->
                      Conflicts.values(
                          Arrays.asList((@Nullable String[]) row.getArray("image").getArray())),
                  inOrder(key, shape, values))
              .stream()
              .findFirst());
    }
    return rows;
  }

  private static List<KeyColumn> key(ParentSession session, ParentTable table, ChangedTable shape)
      throws SQLException {
    List<Column> columns =
        shape.keyColumns().stream()
            .flatMap(place -> table.column(shape.columns().get(place).name()).stream())
            .toList();
    return columns.size() == shape.keyColumns().size() ? table.key(session, columns) : List.of();
  }

  /** Key values in the order of the index, as literals; the query names their types. */
  private static Object[] inOrder(
      List<KeyColumn> key, ChangedTable shape, List<@Nullable String> values) {
    return key.stream()
        .map(
            part -> {
              for (int i = 0; i < values.size(); i++) {
                int place = shape.keyColumns().get(i);
                if (shape.columns().get(place).name().equals(part.column().name())) {
                  return new Untyped(Objects.requireNonNull(values.get(i)));
                }
              }
              throw new IllegalStateException("a key column without a value");
            })
        .toArray();
  }
}
