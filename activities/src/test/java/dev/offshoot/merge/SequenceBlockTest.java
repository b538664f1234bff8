package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.PostgresServer;
import dev.offshoot.StepByStep;
import dev.offshoot.TestParent;
import dev.offshoot.activity.BranchActivities;
import dev.offshoot.activity.BranchActivities.DropBranch;
import dev.offshoot.activity.MergeActivities;
import dev.offshoot.activity.MergeActivities.ReleaseSequences;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.MergeResult;
import dev.offshoot.domain.Strictness;
import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.sql.SequenceBlocks;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Experiments that insert, beside each other and beside the parent's own users. */
class SequenceBlockTest {
  private static final String SHOP =
      """
      CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
      CREATE TABLE orders (id serial PRIMARY KEY, customer bigint REFERENCES customers);
      CREATE SEQUENCE down INCREMENT BY -2;
      CREATE SEQUENCE cached CACHE 50;
      CREATE SEQUENCE small AS smallint;
      CREATE SEQUENCE nearly AS smallint START 32750;
      CREATE SEQUENCE ring MAXVALUE 5 CYCLE;
      INSERT INTO customers (name) SELECT 'c' || g FROM generate_series(1, 10) g;
      SELECT nextval('nearly'), nextval('ring');
      """;
  private static final String INSERTS =
      """
      INSERT INTO customers (name) VALUES ('from %1$s'), ('also from %1$s');
      INSERT INTO orders (customer) SELECT id FROM customers WHERE name LIKE '%%from %1$s';
      """;

  private TestParent parent;
  private StepByStep steps;
  private final Instant deadline = Instant.now().plus(Duration.ofHours(1));

  @BeforeEach
  void start() throws SQLException {
    parent = PostgresServer.parent(SHOP);
    steps = StepByStep.on(parent.config().toBuilder().sequenceBlock(1000).build());
  }

  @AfterEach
  void stop() throws SQLException {
    steps.close();
    parent.close();
  }

  @Test
  void concurrentExperimentsAndTheParentsUsersInsert_andAllMergeWithoutConflict()
      throws SQLException {
    BranchRef one = branch("one");
    parent.execute(INSERTS.formatted("live 1"));
    BranchRef two = branch("two");
    parent.execute(INSERTS.formatted("live 2"));
    BranchRef three = branch("three");
    // Idempotent: what was reserved is not reserved again.
    String stands = stands("customers_id_seq");
    create(one);
    assertThat(stands("customers_id_seq")).isEqualTo(stands);

    String first = experiment("one", one);
    String third = experiment("three", three);
    String second = experiment("two", two);
    for (String merged : List.of(merge(three, third), merge(one, first))) {
      assertThat(merged).isEqualTo("merged");
      parent.execute(INSERTS.formatted("live " + merged));
    }
    assertThat(merge(two, second)).isEqualTo("merged");

    assertThat(ask("SELECT count(*) || ' ' || count(DISTINCT id) FROM customers"))
        .isEqualTo("24 24");
    assertThat(ask("SELECT count(*) FROM orders")).isEqualTo("16");
    assertThat(ask("SELECT nextval('customers_id_seq') > max(id) FROM customers")).isEqualTo("t");
    assertThat(ask("SELECT nextval('orders_id_seq') > max(id) FROM orders")).isEqualTo("t");
  }

  @Test
  void mergedIntoAParentThatHasNotMoved_leavesEverySequenceAsInTheBranch() throws SQLException {
    String script =
        INSERTS.formatted("one") + "SELECT nextval('down'), nextval('down'), nextval('small');";
    String expected;
    try (TestParent alone = PostgresServer.parent(SHOP + script)) {
      expected = alone.dump();
    }
    BranchRef ref = branch("one");
    assertThat(stands("customers_id_seq")).isEqualTo("1010 t");
    assertThat(stands("down")).isEqualTo("-1999 t");
    assertThat(stands("cached")).isEqualTo("1000 t");
    assertThat(stands("small")).isEqualTo("327 t");
    assertThat(stands("nearly")).isEqualTo("32750 t");
    assertThat(stands("ring")).isEqualTo("1 t");

    assertThat(merge(ref, run(ref, script))).isEqualTo("merged");

    assertThat(parent.dump()).isEqualTo(expected);
  }

  @Test
  void experimentThatDoesNotMerge_leavesTheParentAsItWas() throws SQLException {
    String before = parent.dump();
    BranchRef dropped = branch("one");
    assertThat(parent.dump()).isNotEqualTo(before);
    branches().dropBranch(new DropBranch(dropped, "run", "it failed"));
    assertThat(parent.dump()).isEqualTo(before);

    BranchRef rejected = branch("two");
    String digest = experiment("two", rejected);
    assertThat(parent.dump()).isNotEqualTo(before);
    merges().releaseSequences(new ReleaseSequences(rejected, digest));
    assertThat(parent.dump()).isEqualTo(before);
    merges().releaseSequences(new ReleaseSequences(rejected, digest));
    assertThat(parent.dump()).isEqualTo(before);
  }

