package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What people see of a change set. */
final class RenderersTest {
  private static final TableChanges ITEMS =
      table(new TableName("public", "items"), List.of(0), "id", "name", "price");

  private static TableChanges table(TableName name, List<Integer> key, String... columns) {
    return new TableChanges(
        name,
        Arrays.stream(columns).map(column -> new ColumnShape(column, "text")).toList(),
        key,
        1,
        1,
        1,
        1_234_567,
        List.of());
  }

  private static List<@Nullable String> row(@Nullable String... values) {
    return new ArrayList<>(Arrays.asList(values));
  }

  private static final List<RowChange> THREE =
      List.of(
          RowChange.update(row("17", "cup", "3"), row("17", "cup", "12.50")),
          RowChange.insert(row("200", "pot", null)),
          RowChange.delete(row("3", "", "1")));

  @Test
  void rows_areAlignedCellByCellWithSigns() {
    List<String> lines = new RowsRenderer(Colour.OFF, 0).lines(ITEMS, THREE);

    assertThat(lines)
        .containsExactly(
            "     id   name  price",
            "  ~  17   cup   3 → 12.50",
            "  +  200  pot   NULL",
            "  -  3    \"\"    1");
  }

  @Test
  void updatesAlone_showKeyAndChangedColumnsOnly() {
    List<String> lines = new RowsRenderer(Colour.OFF, 0).lines(ITEMS, THREE.subList(0, 1));

    assertThat(lines).containsExactly("     id  price", "  ~  17  3 → 12.50");
  }

