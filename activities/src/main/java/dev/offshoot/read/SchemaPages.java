package dev.offshoot.read;

import dev.offshoot.activity.ReadActivities.ReadSchema;
import dev.offshoot.domain.ReplayedStatement;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaPage;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableChanges;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.ReplayStatement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts what a change set holds besides rows into pages that fit into a payload. For one page. */
final class SchemaPages {
  /** A payload may have 2 MiB; a character may need more than one byte. */
  private static final int MOST_CHARACTERS = 500_000;

  private static final int OF_A_COLUMN = 60;

  private final List<ReplayedStatement> script = new ArrayList<>();
  private final List<SchemaChange> changes = new ArrayList<>();
  private final List<TableChanges> tables = new ArrayList<>();
  private final int from;
  private int at;
  private int room = MOST_CHARACTERS;
  private boolean full;

  private SchemaPages(int from) {
    this.from = from;
  }

  /** The page that begins at {@code request.from()}, with one item at least if there is one. */
  static SchemaPage read(ChangeSetStore store, ReadSchema request) {
    SchemaPages page = new SchemaPages(request.from() == null ? 0 : Math.max(0, request.from()));
    return page.of(store.get(request.digest()));
  }

  private SchemaPage of(ChangeSet changeSet) {
    for (ReplayStatement statement : changeSet.script()) {
      if (takes(statement.sql().length())) {
        script.add(told(statement));
      }
    }
    for (SchemaChange change : changeSet.schemaChanges()) {
      if (takes(length(change.before()) + length(change.after()))) {
        changes.add(bounded(change));
      }
    }
    for (ChangeSet.CountedTable table : changeSet.tables()) {
      if (takes(OF_A_COLUMN * table.shape().columns().size())) {
        tables.add(told(table));
      }
    }
    return new SchemaPage(
        changeSet.digest(),
        List.copyOf(script),
        List.copyOf(changes),
        List.copyOf(tables),
        full ? Integer.valueOf(at) : null);
  }

  /** Whether the next item belongs to this page. */
  private boolean takes(int characters) {
    if (full) {
      return false;
    }
    if (at < from) {
      at++;
      return false;
    }
    room -= characters;
    if (room < 0 && at > from) {
      full = true;
      return false;
    }
    at++;
    return true;
  }

  private static ReplayedStatement told(ReplayStatement statement) {
    return new ReplayedStatement(
        statement.index(),
        statement.sql(),
        statement.searchPath(),
        statement.phase() == ReplayStatement.Phase.AFTER_ROWS);
  }

  private static TableChanges told(ChangeSet.CountedTable table) {
    return new TableChanges(
        table.shape().table(),
        table.shape().columns(),
        table.shape().keyColumns(),
        table.inserted(),
        table.updated(),
        table.deleted(),
        table.shape().rowsInBase(),
        List.of());
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  /** Definitions are for reading; a giant one is cut and says its length. */
  private static SchemaChange bounded(SchemaChange change) {
    return new SchemaChange(
        change.kind(),
        change.objectType(),
        change.identity(),
        bounded(change.before()),
        bounded(change.after()));
  }

  private static @Nullable String bounded(@Nullable String definition) {
    return definition == null ? null : ShownText.elided(definition, MOST_CHARACTERS / 2);
  }
}
