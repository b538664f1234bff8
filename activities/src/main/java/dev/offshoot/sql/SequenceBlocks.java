package dev.offshoot.sql;

import dev.offshoot.domain.TableName;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reserves blocks of the parent's sequences for a branch, and gives back what was not used of them.
 * With a block of its own a branch hands out no value that the parent or another branch hands out.
 *
 * <p>Reserving draws values as anybody does and takes no lock that somebody could wait for. Giving
 * back takes the sequence's lock for a moment, and only where nobody has drawn a value beyond the
 * block: a sequence never goes back behind a value that somebody else can have got. Sessions are to
 * have {@code search_path = pg_catalog}.
 */
public final class SequenceBlocks {
  /** So that those who draw values hardly notice. */
  private static final String SHORT_LOCKS = "SET %slock_timeout = '250ms'";

  private static final String TRUSTED_NAMES = "SET search_path = pg_catalog, pg_temp";

  /** Of what is left of a sequence a branch gets at most this part. */
  private static final int SHARE = 100;

  private static final int MOST_SEQUENCES = 1_000;

  /** Serialises those who give back. */
  private static final String GIVING_BACK =
      "SELECT pg_catalog.pg_advisory_xact_lock(%d)".formatted(0x0FF5_4008L);

  /** Somebody holds its lock, it is used up, gone, or not ours: a branch does without. */
  private static final Set<String> NO_BLOCK = Set.of("55P03", "2200H", "42P01", "42501", "55000");

  /**
   * Cycling ones come back to old values whatever is reserved; those of extensions and catalogs are
   * not the parent's own; and only an owner can give back.
   */
  private static final String SEQUENCES =
      """
      SELECT n.nspname, c.relname, c.relfilenode, s.seqincrement, s.seqmin, s.seqmax, s.seqcache
      FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT s.seqcycle AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('offshoot', 'information_schema')
        AND pg_has_role(c.relowner, 'USAGE')
        AND NOT EXISTS (
          SELECT FROM pg_depend d
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      """;

  private static final String ORDER = "ORDER BY n.nspname, c.relname";

  private static final String OF_NAME = "AND n.nspname = ? AND c.relname = ?";

  private static final String DRAW = "SELECT nextval(?::regclass) FROM generate_series(1, ?)";

  private SequenceBlocks() {}

  private record Sequence(
      TableName name, long fileNode, long increment, long min, long max, long cache) {
    String quoted() {
      return Identifiers.quote(name);
    }
  }

  private record Stand(long value, boolean called) {
    static Stand of(Connection session, TableName sequence) throws SQLException {
      return Sql.only(
          session,
          "SELECT last_value, is_called FROM " + Identifiers.quote(sequence),
          row -> new Stand(row.getLong("last_value"), row.getBoolean("is_called")));
    }
  }

  /**
   * Reserves a block of each sequence of which there is enough left. What a lost caller reserved
   * stays a gap.
   *
   * @param parent a session of its own on the parent, in autocommit
   * @param size values of each block
   */
  public static List<SequenceBlock> reserve(Connection parent, int size) throws SQLException {
    List<SequenceBlock> blocks = new ArrayList<>();
    if (size > 0) {
      Sql.execute(parent, TRUSTED_NAMES);
      Sql.execute(parent, SHORT_LOCKS.formatted(""));
      for (Sequence sequence : sequences(parent)) {
        if (blocks.size() < MOST_SEQUENCES) {
          reserve(parent, sequence, size).ifPresent(blocks::add);
        }
      }
    }
    return List.copyOf(blocks);
  }

