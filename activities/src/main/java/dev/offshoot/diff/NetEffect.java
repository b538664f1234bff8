package dev.offshoot.diff;

import dev.offshoot.activity.DiffActivities.ComputeDiff;
import dev.offshoot.changelog.KeyLog;
import dev.offshoot.changelog.KeyLog.Keys;
import dev.offshoot.domain.DroppedRows;
import dev.offshoot.domain.IdentityChange;
import dev.offshoot.domain.Observations;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.TableName;
import dev.offshoot.ledger.ChangeSet;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.Undoing;
import dev.offshoot.sql.CatalogFingerprint;
import dev.offshoot.sql.CatalogObject;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.FilledColumn;
import dev.offshoot.sql.ObjectIdentities;
import dev.offshoot.sql.TableCatalog;
import dev.offshoot.sql.TableCatalog.Column;
import dev.offshoot.sql.TableCatalog.Table;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment amounts to: base against branch. Works in one transaction on the base, which
 * the caller rolls back, and proves by its end that replaying script and rows on the base gives
 * exactly the branch's schema.
 */
final class NetEffect {
  private static final int MOST_IDENTITIES = 200;
  private static final int MOST_DROPPED = 100;

  private final Connection base;
  private final Connection branch;
  private final ComputeDiff request;
  private final Progress progress;
  private final SchemaRehearsal schema;
  private final SampleRows samples = new SampleRows();
  private List<IdentityChange> identities = List.of();
  private List<DroppedContents> dropped = List.of();
  private List<FilledColumn> filledLate = List.of();
  private HeldLocks locks = HeldLocks.NONE;
  private List<String> waysOut = List.of();

  /** Both sessions in a transaction. */
  NetEffect(Connection base, Connection branch, ComputeDiff request, Progress progress) {
    this.base = base;
    this.branch = branch;
    this.request = request;
    this.progress = progress;
    this.schema =
        new SchemaRehearsal(
            base,
            request.branch().branchName(),
            SpecValidation.statementsOf(request.spec()),
            request.spec().limits().statementTimeout(),
            progress);
  }

  /** First changed rows of each table, once they are frozen. */
  SampleRows samples() {
    return samples;
  }

  /** What was seen beside rows and definitions, once they are frozen. */
  Observations observed() {
    return new Observations(
        identities.stream().limit(MOST_IDENTITIES).toList(),
        identities.size(),
        locks.told(),
        dropped.stream()
            .filter(each -> !each.converted() && each.rows() > 0)
            .limit(MOST_DROPPED)
            .map(each -> new DroppedRows(each.table(), each.column(), each.rows()))
            .toList(),
        List.of(),
        waysOut);
  }

