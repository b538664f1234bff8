package dev.offshoot.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.DatabaseDump;
import dev.offshoot.NewerSyntax;
import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each of the 53 kinds of schema change is rehearsed exactly: none has to be refused. */
class SchemaRehearsalTest {
  private static TestParent parent;
  private static ChangeSetStore store;
  private static String dump;

  /**
   * @param name kind of change
   * @param script statements
   */
  record Change(String name, String script) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Change> changes() throws IOException {
    return resource("schema-changes.txt")
        .lines()
        .map(line -> line.split("@@", 2))
        .map(parts -> new Change(parts[0], parts[1]))
        .toList();
  }

  @BeforeAll
  static void start() throws IOException, SQLException {
    Ledger ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    store = ledger.changeSets();
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(superuser, "CREATE ROLE evag");
    }
    parent = PostgresServer.parent(resource("schema-base.sql"));
    dump = parent.dump();
  }

  @AfterAll
  static void stop() throws SQLException {
    parent.close();
  }

  @ParameterizedTest
  @MethodSource("changes")
  void schemaChange_isRehearsedExactly_andTouchesNoRow(Change change) throws SQLException {
    NewerSyntax.assumeUnderstood(change.script());
    String[] statements =
        SqlScript.split(change.script()).stream().map(SqlStatement::text).toArray(String[]::new);
    try (ExperimentRun run = ExperimentRun.of(parent, store, statements)) {
      ChangeSummary summary = run.diff();

      assertThat(summary.schemaChanges()).isNotEmpty();
      assertThat(summary.schemaScript()).hasSameSizeAs(statements);
      assertThat(summary.tables()).isEmpty();
      assertThat(DatabaseDump.of(run.ref().baseName())).isEqualTo(dump);
    }
  }

  static String resource(String name) throws IOException {
    try (InputStream in = SchemaRehearsalTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
