package dev.offshoot.cli.mcp;

import dev.offshoot.client.AgentSession;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code list_tables}: what there is on the branch, a page of it. */
final class ListTables implements AgentTool {
  private static final int USUAL_TABLES = 50;
  private static final int MOST_TABLES = 200;

  @Override
  public String name() {
    return "list_tables";
  }

  @Override
  public String title() {
    return "Tables on the branch";
  }

  @Override
  public String description() {
    return """
    Lists tables and views on your branch with estimated rows, size, number of columns and comment, a page at a time. \
    Narrow it by schema or by a LIKE pattern of the name. describe_table shows the columns and keys of one.""";
  }

  @Override
  public List<Argument> arguments() {
    return List.of(
        Argument.text("schema", "Only this schema.").optional(),
        Argument.text("like", "Only names that match this LIKE pattern, for example %order%.")
            .optional(),
        Argument.number("after", 0, Integer.MAX_VALUE, "Skip so many tables."),
        Argument.number(
            "limit", 1, MOST_TABLES, "Tables to list; %d if left out.".formatted(USUAL_TABLES)),
        Argument.experiment());
  }

  @Override
  public Effect effect() {
    return Effect.READS;
  }

  @Override
  public Object call(Caller caller, Arguments arguments) {
    AgentSession session = caller.session(arguments);
    long after = arguments.number("after", 0);
    int limit = (int) arguments.number("limit", USUAL_TABLES);
    List<List<@Nullable String>> found =
        new Catalog(caller, session)
            .tables(arguments.textOrNull("schema"), arguments.textOrNull("like"), after, limit + 1);
    RowBudget budget = new RowBudget(caller.backstage());
    List<Object> tables = new ArrayList<>();
    for (List<@Nullable String> row : found.subList(0, Math.min(limit, found.size()))) {
      Object table = table(row);
      if (!budget.takes(table)) {
        break;
      }
      tables.add(table);
    }
    @Nullable Long more = tables.size() < found.size() ? after + tables.size() : null;
    return new Answer()
        .with("experiment", session.id().value())
        .with("tables", tables)
        .with("after", more)
        .data()
        .next(
            tables.isEmpty()
                ? "nothing matches; leave out schema and like to see what there is"
                : more == null
                    ? "describe_table shows the columns and keys of one"
                    : "there are more: call list_tables with {\"after\": %d}, or narrow it"
                        .formatted(more))
        .asMap();
  }

  private static Object table(List<@Nullable String> row) {
    return new Answer()
        .with("schema", row.get(0))
        .with("table", row.get(1))
        .with("kind", "table".equals(row.get(2)) ? null : row.get(2))
        .with("rows", number(row.get(3)))
        .with("bytes", number(row.get(4)))
        .with("columns", number(row.get(5)))
        .with("comment", row.get(6))
        .asMap();
  }

  /** Of a number that a server printed. */
  static @Nullable Object number(@Nullable String text) {
    return text == null || !text.matches("-?\\d{1,18}") ? text : Long.valueOf(text);
  }
}