  /**
   * Writes everything to {@code writer} and freezes it.
   *
   * @throws dev.offshoot.domain.OffshootException {@code NOT_CARRIED} if a merge could not give
   *     exactly the branch
   */
  ChangeSet freezeInto(ChangeSetStore.Writer writer) throws SQLException {
    progress.report("reading the catalogs");
    Catalogs.Both catalogs = Catalogs.read(base, branch);
    catalogs.requireSameLargeObjects();
    CatalogFingerprint before = catalogs.base().fingerprint();
    CatalogFingerprint after = catalogs.branch().fingerprint();
    TableCatalog original = catalogs.base().tables();
    TableCatalog there = catalogs.branch().tables();
    identities =
        ObjectIdentities.changes(catalogs.base().identities(), catalogs.branch().identities());
    refuseReplaced();
    waysOut = WaysOut.in(base);

    List<SchemaStatement> statements = request.report().schemaStatements();
    if (!statements.isEmpty()) {
      dropped = DropSearch.run(base, original, there, progress);
    }
    Optional<SchemaInversion> inversion =
        statements.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new SchemaInversion(
                    base,
                    request.branch().branchName(),
                    statements.get(0).searchPath(),
                    request.spec().limits().statementTimeout(),
                    progress));
    schema.beforeRows(statements);
    if (!statements.isEmpty()) {
      Conversions conversions = new Conversions(base, original, progress);
      conversions.requireForeseen(dropped, there);
      dropped = conversions.becomeOf(dropped);
    }
    if (inversion.isPresent()) {
      inversion.get().afterSchema();
    }
    locks = HeldLocks.of(base, original);
    CatalogFingerprint rehearsed = statements.isEmpty() ? before : CatalogFingerprint.read(base);
    if (schema.waiting().isEmpty()) {
      requireSameSchema(rehearsed, after);
    }
    Pairing pairing = new Pairing(base, branch, original, schema.waiting());
    RowRehearsal rows = new RowRehearsal(base, progress);
    boolean rowsMatter = !schema.waiting().isEmpty() || gainsLabels(before, rehearsed);
    KeyLog log =
        KeyLog.read(branch, original, pairing.branchTables(), request.report().writtenRows());
    Map<Long, Set<Integer>> keys = new HashMap<>();
    for (TablePair pair : pairing.pairs(request.report().touchedTables())) {
      compare(pair, log, writer, rowsMatter ? rows.table(pair) : change -> {});
      keys.put(
          pair.base().oid(),
          pair.keyColumns().stream().map(Column::number).collect(Collectors.toSet()));
    }
    rows.apply();
    CatalogFingerprint marked = rowsMatter ? CatalogFingerprint.read(base) : rehearsed;
    SortedSet<TableName> rewritten = new TreeSet<>(pairing.rewritten());
    if (!schema.waiting().isEmpty()) {
      requireSameSchema(afterRows(rehearsed, marked, original, there, rewritten), after);
    }
    writer.drops(dropped);
    writer.fills(Stream.concat(pairing.filled().stream(), filledLate.stream()).toList());