  @Test
  void sequenceThatSomebodyDrewFromOrSet_isNotSetBack() throws SQLException {
    try (Connection owner = parent.ownerConnection();
        Connection giving = parent.ownerConnection()) {
      List<SequenceBlock> blocks = SequenceBlocks.reserve(owner, 100);
      parent.execute("SELECT nextval('customers_id_seq')");
      // Set back by its owner and drawn from until it stands where the block ended.
      parent.execute(
          "ALTER SEQUENCE down RESTART; SELECT nextval('down') FROM generate_series(1, 100)");
      SequenceBlocks.giveBack(giving, blocks);
    }
    assertThat(stands("customers_id_seq")).isEqualTo("111 t");
    assertThat(stands("down")).isEqualTo("-199 t");
    assertThat(stands("orders_id_seq")).isEqualTo("1 f");
  }

  /** Between the first look and the lock under which it is set back. */
  @Test
  void valueThatIsDrawnAtTheLastMoment_keepsTheSequenceFromBeingSetBack() throws SQLException {
    Rewriting drawing =
        Rewriting.of(
            "ALTER SEQUENCE (.*customers_id_seq\")",
            "SELECT nextval('public.customers_id_seq'); ALTER SEQUENCE $1");
    try (Connection owner = parent.ownerConnection();
        Connection giving = parent.ownerConnection()) {
      List<SequenceBlock> blocks = SequenceBlocks.reserve(owner, 100);

      SequenceBlocks.giveBack(drawing.around(giving), blocks);
    }
    assertThat(drawing.hits()).isPositive();
    assertThat(stands("customers_id_seq")).isEqualTo("111 t");
    assertThat(stands("orders_id_seq")).isEqualTo("1 f");
  }

  @Test
  void sequenceThatIsLocked_keepsNoBranchFromBeingMade_norGivesAnythingBack() throws SQLException {
    try (Connection holder = parent.ownerConnection();
        Connection owner = parent.ownerConnection();
        Connection giving = parent.ownerConnection()) {
      List<SequenceBlock> blocks = SequenceBlocks.reserve(owner, 100);
      holder.setAutoCommit(false);
      Sql.execute(holder, "ALTER SEQUENCE customers_id_seq INCREMENT BY 1");
      List<SequenceBlock> others = SequenceBlocks.reserve(owner, 100);
      assertThat(others).hasSize(blocks.size() - 1);
      SequenceBlocks.giveBack(giving, others);
      SequenceBlocks.giveBack(giving, blocks);
      holder.rollback();
    }
    assertThat(stands("customers_id_seq")).isEqualTo("110 t");
  }

  @Test
  void valuesBeyondTheBlock_areNotHandedOutAgain() throws SQLException {
    BranchRef one = branch("one");
    BranchRef two = branch("two");
    String many = "INSERT INTO customers (name) SELECT 'm' FROM generate_series(1, 1005)";
    assertThat(merge(one, run(one, many))).isEqualTo("merged");

    branches().dropBranch(new DropBranch(two, "run", "it failed"));

    assertThat(ask("SELECT nextval('customers_id_seq') > max(id) FROM customers")).isEqualTo("t");
  }

  private BranchRef branch(String name) {
    BranchRef ref = steps.ref(name);
    create(ref);
    return ref;
  }

  private void create(BranchRef ref) {
    var unused = steps.create(ref, steps.spec().script("SELECT 1").build(), deadline);
  }

  private String experiment(String name, BranchRef ref) {
    return run(ref, INSERTS.formatted(name));
  }

  /** The digest of its change set; the branch is gone then. */
  private String run(BranchRef ref, String script) {
    return steps.runAndDrop(ref, steps.spec().script(script).build()).digest();
  }

  private String merge(BranchRef ref, String digest) {
    MergeResult result = steps.merge(ref, digest, Strictness.ROW);
    return result.conflicts() == null ? "merged" : result.conflicts().toString();
  }

  private BranchActivities branches() {
    return steps.steps(BranchActivities.class);
  }

  private MergeActivities merges() {
    return steps.steps(MergeActivities.class);
  }

  private String stands(String sequence) throws SQLException {
    return ask("SELECT concat_ws(' ', last_value, is_called) FROM " + sequence);
  }

  private String ask(String query) throws SQLException {
    try (Connection connection = parent.ownerConnection()) {
      return Sql.only(connection, query, row -> row.getString(1));
    }
  }
}
