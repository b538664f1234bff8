package dev.offshoot.diff;

import dev.offshoot.changelog.KeyLog.Keys;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyInputStream;

/**
 * Keys of a table, in a temporary table in base and branch alike, whose columns have the types and
 * collations that the key's index compares by; domains are what they stand on, so that nobody's
 * constraints run.
 */
final class KeyStage implements AutoCloseable {
  private static final String NAME = "pg_temp.offshoot_keys";
  private static final int BUFFER = 1 << 16;

  private final TablePair pair;
  private final List<Connection> sessions;

  private KeyStage(TablePair pair, Connection base, Connection branch) {
    this.pair = pair;
    this.sessions = List.of(base, branch);
  }

  /** Reads the keys in the branch, which has the log, and takes them to the base. */
  static KeyStage of(
      TablePair pair, Keys keys, Connection base, Connection branch, Progress progress)
      throws SQLException {
    KeyStage stage = new KeyStage(pair, base, branch);
    for (Connection session : stage.sessions) {
      Sql.execute(session, stage.empty(keys));
    }
    try (Statement read = branch.createStatement()) {
      Progress.Interruptible running = progress.interruptible(read);
      try {
        read.execute("INSERT INTO %s %s".formatted(NAME, keys.query()));
      } finally {
        running.close();
      }
    }
    try (InputStream rows =
        new PGCopyInputStream(
            branch.unwrap(PGConnection.class), "COPY %s TO STDOUT".formatted(NAME))) {
      base.unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY %s FROM STDIN".formatted(NAME), rows, BUFFER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Connection session : stage.sessions) {
      Sql.execute(session, "ANALYZE " + NAME);
    }
    return stage;
  }

  private String empty(Keys keys) {
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < keys.types().size(); i++) {
      columns.add(
          "CAST(t.%s AS %s) AS c%d"
              .formatted(
                  Identifiers.quote(pair.keyColumns().get(i).name()),
                  keys.types().get(i).sql(),
                  i));
    }
    return "CREATE TEMPORARY TABLE %s AS SELECT %s FROM %s WITH NO DATA"
        .formatted(NAME, String.join(", ", columns), pair.from());
  }

  /** The table's rows of these keys in a FROM clause as {@code t}. */
  String from() {
    List<String> key =
        pair.keyColumns().stream().map(column -> "t." + Identifiers.quote(column.name())).toList();
    List<String> staged = IntStream.range(0, key.size()).mapToObj(i -> "k.c" + i).toList();
    return "%s WHERE (%s) IN (SELECT %s FROM %s AS k)"
        .formatted(pair.from(), String.join(", ", key), String.join(", ", staged), NAME);
  }

  @Override
  public void close() throws SQLException {
    for (Connection session : sessions) {
      Sql.execute(session, "DROP TABLE " + NAME);
    }
  }
}
