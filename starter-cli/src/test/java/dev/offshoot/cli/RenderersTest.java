package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.domain.TableName;
import dev.offshoot.text.DisplayWidth;
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
            "  ~  17         3 → 12.50",
            "  +  200  pot   NULL",
            "  -  3    \"\"    1");
  }

  @Test
  void updatesAlone_showKeyAndChangedColumnsOnly() {
    List<String> lines = new RowsRenderer(Colour.OFF, 0).lines(ITEMS, THREE.subList(0, 1));

    assertThat(lines).containsExactly("     id  price", "  ~  17  3 → 12.50");
  }

  @Test
  void narrowTerminal_putsEachCellOnALineOfItsOwn_andLeavesNoChangeOut() {
    List<String> lines = new RowsRenderer(Colour.OFF, 20).lines(ITEMS, THREE);

    assertThat(lines)
        .containsExactly(
            "  ~  id 17",
            "      price  3 → 12.50",
            "  +  id 200",
            "      name   pot",
            "      price  NULL",
            "  -  id 3",
            "      name   \"\"",
            "      price  1");
  }

  @Test
  void longValues_showWhereTheyDiffer_withinTheTerminal() {
    String long_ = "x".repeat(500);
    List<RowChange> rows =
        List.of(
            RowChange.update(
                row("1", long_ + "old", "日本語".repeat(90)), row("1", long_ + "new", null)));

    List<String> lines = new RowsRenderer(Colour.OFF, 60).lines(ITEMS, rows);

    assertThat(lines).allMatch(line -> DisplayWidth.of(line) <= 60);
    assertThat(String.join("\n", lines))
        .contains("- …xxxxxxxxold (503 characters)")
        .contains("+ …xxxxxxxxnew (503 characters)")
        .contains("…(270 characters)")
        .contains("+ NULL");
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
    lines.addAll(renderer.table(changes, table, List.of(RowChange.insert(row(hostile)))));

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
                    RowChange.insert(row("2", "abcd", "y")),
                    RowChange.insert(row("3", "✅😀", "z")),
                    RowChange.insert(row("4", "cafe\u0301", "w"))));

    assertThat(lines.subList(1, 5))
        .containsExactly(
            "  +  1   日本  x", "  +  2   abcd  y", "  +  3   ✅😀  z", "  +  4   cafe\u0301  w");
  }

  @Test
  void keylessRows_sayHowManyTheyStandFor() {
    TableChanges table = table(new TableName("public", "log"), List.of(), "line");
    RowChange twice = new RowChange(RowChange.Kind.DELETE, row("x"), null, 2);

    assertThat(new RowsRenderer(Colour.OFF, 0).lines(table, List.of(twice)).get(1))
        .isEqualTo("  -×2  x");
  }

  @Test
  void stat_hasCountsShareAndProportionsOfEachTable_sequencesAndTheSchema() {
    TableChanges items =
        new TableChanges(
            new TableName("public", "items"), List.of(), List.of(), 3, 40, 2, 1_000, List.of());
    TableChanges order =
        new TableChanges(
            new TableName("public", "order"), List.of(), List.of(), 1, 0, 0, 0, List.of());
    ChangeSummary changes =
        new ChangeSummary(
            "0".repeat(64),
            List.of(
                new SchemaChange(SchemaChange.Kind.CREATED, "table", "public.\"order\"", null, "")),
            1,
            List.of("CREATE TABLE \"order\" ()"),
            List.of(items, order),
            List.of(),
            List.of(new SequenceAdvance(new TableName("public", "items_id_seq"), 9_998, 10_001)),
            1);

    assertThat(new DiffRenderer(Colour.OFF, 0).stat(changes))
        .containsExactly(
            " items    +3  ~40  -2  of 1,000 rows (4.2 %)  ++~~~~~~~~~~~~~~~~~~~~~-",
            " \"order\"  +1   ~0  -0  new table              +",
            " sequence items_id_seq  9,998 → 10,001",
            " 1 schema change, 2 tables: +4 ~40 -2");
    assertThat(new DiffRenderer(Colour.ON, 50).stat(changes))
        .allMatch(line -> DisplayWidth.of(line.replaceAll("\u001b\\[[0-9;]*m", "")) <= 50)
        .allMatch(line -> !line.contains("~~"));
  }

  @Test
  void json_showsHiddenCharactersAsEscapes_andReadsBackTheSame() throws Exception {
    String hostile = "a\u202eb\u200bc\u001b";

    String json = Output.json(List.of(hostile), false);

    assertThat(json).isEqualTo("[\"a\\u202eb\\u200bc\\u001B\"]");
    assertThat(OffshootJson.mapper().readValue(json, String[].class)).containsExactly(hostile);
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
