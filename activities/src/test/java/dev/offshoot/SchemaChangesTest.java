package dev.offshoot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.SqlScript;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each of the 53 kinds of schema change on its whole path, as {@code docs/schema-changes.md} says.
 */
class SchemaChangesTest {
  private static Ledger ledger;
  private static String setup;
  private static List<String> documented;

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
    ledger = new Ledger(PostgresServer.freshLedger());
    ledger.migrate();
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      Sql.execute(
          superuser,
          "DO $$ BEGIN IF to_regrole('evag') IS NULL THEN CREATE ROLE evag; END IF; END $$");
    }
    setup = resource("schema-base.sql");
    documented =
        Files.readAllLines(Path.of("../docs/schema-changes.md")).stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| kind "))
            .toList();
  }

  @ParameterizedTest
  @MethodSource("changes")
  void schemaChange_comesBackExactly_asDocumented(Change change) throws SQLException {
    NewerSyntax.assumeUnderstood(change.script());
    String[] statements =
        SqlScript.split(change.script()).stream().map(SqlStatement::text).toArray(String[]::new);
    try (TestParent parent = PostgresServer.parent(setup);
        WholePath path = WholePath.on(parent.config(), ledger)) {
      String before = parent.dump();

      WholePath.Reviewed reviewed = path.experiment(statements);

      assertThat(reviewed.changes().schemaScript()).hasSameSizeAs(statements);
      assertThat(reviewed.changes().tables()).as("schema changes touch no row").isEmpty();
      assertThat(reviewed.baseDump()).as("base").isEqualTo(before);
      assertThat(parent.dump()).as("parent before the merge").isEqualTo(before);

      MergeResult result = path.merge(reviewed);

      assertThat(result.conflicts()).isNull();
      assertThat(parent.dump()).isEqualTo(reviewed.branchDump());
      assertThat(documented).contains(row(change, reviewed.hazards()));
    }
  }

  @Test
  void document_hasARowForEachKind() throws IOException {
    assertThat(documented.stream().map(row -> row.split(" \\| ", 2)[0].substring(2)))
        .containsExactlyElementsOf(changes().stream().map(Change::name).toList());
  }

  private static String row(Change change, List<HazardFinding> hazards) {
    boolean revertible =
        hazards.stream().noneMatch(finding -> finding.hazard() == Hazard.NOT_REVERTIBLE);
    String names =
        hazards.stream()
            .map(HazardFinding::hazard)
            .filter(hazard -> hazard != Hazard.NOT_REVERTIBLE)
            .map(hazard -> "`" + hazard + "`")
            .sorted()
            .collect(Collectors.joining(", "));
    return "| %s | %s | comes back exactly | %s | %s |"
        .formatted(
            change.name(),
            "`" + change.script().replace("|", "\\|") + "`",
            names.isEmpty() ? "none" : names,
            revertible ? "yes" : "no");
  }

  static String resource(String name) throws IOException {
    try (InputStream in = SchemaChangesTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
