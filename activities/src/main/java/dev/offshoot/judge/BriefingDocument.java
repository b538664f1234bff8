package dev.offshoot.judge;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TableChanges;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The change set as a model sees it: bounded, hidden characters made visible, masked values left
 * out. What was left out is counted in it.
 *
 * @param root the document
 * @param complete whether every statement, check and schema change is in it, in full
 * @param tables names of the tables in it
 */
record BriefingDocument(ObjectNode root, boolean complete, Set<String> tables) {
  private static final int MOST_STATEMENTS = 60;
  private static final int MOST_OBJECTS = 60;
  private static final int MOST_TABLES = 40;
  private static final int SQL = 3_000;
  private static final int DEFINITION = 3_000;
  private static final int NAME = 200;
  private static final int VALUE = 200;
  private static final int SAMPLE_ROWS = 5;
  private static final String MASKED = "(masked)";

  /** How {@link ShownText} ends what it has shortened before. */
  private static final Pattern SHORTENED = Pattern.compile("…\\(\\d+ characters\\)\\s*$");

  static BriefingDocument of(JudgeRequest request, List<HazardFinding> hazards, Shown shown) {
    return new Writer(shown).document(request, hazards);
  }

  /** Fills one document. */
  private static final class Writer {
    private final Shown shown;
    private final ObjectNode root = JsonNodeFactory.instance.objectNode();
    private final Set<String> tables = new LinkedHashSet<>();
    private boolean complete = true;

    Writer(Shown shown) {
      this.shown = shown;
    }

    BriefingDocument document(JudgeRequest request, List<HazardFinding> hazards) {
      ChangeSummary changes = request.changes();
      root.put("goal", whole(String.valueOf(request.spec().goal()), SQL));
      statements(request.report().statements());
      texts("checks", request.report().checks(), SQL);
      schema(changes);
      tables(changes.tables());
      ArrayNode sequences = root.putArray("sequencesAdvanced");
      changes.sequences().stream()
          .limit(MOST_OBJECTS)
          .forEach(sequence -> sequences.add(part(sequence.sequence().toString(), NAME)));
      hazards(hazards);
      return new BriefingDocument(root, complete, Set.copyOf(tables));
    }

    private void statements(List<StatementResult> statements) {
      ArrayNode array = root.putArray("statements");
      for (StatementResult statement : first(statements, MOST_STATEMENTS, "statements")) {
        ObjectNode node = array.addObject();
        node.put("number", statement.index() + 1);
        node.put("sql", whole(statement.sql(), SQL));
        if (statement.rowsAffected() != null) {
          node.put("rowsAffected", statement.rowsAffected());
        }
        node.put("changedSchema", statement.changedSchema());
      }
    }

    private void schema(ChangeSummary changes) {
      texts("schemaScript", changes.schemaScript(), SQL);
      ArrayNode array = root.putArray("schemaChanges");
      for (SchemaChange change : first(changes.schemaChanges(), MOST_OBJECTS, "schemaChanges")) {
        ObjectNode node = array.addObject();
        node.put("kind", change.kind().name());
        node.put("type", part(change.objectType(), NAME));
        node.put("identity", whole(change.identity(), NAME));
        node.put("before", definition(change.before()));
        node.put("after", definition(change.after()));
      }
      if (changes.schemaChangeCount() > changes.schemaChanges().size()) {
        leftOut("schemaChanges", changes.schemaChangeCount() - changes.schemaChanges().size());
      }
    }

    private @Nullable String definition(@Nullable String definition) {
      return definition == null ? null : whole(definition, DEFINITION);
    }

    private void tables(List<TableChanges> changed) {
      ArrayNode array = root.putArray("tables");
      for (TableChanges table : first(changed, MOST_TABLES, "tables")) {
        String name = part(table.table().schema() + "." + table.table().name(), NAME);
        tables.add(name);
        ObjectNode node = array.addObject();
        node.put("table", name);
        node.put("inserted", table.inserted());
        node.put("updated", table.updated());
        node.put("deleted", table.deleted());
        node.put("rowsBefore", table.rowsInBase());
        ArrayNode columns = node.putArray("columns");
        table
            .columns()
            .forEach(column -> columns.add(part(column.name() + " " + column.type(), NAME)));
        if (shown.rowValues()) {
          ArrayNode rows = node.putArray("sample");
          table.sample().stream().limit(SAMPLE_ROWS).forEach(row -> row(table, row, rows));
        }
      }
    }

    private void row(TableChanges table, RowChange row, ArrayNode rows) {
      ObjectNode node = rows.addObject();
      node.put("kind", row.kind().name());
      image(table, row.before(), node, "before");
      image(table, row.after(), node, "after");
      if (row.count() > 1) {
        node.put("equalRows", row.count());
      }
    }

    private void image(
        TableChanges table, @Nullable List<@Nullable String> values, ObjectNode row, String field) {
      if (values == null) {
        return;
      }
      ArrayNode image = row.putArray(field);
      for (int i = 0; i < values.size(); i++) {
        @Nullable String value = values.get(i);
        image.add(
            isMasked(table, i) ? MASKED : value == null ? null : ShownText.oneLine(value, VALUE));
      }
    }

    private boolean isMasked(TableChanges table, int place) {
      List<ColumnShape> columns = table.columns();
      return place >= columns.size()
          || shown
              .masked()
              .contains(
                  "%s.%s.%s"
                      .formatted(
                          table.table().schema(), table.table().name(), columns.get(place).name()));
    }

    private void hazards(List<HazardFinding> hazards) {
      ArrayNode array = root.putArray("hazards");
      for (HazardFinding finding : hazards) {
        ObjectNode node = array.addObject();
        node.put("hazard", finding.hazard().name());
        node.put("severity", finding.severity().name());
        node.put("evidence", part(finding.evidence(), SQL));
      }
    }

    private void texts(String field, List<String> texts, int limit) {
      ArrayNode array = root.putArray(field);
      first(texts, MOST_STATEMENTS, field).forEach(text -> array.add(whole(text, limit)));
    }

    private <T> List<T> first(List<T> all, int most, String what) {
      if (all.size() <= most) {
        return all;
      }
      leftOut(what, all.size() - most);
      return all.subList(0, most);
    }

    private void leftOut(String what, int count) {
      complete = false;
      root.withObject("/leftOut").put(what, count);
    }

    /** A text of which a part alone could deceive. */
    private String whole(String text, int limit) {
      if (text.length() > limit || SHORTENED.matcher(text).find()) {
        complete = false;
      }
      return part(text, limit);
    }

    private static String part(String text, int limit) {
      return ShownText.lines(text, limit);
    }
  }
}