  private static Optional<SequenceBlock> reserve(Connection parent, Sequence sequence, int size)
      throws SQLException {
    try {
      Stand before = Stand.of(parent, sequence.name());
      int count = count(sequence, before, size);
      if (count == 0) {
        return Optional.empty();
      }
      List<Long> drawn = Sql.list(parent, DRAW, row -> row.getLong(1), sequence.quoted(), count);
      List<Long> run = longestRun(drawn, sequence.increment());
      long first = run.get(0);
      long last = run.get(run.size() - 1);
      long next = before.called() ? before.value() + sequence.increment() : before.value();
      return Optional.of(
          first == next
              ? new SequenceBlock(
                  SequenceBlock.hash(sequence.name()),
                  before.value(),
                  before.called(),
                  first,
                  last,
                  sequence.fileNode())
              : new SequenceBlock(
                  SequenceBlock.hash(sequence.name()),
                  first - sequence.increment(),
                  true,
                  first,
                  last,
                  sequence.fileNode()));
    } catch (SQLException e) {
      if (NO_BLOCK.contains(SqlErrors.state(e))) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** A session that caches values draws as many at once, and all of them are to be ours. */
  private static int count(Sequence sequence, Stand stand, int size) {
    BigInteger end = BigInteger.valueOf(sequence.increment() > 0 ? sequence.max() : sequence.min());
    BigInteger left =
        end.subtract(BigInteger.valueOf(stand.value()))
            .divide(BigInteger.valueOf(sequence.increment()));
    long share = left.divide(BigInteger.valueOf(SHARE)).min(BigInteger.valueOf(size)).longValue();
    return (int) (share - share % sequence.cache());
  }

  /** Somebody else may have drawn values in between. */
  private static List<Long> longestRun(List<Long> drawn, long increment) {
    int from = 0;
    int bestFrom = 0;
    int bestTo = 1;
    for (int i = 1; i <= drawn.size(); i++) {
      if (i == drawn.size() || drawn.get(i) != drawn.get(i - 1) + increment) {
        if (i - from >= bestTo - bestFrom) {
          bestFrom = from;
          bestTo = i;
        }
        from = i;
      }
    }
    return drawn.subList(bestFrom, bestTo);
  }

  /** Sets the sequences of a copy to where their blocks begin. */
  public static void begin(Connection copy, List<SequenceBlock> blocks) throws SQLException {
    Sql.execute(copy, TRUSTED_NAMES);
    for (Map.Entry<TableName, SequenceBlock> each : byName(copy, blocks).entrySet()) {
      set(copy, each.getKey(), each.getValue().before(), each.getValue().called());
    }
  }

  /** Gives back whole blocks, each in a transaction of its own; what cannot be stays a gap. */
  public static void giveBack(Connection parent, List<SequenceBlock> blocks) throws SQLException {
    Sql.execute(parent, TRUSTED_NAMES);
    parent.setAutoCommit(false);
    for (Map.Entry<TableName, SequenceBlock> each : byName(parent, blocks).entrySet()) {
      SequenceBlock block = each.getValue();
      if (giveBack(parent, each.getKey(), block, block.before(), block.called())) {
        parent.commit();
      } else {
        parent.rollback();
      }
    }
    parent.rollback();
  }

  /**
   * Sets the parent's sequence back to a value of the block, or to where it stood before, if nobody
   * has drawn a value beyond the block or set it since. Takes the sequence's lock until the end of
   * the transaction, if it is had at once.
   *
   * @return whether it was done
   */
  public static boolean giveBack(
      Connection parent, TableName sequence, SequenceBlock block, long value, boolean called)
      throws SQLException {
    Savepoint savepoint = parent.setSavepoint();
    try {
      Sql.execute(parent, SHORT_LOCKS.formatted("LOCAL "));
      Sql.execute(parent, GIVING_BACK);
      Optional<Sequence> found = untouched(parent, sequence, block);
      if (found.isPresent()) {
        // Stating it anew takes the lock and gives it storage of its own, so that setting it is
        // undone with the transaction.
        Sql.execute(
            parent,
            "ALTER SEQUENCE %s INCREMENT BY %d"
                .formatted(found.get().quoted(), found.get().increment()));
        Stand stand = Stand.of(parent, sequence);
        if (stand.called() && stand.value() == block.last()) {
          set(parent, sequence, value, called);
          parent.releaseSavepoint(savepoint);
          return true;
        }
      }
      undo(parent, savepoint);
      return false;
    } catch (SQLException e) {
      if (!NO_BLOCK.contains(SqlErrors.state(e))) {
        throw e;
      }
      undo(parent, savepoint);
      return false;
    }
  }

  private static void undo(Connection parent, Savepoint savepoint) throws SQLException {
    parent.rollback(savepoint);
    parent.releaseSavepoint(savepoint);
  }

  /** Names of the parent's sequences of which there are blocks. */
  public static Map<TableName, SequenceBlock> byName(Connection parent, List<SequenceBlock> blocks)
      throws SQLException {
    Map<TableName, SequenceBlock> named = new LinkedHashMap<>();
    for (Sequence sequence : blocks.isEmpty() ? List.<Sequence>of() : sequences(parent)) {
      blocks.stream()
          .filter(block -> block.isOf(sequence.name()))
          .forEach(block -> named.put(sequence.name(), block));
    }
    return named;
  }

  private static Optional<Sequence> untouched(
      Connection parent, TableName name, SequenceBlock block) throws SQLException {
    Optional<Sequence> found =
        Sql.first(parent, SEQUENCES + OF_NAME, SequenceBlocks::sequence, name.schema(), name.name())
            .filter(each -> each.fileNode() == block.fileNode());
    return found.isPresent() && Stand.of(parent, name).value() == block.last()
        ? found
        : Optional.empty();
  }

  private static void set(Connection session, TableName sequence, long value, boolean called)
      throws SQLException {
    Sql.only(
        session,
        "SELECT setval(?::regclass, ?, ?)",
        row -> row.getLong(1),
        Identifiers.quote(sequence),
        value,
        called);
  }

  private static List<Sequence> sequences(Connection session) throws SQLException {
    return Sql.list(session, SEQUENCES + ORDER, SequenceBlocks::sequence);
  }

  private static Sequence sequence(ResultSet row) throws SQLException {
    return new Sequence(
        new TableName(row.getString("nspname"), row.getString("relname")),
        row.getLong("relfilenode"),
        row.getLong("seqincrement"),
        row.getLong("seqmin"),
        row.getLong("seqmax"),
        row.getLong("seqcache"));
  }
}
