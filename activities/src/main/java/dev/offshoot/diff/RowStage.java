package dev.offshoot.diff;

import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Rows on their way into a table: a temporary table of the same columns, types and collations, made
 * with the first row and filled by COPY in batches. Columns are called {@code c0}, {@code c1} ...,
 * and {@code n} says how many equal rows a row stands for.
 */
final class RowStage {
  private static final int BATCH_CHARACTERS = 500_000;

  private final Connection base;
  private final String name;
  private final TablePair pair;
  private final List<Integer> columns;
  private final StringBuilder batch = new StringBuilder();
  private long rows;

  /**
   * @param columns indexes into the pair's columns of those that are staged
   */
  RowStage(Connection base, String name, TablePair pair, List<Integer> columns) {
    this.base = base;
    this.name = Identifiers.quote(name);
    this.pair = pair;
    this.columns = List.copyOf(columns);
  }

  void add(List<@Nullable String> image, int count) throws SQLException {
    if (rows == 0) {
      create();
    }
    for (int column : columns) {
      append(image.get(column));
      batch.append('\t');
    }
    batch.append(count).append('\n');
    rows += count;
    if (batch.length() >= BATCH_CHARACTERS) {
      flush();
    }
  }

  private void create() throws SQLException {
    List<String> selected = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      selected.add(
          "t.%s AS c%d".formatted(Identifiers.quote(pair.columns().get(columns.get(i)).name()), i));
    }
    selected.add("1 AS n");
    Sql.execute(
        base,
        "CREATE TEMPORARY TABLE %s AS SELECT %s FROM %s WITH NO DATA"
            .formatted(name, String.join(", ", selected), pair.from()));
  }

  /** After the COPY manual, "Text Format". */
  private void append(@Nullable String value) {
    if (value == null) {
      batch.append("\\N");
      return;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> batch.append("\\\\");
        case '\t' -> batch.append("\\t");
        case '\n' -> batch.append("\\n");
        case '\r' -> batch.append("\\r");
        default -> batch.append(c);
      }
    }
  }

  void flush() throws SQLException {
    if (batch.isEmpty()) {
      return;
    }
    try {
      base.unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY %s FROM STDIN".formatted(name()), new StringReader(batch.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    batch.setLength(0);
  }

  String name() {
    return "pg_temp." + name;
  }

  /** Rows that the stage stands for. */
  long rows() {
    return rows;
  }

  /** The staged columns as of {@code alias}. */
  String columnsOf(String alias) {
    return IntStream.range(0, columns.size())
        .mapToObj(i -> alias + ".c" + i)
        .collect(Collectors.joining(", "));
  }
}