    List<SequenceAdvance> sequences = SequenceComparison.advances(base, branch);
    Undoing undoing =
        inversion.isEmpty()
            ? Undoing.OF_ROWS
            : inversion.get().find(withMarks(before, rehearsed, marked), keys);
    progress.report("freezing the change set");
    return writer.freeze(
        schema.script(),
        CatalogFingerprint.changes(before, after),
        List.copyOf(rewritten),
        sequences,
        undoing);
  }

  /** What the base was, with the marks that rehearsing its rows has left on it. */
  private static CatalogFingerprint withMarks(
      CatalogFingerprint before, CatalogFingerprint rehearsed, CatalogFingerprint marked) {
    NavigableMap<CatalogObject, String> definitions = new TreeMap<>(before.definitions());
    for (SchemaChange mark : CatalogFingerprint.changes(rehearsed, marked)) {
      CatalogObject object = new CatalogObject(mark.objectType(), mark.identity());
      String now = mark.after();
      if (now != null && definitions.containsKey(object)) {
        definitions.put(object, now);
      }
    }
    return new CatalogFingerprint(definitions, before.derived());
  }

  /** A merge would lose what the parent wrote there since, and could not tell. */
  private void refuseReplaced() {
    List<String> replaced =
        identities.stream()
            .filter(identity -> identity.kind() == IdentityChange.Kind.REPLACED)
            .filter(identity -> !identity.objectType().equals("sequence"))
            .map(identity -> identity.objectType() + " " + identity.before())
            .toList();
    if (!replaced.isEmpty()) {
      throw NotCarried.because(
          "the experiment drops %s and makes another one of that name, so that what the parent holds there would be lost; alter it, or give the new one another name"
              .formatted(NotCarried.show(replaced)));
    }
  }

  private void compare(
      TablePair pair,
      KeyLog log,
      ChangeSetStore.Writer writer,
      TableComparison.Differences rehearsal)
      throws SQLException {
    Optional<Keys> keys = pair.canBeComparedByKey() ? log.of(pair.branch()) : Optional.empty();
    TableSize size = new TableSize(base, branch, pair);
    if (keys.isPresent() && !size.isFasterByKey(keys.get().most())) {
      keys = Optional.empty();
    }
    if (keys.isEmpty()) {
      size.count();
    }
    TableRecord record = new TableRecord(pair, size, writer, samples);
    new TableComparison(base, branch, progress)
        .compare(
            pair,
            keys,
            change -> {
              if (pair.branch().writableColumns().isEmpty()) {
                throw NotCarried.because(
                    "table %s has no column left that could be written, so that its changed rows cannot be told apart; drop it, or keep a column"
                        .formatted(NotCarried.show(pair.branch().name())));
              }
              record.add(change);
              rehearsal.add(change);
            });
  }

  /** A row cannot use a new label in the transaction that makes it; the rehearsal tells. */
  private static boolean gainsLabels(CatalogFingerprint before, CatalogFingerprint rehearsed) {
    return CatalogFingerprint.changes(before, rehearsed).stream()
        .anyMatch(
            change ->
                change.kind() == SchemaChange.Kind.ALTERED
                    && change.objectType().equals("type")
                    && change.after() != null
                    && change.after().startsWith("ENUM"));
  }

  /**
   * Rehearsing the rows leaves its marks on the base's catalog; what counts is what the statements
   * that waited for them do to it.
   */
  private CatalogFingerprint afterRows(
      CatalogFingerprint rehearsed,
      CatalogFingerprint marked,
      TableCatalog original,
      TableCatalog there,
      SortedSet<TableName> rewritten)
      throws SQLException {
    TableCatalog stood = TableCatalog.read(base).amongst(original);
    HeldLocks ofRows = HeldLocks.of(base, original);
    List<DroppedContents> late =
        DropSearch.run(base, stood, there, progress).stream()
            .filter(DroppedContents::converted)
            .map(DroppedContents::lateOnes)
            .toList();
    schema.afterRows();
    locks = locks.and(ofRows, HeldLocks.of(base, original));
    Conversions conversions = new Conversions(base, stood, progress);
    conversions.requireForeseen(late, there);
    late = late.stream().filter(each -> conversions.isRewritten(each.table())).toList();
    dropped = Stream.concat(dropped.stream(), conversions.becomeOf(late).stream()).toList();
    TableCatalog stand = TableCatalog.read(base).amongst(original);
    filledLate = NewColumns.find(base, branch, stood, stand, there, true).filled();
    for (Table table : stand.tables().values()) {
      @Nullable Table old = stood.tables().get(table.oid());
      if (old != null && old.fileNode() != table.fileNode()) {
        rewritten.add(table.name());
      }
    }
    return withChanges(rehearsed, marked, CatalogFingerprint.read(base));
  }

  /** {@code start} with what differs between {@code from} and {@code to}. */
  private static CatalogFingerprint withChanges(
      CatalogFingerprint start, CatalogFingerprint from, CatalogFingerprint to) {
    NavigableMap<CatalogObject, String> definitions = new TreeMap<>(start.definitions());
    from.definitions().keySet().stream()
        .filter(object -> !to.definitions().containsKey(object))
        .forEach(definitions::remove);
    to.definitions()
        .forEach(
            (object, definition) -> {
              if (!definition.equals(from.definition(object))) {
                definitions.put(object, definition);
              }
            });
    return new CatalogFingerprint(definitions, to.derived());
  }

  private static void requireSameSchema(CatalogFingerprint rehearsed, CatalogFingerprint branch) {
    List<CatalogObject> different = new ArrayList<>();
    for (SchemaChange change : CatalogFingerprint.changes(rehearsed, branch)) {
      different.add(new CatalogObject(change.objectType(), change.identity()));
    }
    if (!different.isEmpty()) {
      throw NotCarried.because(
          "replaying the schema statements on the data as it was at the branch point does not give what the branch has: %s. Write statements whose effect on the schema does not depend on rows, on the session or on the role that runs them"
              .formatted(NotCarried.show(different)));
    }
  }
}