  @Test
  void narrowTerminal_hidesTheLeastImportantColumnsAndSaysSo() {
    List<String> lines = new RowsRenderer(Colour.OFF, 24).lines(ITEMS, THREE);

    assertThat(lines.get(0)).contains("id").contains("price").doesNotContain("name");
    assertThat(lines.get(lines.size() - 1)).contains("1 column not shown");
    assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> line.length() <= 24);
  }

  @Test
  void colours_repeatTheSignsAndNeverReplaceThem() {
    List<String> plain = new RowsRenderer(Colour.OFF, 0).lines(ITEMS, THREE);
    List<String> painted = new RowsRenderer(Colour.ON, 0).lines(ITEMS, THREE);

    assertThat(painted).isNotEqualTo(plain);
    assertThat(painted.stream().map(line -> line.replaceAll("\u001b\\[[0-9;]*m", "")))
        .containsExactlyElementsOf(plain);
  }

  @Test
  void colour_needsATerminalAndRespectsNoColor() {
    assertThat(colour(true, Map.of())).isEqualTo(Colour.ON);
    assertThat(colour(false, Map.of())).isEqualTo(Colour.OFF);
    assertThat(colour(true, Map.of("NO_COLOR", "1"))).isEqualTo(Colour.OFF);
    assertThat(colour(true, Map.of("TERM", "dumb"))).isEqualTo(Colour.OFF);
  }

  private static Colour colour(boolean terminal, Map<String, String> environment) {
    Terminal real = Terminal.ofProcess();
    return Colour.of(
        new Terminal(real.in(), real.out(), real.err(), terminal, terminal, 80, environment),
        false);
  }

  @Test
  void hostileValues_cannotReachTheTerminal() {
    String hostile = "a\u001b[2J\u202Eb\u0000\n\u200Bc";
    TableChanges table = table(new TableName("public", "t" + hostile), List.of(0), "k" + hostile);
    ChangeSummary changes =
        new ChangeSummary(
            "0".repeat(64),
            List.of(
                new SchemaChange(
                    SchemaChange.Kind.ALTERED, "view", "v" + hostile, hostile, hostile)),
            1,
            List.of(),
            List.of(table),
            List.of(),
            List.of(),
            1);
    DiffRenderer renderer = new DiffRenderer(Colour.OFF, 0);
    List<String> lines = new ArrayList<>(renderer.head(changes));
    lines.addAll(renderer.stat(changes));
    lines.addAll(renderer.table(table, List.of(RowChange.insert(row(hostile)))));

    assertThat(String.join("", lines).codePoints())
        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
    assertThat(String.join("", lines)).contains("\\u202e").contains("\\u001b");
  }

  @Test
  void wideCharacters_keepTheColumnsAligned() {
    List<String> lines =
        new RowsRenderer(Colour.OFF, 0)
            .lines(
                ITEMS,
                List.of(
                    RowChange.insert(row("1", "日本", "x")),
                    RowChange.insert(row("2", "abcd", "y"))));

    assertThat(lines.get(1)).isEqualTo("  +  1   日本  x");
    assertThat(lines.get(2)).isEqualTo("  +  2   abcd  y");
  }

  @Test
  void sql_quotesNamesAndLiteralsExactly() {
    TableChanges table =
        table(new TableName("My Schema", "we\"ird"), List.of(0), "id", "O'Brien", "v");
    SqlRenderer renderer = new SqlRenderer();

    List<String> lines =
        renderer.rows(
            table,
            List.of(
                RowChange.update(row("it's", "a", "b"), row("it's", "a\\b", null)),
                RowChange.insert(row("1", "x\u202Ey", "line\nbreak")),
                RowChange.delete(row("2", "c", "d"))));

    assertThat(lines)
        .containsExactly(
            "UPDATE \"My Schema\".\"we\"\"ird\" SET \"O'Brien\" = E'a\\\\b', \"v\" = NULL WHERE \"id\" = 'it''s';",
            "INSERT INTO \"My Schema\".\"we\"\"ird\" (\"id\", \"O'Brien\", \"v\") OVERRIDING SYSTEM VALUE VALUES ('1', E'x\\u202Ey', E'line\\nbreak');",
            "DELETE FROM \"My Schema\".\"we\"\"ird\" WHERE \"id\" = '2';");
    assertThat(SqlLiteral.name("a\u202Eb\\\"")).isEqualTo("U&\"a\\202Eb\\\\\"\"\"");
  }

  @Test
  void keylessRows_areDeletedAsOftenAsTheyWere() {
    TableChanges table = table(new TableName("public", "log"), List.of(), "line");
    RowChange twice = new RowChange(RowChange.Kind.DELETE, row("x"), null, 2);
    RowChange thrice = new RowChange(RowChange.Kind.INSERT, null, row("y"), 3);

    List<String> lines = new SqlRenderer().rows(table, List.of(twice, thrice));

    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).contains("LIMIT 2").contains("IS NOT DISTINCT FROM 'x'");
    assertThat(new RowsRenderer(Colour.OFF, 0).lines(table, List.of(twice)).get(1))
        .isEqualTo("  -×2  x");
  }

  @Test
  void schemaStatements_endWithASemicolonEvenAfterAComment() {
    ChangeSummary changes =
        new ChangeSummary(
            "0".repeat(64),
            List.of(),
            0,
            List.of("CREATE TABLE a ()", "CREATE TABLE b () -- last"),
            List.of(),
            List.of(),
            List.of(),
            1);

    assertThat(new SqlRenderer().head(changes))
        .contains("CREATE TABLE a ();")
        .containsSequence("CREATE TABLE b () -- last", ";");
  }

  @Test
  void stringsThatLookLikeNull_areQuoted() {
    assertThat(CellText.of(null, 10)).isEqualTo("NULL");
    assertThat(CellText.of("NULL", 10)).isEqualTo("\"NULL\"");
    assertThat(CellText.of(" x", 10)).isEqualTo("\" x\"");
    assertThat(CellText.of("", 10)).isEqualTo("\"\"");
  }

  @Test
  void parentsPassword_isTakenOutOfTheUrlAndNeverPrinted() {
    Terminal terminal =
        new Terminal(
            Terminal.ofProcess().in(),
            Terminal.ofProcess().out(),
            Terminal.ofProcess().err(),
            false,
            false,
            0,
            Map.of("OFFSHOOT_PARENT_OTHER_DB_PASSWORD", "from-env"));
    Map<String, StackOptions.ParentAddress> parents =
        StackOptions.parents(
            List.of(
                "app=jdbc:postgresql://h:1/d?user=u&password=p%26q&sslmode=require",
                "other-db=jdbc:postgresql://h/d?user=v"),
            terminal);

    assertThat(parents.get("app"))
        .isEqualTo(
            new StackOptions.ParentAddress("jdbc:postgresql://h:1/d?sslmode=require", "u", "p&q"));
    assertThat(parents.get("other-db"))
        .isEqualTo(new StackOptions.ParentAddress("jdbc:postgresql://h/d", "v", "from-env"));
    assertThat(parents.toString()).doesNotContain("p&q").doesNotContain("from-env");
  }

  @Test
  void stackOptions_areTheKeysThatTheWorkerReads() {
    String json = new StackOptions(true, "dev", 7233, 0, null, false, true, Map.of()).springJson();

    assertThat(json)
        .isEqualTo(
            "{\"offshoot\":{\"stack\":{\"enabled\":true,\"temporal\":\"dev\",\"temporal-port\":7233,"
                + "\"ui-port\":0,\"ephemeral\":false,\"demo-parent\":true,\"parents\":{}}}}");
  }

  @Test
  void demoExperiment_isValid() {
    DemoExperiment demo = DemoExperiment.load();

    assertThat(demo.spec().parent()).isEqualTo("shop");
    assertThat(demo.shownScript()).anyMatch(line -> line.contains("ADD COLUMN loyalty_tier"));
  }
}
