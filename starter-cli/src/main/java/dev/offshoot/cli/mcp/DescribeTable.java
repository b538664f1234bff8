package dev.offshoot.cli.mcp;

import dev.offshoot.client.AgentSession;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code describe_table}: columns, keys, comments and a few values of one table. */
final class DescribeTable implements AgentTool {
  private static final String TABLE = "table";
  private static final int SAMPLES = 3;
  private static final int MOST_OF_A_KIND = 30;

  private final ToolSettings settings;

  DescribeTable(ToolSettings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "describe_table";
  }

  @Override
  public String title() {
    return "Columns and keys of a table";
  }

  @Override
  public String description() {
    return """
    Describes one table or view on your branch: columns with types, defaults and comments, keys and constraints, foreign keys in both directions, indexes, estimated rows, size, \
    and up to %d sample values of each column. Call it before you write SQL for a table."""
        .formatted(SAMPLES);
  }

  @Override
  public List<Argument> arguments() {
    return List.of(
        Argument.text(TABLE, "Its name as SQL writes it, like customers or sales.\"Order\"."),
        Argument.number("after", 0, Integer.MAX_VALUE, "Skip so many columns."),
        Argument.experiment());
  }

  @Override
  public Effect effect() {
    return Effect.READS;
  }

  @Override
  public Object call(Caller caller, Arguments arguments) {
    AgentSession session = caller.session(arguments);
    String name = arguments.text(TABLE);
    long after = arguments.number("after", 0);
    Catalog catalog = new Catalog(caller, session);
    List<List<@Nullable String>> facts = catalog.facts(name);
    if (facts.isEmpty()) {
      throw new Refusal(
          "NOT_FOUND",
          "table: there is no table or view of this name on the branch",
          "list_tables shows those that there are; write the schema before the name where it is not public, and quote names with capitals");
    }
    TableFacts table = new TableFacts(facts);
    List<List<@Nullable String>> found = catalog.columns(name, after);
    List<ColumnFacts> columns =
        found.stream()
            .limit(Catalog.MOST_COLUMNS)
            .map(row -> ColumnFacts.of(row, table, settings))
            .toList();
    List<List<@Nullable String>> samples = samples(catalog, table, columns);
    @Nullable Long more = columns.size() < found.size() ? after + columns.size() : null;
    return new Answer()
        .with("experiment", session.id().value())
        .with("schema", table.schema())
        .with(TABLE, table.name())
        .with("kind", table.kind())
        .with("rows", ListTables.number(table.first("rows")))
        .with("bytes", ListTables.number(table.first("bytes")))
        .with("comment", table.comment())
        .with("columns", described(columns, samples, new RowBudget(caller.backstage())))
        .with("after", more)
        .with("constraints", after == 0 ? table.all("constraint", MOST_OF_A_KIND) : null)
        .with("referencedBy", after == 0 ? table.all("referencedBy", MOST_OF_A_KIND) : null)
        .with("indexes", after == 0 ? table.all("index", MOST_OF_A_KIND) : null)
        .data()
        .next(
            more == null
                ? "run_sql reads and changes it"
                : "there are more columns: call describe_table with {\"after\": %d}"
                    .formatted(more))
        .asMap();
  }

  /** Rows of the columns that may be shown; none where samples are off or cannot be had. */
  private List<List<@Nullable String>> samples(
      Catalog catalog, TableFacts table, List<ColumnFacts> columns) {
    List<String> shown =
        columns.stream().filter(column -> !column.masked()).map(ColumnFacts::written).toList();
    // A view may take long for its first row.
    if (!settings.samples() || shown.isEmpty() || table.isView()) {
      return List.of();
    }
    try {
      return catalog.samples(table.written(), shown, SAMPLES);
    } catch (Refusal e) {
      return List.of();
    }
  }

  private static List<Object> described(
      List<ColumnFacts> columns, List<List<@Nullable String>> samples, RowBudget budget) {
    List<Object> described = new ArrayList<>();
    int place = 0;
    for (ColumnFacts column : columns) {
      List<@Nullable String> values = new ArrayList<>();
      if (!column.masked()) {
        for (List<@Nullable String> row : samples) {
          @Nullable String value = place < row.size() ? row.get(place) : null;
          if (value != null && !values.contains(value)) {
            values.add(value);
          }
        }
        place++;
      }
      Object whole = column.described().with("samples", values).asMap();
      described.add(budget.takes(whole) ? whole : column.described().asMap());
    }
    return described;
  }
}
