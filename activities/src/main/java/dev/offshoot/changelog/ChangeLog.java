package dev.offshoot.changelog;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SchemaStatement;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableName;
import dev.offshoot.domain.Touched;
import dev.offshoot.domain.WrittenRows;
import dev.offshoot.sql.CatalogFingerprint;
import dev.offshoot.sql.ObjectIdentities;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Follows one experiment's session from statement to statement: which tables' rows may differ, and
 * which statements changed the schema. Not thread-safe.
 *
 * <p>It must be told of every transaction before its first statement ({@link #begin}, {@link
 * #transactionBegan}) and of every statement after it ran; it throws if the statement did what a
 * merge cannot carry.
 */
public final class ChangeLog {
  /** Statistics of the planner, which are nobody's schema. */
  private static final Set<String> NO_SCHEMA = Set.of("pg_statistic", "pg_statistic_ext_data");

  /** What belongs to the server or lies outside tables; no merge carries it. */
  private static final Map<String, String> NOT_CARRIED =
      Map.ofEntries(
          Map.entry("pg_auth_members", "memberships of roles"),
          Map.entry("pg_authid", "roles"),
          Map.entry("pg_database", "the database itself"),
          Map.entry("pg_db_role_setting", "settings of roles or databases"),
          Map.entry("pg_largeobject", "large objects"),
          Map.entry("pg_largeobject_metadata", "large objects"),
          Map.entry("pg_parameter_acl", "privileges on parameters"),
          Map.entry("pg_replication_origin", "replication origins"),
          Map.entry("pg_shdescription", "comments on roles or databases"),
          Map.entry("pg_shseclabel", "security labels of roles or databases"),
          Map.entry("pg_subscription", "subscriptions"),
          Map.entry("pg_tablespace", "tablespaces"));

  /** Where merges are noted on a parent; no fingerprint looks there and no merge carries it. */
  private static final String OUR_SCHEMA = "offshoot";

  private static final String OURS =
      """
      SELECT format('%s %s %s', n.oid,
        (SELECT string_agg(format('%s %s %s', c.oid, c.relname, c.relfilenode), ',' ORDER BY c.oid)
         FROM pg_class c WHERE c.relnamespace = n.oid),
        (SELECT count(*) FROM pg_proc p WHERE p.pronamespace = n.oid))
      FROM pg_namespace n WHERE n.nspname = 'offshoot'
      """;

  /** By its id a transaction is known to be still the same. */
  private static final String GIVE_ID = "SELECT pg_catalog.pg_current_xact_id()";

  private static final int MOST_NAMES = 5;

  private final RowWatch rows;
  private final List<SchemaStatement> schemaStatements = new ArrayList<>();
  private final FilledViews standingViews;
  private final List<String> ours;
  private final Untouched untouched;
  private FilledViews views;
  private @Nullable Schema latest;

  private ChangeLog(RowWatch rows, FilledViews views, List<String> ours, Untouched untouched) {
    this.rows = rows;
    this.ours = ours;
    this.standingViews = views;
    this.views = views;
    this.untouched = untouched;
  }

  /** Opens a session on a database whose schema is as the experiment's was at its beginning. */
  @FunctionalInterface
  public interface Untouched {
    Connection open() throws SQLException;
  }

  private record Schema(CatalogFingerprint definitions, ObjectIdentities identities) {
    static Schema read(Connection connection) throws SQLException {
      return new Schema(
          Aside.look(connection, CatalogFingerprint::read),
          Aside.look(connection, ObjectIdentities::read));
    }

    /** Tables that swap names leave every definition as it was. */
    boolean differsFrom(Schema other) {
      return !definitions.equals(other.definitions)
          || !ObjectIdentities.changes(other.identities, identities).isEmpty();
    }
  }

  /**
   * Begins in the experiment's first transaction.
   *
   * @throws OffshootException {@link ErrorCode#PARENT_UNSUITABLE} if the server does not count
   */
  public static ChangeLog begin(Connection connection) throws SQLException {
    Schema schema = Schema.read(connection);
    ChangeLog log =
        begin(
            connection,
            () -> {
              throw new IllegalStateException("the schema has been read");
            });
    log.latest = schema;
    return log;
  }

  /**
   * The same where the schema as it is now can be read elsewhere, should a statement write the
   * catalog: most never do, and in a session that has just begun reading it takes longer than they.
   */
  public static ChangeLog begin(Connection connection, Untouched untouched) throws SQLException {
    if (!Sql.only(connection, "SHOW track_counts", row -> row.getString(1)).equals("on")) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "the server counts no writes (track_counts is off), so that nobody can say what an experiment touched; set track_counts = on");
    }
    Sql.execute(connection, GIVE_ID);
    return new ChangeLog(
        RowWatch.begin(connection), FilledViews.read(connection), ours(connection), untouched);
  }

  /** Another transaction begins. */
  public void transactionBegan(Connection connection) throws SQLException {
    Sql.execute(connection, GIVE_ID);
    rows.transactionBegan(connection);
  }

  /**
   * Takes in what a statement did.
   *
   * @param index its place in the script
   * @return whether it changed the schema
   * @throws OffshootException {@link ErrorCode#STATEMENT_REFUSED} if it ended the transaction,
   *     {@link ErrorCode#NOT_CARRIED} if it did what a merge cannot carry
   */
  public boolean statementRan(Connection connection, int index) throws SQLException {
    String searchPath = rows.latest().searchPath();
    boolean changedSchema = takeIn(connection, "statement " + (index + 1));
    if (changedSchema) {
      schemaStatements.add(new SchemaStatement(index, searchPath));
    }
    return changedSchema;
  }

  /** Takes in what triggers did that wait for the end of the transaction; rows only. */
  public void deferredTriggersRan(Connection connection) throws SQLException {
    if (takeIn(connection, "a deferred trigger")) {
      throw new OffshootException(
          ErrorCode.NOT_CARRIED,
          "a deferred trigger changed the schema at the end of the transaction; a merge cannot replay that: change the schema in statements of its own");
    }
  }

  /** Statements that changed the schema, in order. */
  public List<SchemaStatement> schemaStatements() {
    return List.copyOf(schemaStatements);
  }

  /** Object ids of tables whose rows may differ: written, truncated, rewritten, or new. */
  public List<Long> touchedTables() {
    return rows.touchedTables();
  }

  /** What the server counted in each table that was written. */
  public List<WrittenRows> writtenRows() {
    return rows.writtenRows();
  }

  /**
   * Where to look for what this session and those before it have changed, as far as the tables are
   * still there.
   */
  public Touched touchedAfter(Touched before) {
    Set<Long> tables = new TreeSet<>(before.tables());
    tables.retainAll(rows.standingTables());
    tables.addAll(rows.touchedTables());
    Map<Long, WrittenRows> written = new TreeMap<>();
    Stream.concat(before.writtenRows().stream(), rows.writtenRows().stream())
        .filter(each -> rows.standingTables().contains(each.table()))
        .forEach(each -> written.merge(each.table(), each, WrittenRows::and));
    return new Touched(List.copyOf(tables), List.copyOf(written.values()));
  }

  private boolean takeIn(Connection connection, String subject) throws SQLException {
    @Nullable String transaction = rows.latest().transactionId();
    RowWatch.Seen seen = rows.look(connection);
    if (!Objects.equals(seen.now().transactionId(), transaction)) {
      throw new OffshootException(
          ErrorCode.STATEMENT_REFUSED,
          subject
              + " ended the transaction, which is the worker's to end; leave transaction control out (transaction: PER_STATEMENT commits after each statement)");
    }
    requireCarried(seen.writes().catalogs(), subject);
    requireOurSchemaIsLeftAlone(connection, seen.writes(), subject);
    if (NO_SCHEMA.containsAll(seen.writes().catalogs())) {
      return false;
    }
    requireNoRefresh(connection, subject);
    Schema before = latest == null ? readUntouched() : latest;
    Schema after = Schema.read(connection);
    boolean changedSchema = after.differsFrom(before);
    latest = after;
    if (changedSchema) {
      requireUnmixed(seen.standing(), subject);
    }
    return changedSchema;
  }

  private static void requireCarried(Set<String> catalogs, String subject) {
    Set<String> things =
        catalogs.stream()
            .filter(NOT_CARRIED::containsKey)
            .map(catalog -> String.valueOf(NOT_CARRIED.get(catalog)))
            .collect(Collectors.toCollection(TreeSet::new));
    if (!things.isEmpty()) {
      throw new OffshootException(
          ErrorCode.NOT_CARRIED,
          "%s changes %s, which a merge cannot carry to the parent; leave it out"
              .formatted(subject, String.join(" and ", things)));
    }
  }

  private void requireOurSchemaIsLeftAlone(Connection connection, Writes writes, String subject)
      throws SQLException {
    boolean wroteRows =
        Stream.concat(writes.tables().values().stream(), writes.truncated().values().stream())
            .anyMatch(table -> table.schema().equals(OUR_SCHEMA));
    if (wroteRows || (!writes.catalogs().isEmpty() && !ours(connection).equals(ours))) {
      throw new OffshootException(
          ErrorCode.NOT_CARRIED,
          "%s changes schema %s, where merges are noted on a parent; leave it alone"
              .formatted(subject, OUR_SCHEMA));
    }
  }

  private static List<String> ours(Connection connection) throws SQLException {
    return Aside.look(connection, own -> Sql.list(own, OURS, row -> row.getString(1)));
  }

  /** What a view was filled with is in no change set; the parent's is filled by its own rows. */
  private void requireNoRefresh(Connection connection, String subject) throws SQLException {
    FilledViews before = views;
    views = FilledViews.read(connection);
    List<TableName> refreshed = views.refreshedSince(before, standingViews);
    if (!refreshed.isEmpty()) {
      throw new OffshootException(
          ErrorCode.NOT_CARRIED,
          "%s refreshes materialized view %s, which a merge cannot carry; leave it out, and refresh it on the parent after the merge"
              .formatted(subject, names(refreshed)));
    }
  }

  /**
   * A merge replays what changes the schema and applies rows from the change set; a statement that
   * did both would write its rows twice, or rows that nobody reviewed.
   */
  private static void requireUnmixed(Map<Long, TableName> standing, String subject) {
    if (!standing.isEmpty()) {
      throw new OffshootException(
          ErrorCode.NOT_CARRIED,
          "%s changes the schema and writes rows of %s in one go, which a merge cannot carry; split it into a statement for the schema and one for the rows"
              .formatted(subject, names(standing.values())));
    }
  }

  private Schema readUntouched() throws SQLException {
    try (Connection connection = untouched.open()) {
      connection.setAutoCommit(false);
      Schema schema = Schema.read(connection);
      connection.rollback();
      return schema;
    }
  }

  private static String names(Collection<TableName> tables) {
    String first =
        tables.stream()
            .limit(MOST_NAMES)
            .map(table -> ShownText.oneLine(table.toString(), 80))
            .collect(Collectors.joining(", "));
    int more = tables.size() - MOST_NAMES;
    return more > 0 ? "%s and %d more".formatted(first, more) : first;
  }
}
