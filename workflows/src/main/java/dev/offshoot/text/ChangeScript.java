package dev.offshoot.text;

import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableChanges;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A whole change set as one SQL transaction that its parent's owner can read, and run on a database
 * that stands as the branch point did: it then does what the merge would do. Unlike the merge it
 * looks for no conflicts. Streams the rows; memory does not grow with them.
 */
public final class ChangeScript {
  /** As the values were printed, so that they are read the same. */
  private static final List<String> SETTINGS =
      List.of(
          "SET LOCAL standard_conforming_strings = on;",
          "SET LOCAL DateStyle = 'ISO, MDY';",
          "SET LOCAL IntervalStyle = 'postgres';",
          "SET LOCAL TimeZone = 'UTC';",
          "SET LOCAL lc_monetary = 'C';",
          "SET LOCAL xmloption = 'content';",
          "SET LOCAL row_security = off;");

  private static final String OUR_PATH = "SET LOCAL search_path = pg_catalog, pg_temp;";

  private static final Pattern PLAIN_PATH =
      Pattern.compile("(\"\\$user\"|[a-z_][a-z0-9_]*)(, ?(\"\\$user\"|[a-z_][a-z0-9_]*))*");

  private static final Pattern MAY_FILL =
      Pattern.compile(
          "\\bcreate\\b.*\\btable\\b.*\\bas\\b|\\binto\\b",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final String REST =
      """
      -- While the rows are written, triggers and rules of their tables rest (what they did is among the
      -- rows), and foreign keys are taken off; putting them back checks them.
      CREATE TEMPORARY TABLE offshoot_put_back (step int GENERATED ALWAYS AS IDENTITY, statement text) ON COMMIT DROP;
      DO $offshoot$
      DECLARE
        named regclass[] := ARRAY[%s];
        written oid[];
        part record;
      BEGIN
        IF EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent
                   WHERE i.inhparent = ANY (named) AND c.relkind = 'r') THEN
          RAISE EXCEPTION 'a table that others inherit from cannot be written by this script';
        END IF;
        SELECT array_agg(DISTINCT oid) INTO written FROM (
          SELECT unnest(named)::oid AS oid
          UNION ALL SELECT p.relid::oid FROM unnest(named) AS n, pg_partition_tree(n) AS p) AS tables;
        FOR part IN
          SELECT 1 AS step, format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) AS off,
                 format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
                 || coalesce(format('; COMMENT ON CONSTRAINT %%I ON %%s IS %%L', conname, conrelid::regclass,
                                    obj_description(oid, 'pg_constraint')), '') AS back
          FROM pg_constraint
          WHERE contype = 'f' AND conparentid = 0 AND (conrelid = ANY (written) OR confrelid = ANY (written))
          UNION ALL
          SELECT 2, format('ALTER TABLE ONLY %%s DISABLE TRIGGER %%I', tgrelid::regclass, tgname),
                 format('ALTER TABLE ONLY %%s ENABLE %%sTRIGGER %%I', tgrelid::regclass,
                        CASE tgenabled WHEN 'A' THEN 'ALWAYS ' ELSE '' END, tgname)
          FROM pg_trigger WHERE (NOT tgisinternal OR (tgparentid <> 0 AND tgconstraint = 0)) AND tgenabled IN ('O', 'A') AND tgrelid = ANY (written)
          UNION ALL
          SELECT 3, format('ALTER TABLE %%s DISABLE RULE %%I', ev_class::regclass, rulename),
                 format('ALTER TABLE %%s ENABLE %%sRULE %%I', ev_class::regclass,
                        CASE ev_enabled WHEN 'A' THEN 'ALWAYS ' ELSE '' END, rulename)
          FROM pg_rewrite WHERE ev_type <> '1' AND ev_enabled IN ('O', 'A') AND ev_class = ANY (written)
          ORDER BY step
        LOOP
          EXECUTE part.off;
          INSERT INTO offshoot_put_back (statement) VALUES (part.back);
        END LOOP;
      END $offshoot$;""";

  private static final String PUT_BACK =
      """
      SET CONSTRAINTS ALL IMMEDIATE;
      DO $offshoot$
      DECLARE
        part record;
      BEGIN
        FOR part IN SELECT statement FROM offshoot_put_back ORDER BY step LOOP
          EXECUTE part.statement;
        END LOOP;
      END $offshoot$;""";

  private final List<TableChanges> tables;
  private final Rows rows;
  private final Consumer<String> out;

  /** Where the rows come from. */
  @FunctionalInterface
  public interface Rows {
    /** All changed rows of one table in order, whole, stretch by stretch; may be asked again. */
    void read(TableChanges table, Consumer<List<RowChange>> stretches);
  }

  private ChangeScript(List<TableChanges> tables, Rows rows, Consumer<String> out) {
    this.tables = tables;
    this.rows = rows;
    this.out = out;
  }

  /**
   * Writes everything.
   *
   * @param digest of the change set
   * @param tables all its tables, with their columns
   * @param out takes one line after the other; a statement's own line breaks are in it
   */
  public static void write(
      String digest,
      List<ReplayedStatement> script,
      List<SchemaChange> schemaChanges,
      List<TableChanges> tables,
      List<SequenceAdvance> sequences,
      Rows rows,
      Consumer<String> out) {
    ChangeScript writer = new ChangeScript(tables, rows, out);
    writer.head("-- change set " + digest);
    writer.schema(script.stream().filter(statement -> !statement.afterRows()).toList());
    writer.emptyNewTables(script, schemaChanges);
    writer.rows();
    writer.schema(script.stream().filter(ReplayedStatement::afterRows).toList());
    writer.sequences(sequences);
    out.accept("COMMIT;");
  }

  /** Writes the rows of one table only. */
  public static void writeRows(String digest, TableChanges table, Rows rows, Consumer<String> out) {
    ChangeScript writer = new ChangeScript(List.of(table), rows, out);
    writer.head(
        "-- rows of table %s in change set %s, without schema and sequences"
            .formatted(SqlLiteral.name(table.table()), digest));
    writer.rows();
    out.accept("COMMIT;");
  }

  private void head(String title) {
    out.accept(title);
    out.accept(
        "-- For a database that stands as the branch point did, as the owner of its tables;");
    out.accept("-- unlike the merge it looks for no conflicts. All or nothing.");
    out.accept("BEGIN;");
    SETTINGS.forEach(out);
    out.accept(OUR_PATH);
  }

  private void schema(List<ReplayedStatement> script) {
    if (script.isEmpty()) {
      return;
    }
    out.accept("");
    @Nullable String path = null;
    for (ReplayedStatement statement : script) {
      if (!statement.searchPath().equals(path)) {
        path = statement.searchPath();
        out.accept(
            PLAIN_PATH.matcher(path).matches()
                ? "SET LOCAL search_path = %s;".formatted(path)
                : "SELECT pg_catalog.set_config('search_path', %s, true);"
                    .formatted(SqlLiteral.text(path)));
      }
      statement(statement.sql()).forEach(out);
    }
    out.accept(OUR_PATH);
  }

  private static List<String> statement(String sql) {
    List<String> lines = new ArrayList<>(sql.strip().lines().toList());
    int last = lines.size() - 1;
    // A comment at the end would swallow a semicolon on its line.
    if (lines.get(last).contains("--")) {
      lines.add(";");
    } else {
      lines.set(last, lines.get(last) + ";");
    }
    return lines;
  }

  private void emptyNewTables(List<ReplayedStatement> script, List<SchemaChange> changes) {
    if (script.stream().noneMatch(statement -> MAY_FILL.matcher(statement.sql()).find())) {
      return;
    }
    changes.stream()
        .filter(change -> change.kind() == SchemaChange.Kind.CREATED)
        .filter(change -> change.objectType().equals("table"))
        .forEach(
            change ->
                out.accept(
                    "DELETE FROM %s;  -- its reviewed rows follow".formatted(change.identity())));
  }

  /** Deletes first, inserts last: what is unique is free again before somebody else takes it. */
  private void rows() {
    if (tables.isEmpty()) {
      return;
    }
    out.accept("");
    out.accept(
        REST.formatted(
            tables.stream()
                .map(table -> SqlLiteral.regclass(table.table()))
                .collect(Collectors.joining(", "))));
    for (TableChanges table : tables) {
      out.accept("");
      out.accept(
          "-- %s: %d inserted, %d updated, %d deleted"
              .formatted(
                  SqlLiteral.name(table.table()),
                  table.inserted(),
                  table.updated(),
                  table.deleted()));
      rows(table);
    }
    out.accept("");
    out.accept(PUT_BACK);
  }

  private void rows(TableChanges table) {
    RowStatements statements = new RowStatements(table);
    ValueSwaps swaps = new ValueSwaps();
    if (table.updated() > 1) {
      each(table, RowChange.Kind.UPDATE, swaps::add);
    }
    boolean[] swapped = {false};
    if (table.updated() > 1) {
      each(
          table,
          RowChange.Kind.UPDATE,
          row -> {
            if (swaps.concerns(row)) {
              if (!swapped[0]) {
                out.accept(
                    "-- Values may change places: such rows are taken out and put in again.");
                swapped[0] = true;
              }
              out.accept(statements.delete(row));
            }
          });
    }
    if (table.deleted() > 0) {
      each(table, RowChange.Kind.DELETE, row -> out.accept(statements.delete(row)));
    }
    if (table.updated() > 0) {
      each(
          table,
          RowChange.Kind.UPDATE,
          row -> {
            if (!swapped[0] || !swaps.concerns(row)) {
              out.accept(statements.update(row));
            }
          });
    }
    if (table.inserted() > 0 || swapped[0]) {
      rows.read(
          table, stretch -> statements.inserts(images(stretch, swapped[0], swaps)).forEach(out));
    }
  }

  private static List<List<@Nullable String>> images(
      List<RowChange> stretch, boolean swapped, ValueSwaps swaps) {
    List<List<@Nullable String>> images = new ArrayList<>();
    for (RowChange row : stretch) {
      boolean again = swapped && row.kind() == RowChange.Kind.UPDATE && swaps.concerns(row);
      if (row.kind() == RowChange.Kind.INSERT || again) {
        images.addAll(Collections.nCopies(row.count(), Objects.requireNonNull(row.after())));
      }
    }
    return images;
  }

  private void each(TableChanges table, RowChange.Kind kind, Consumer<RowChange> taker) {
    rows.read(table, stretch -> stretch.stream().filter(row -> row.kind() == kind).forEach(taker));
  }

  private void sequences(List<SequenceAdvance> sequences) {
    List<SequenceAdvance> used =
        sequences.stream().filter(sequence -> sequence.branchValue() != 0).toList();
    if (!used.isEmpty()) {
      out.accept("");
    }
    for (SequenceAdvance sequence : used) {
      out.accept(
          "SELECT setval(%s, %d);  -- was %d"
              .formatted(
                  SqlLiteral.regclass(sequence.sequence()),
                  sequence.branchValue(),
                  sequence.baseValue()));
    }
  }
}
