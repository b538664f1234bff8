package dev.offshoot.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.DatabaseDump;
import dev.offshoot.StepByStep;
import dev.offshoot.client.ScramVerifier;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.generated.PgDump;
import dev.offshoot.neon.FakeNeon;
import dev.offshoot.neon.FakeNeon.Fault;
import dev.offshoot.neon.NeonServers;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Branches on Neon: what every home keeps to, and what is Neon's own. The project is a fake whose
 * branches are servers of their own; nothing here has met Neon itself.
 */
class NeonBranchTest extends BranchHomeContract {
  private static NeonServers servers;
  private static FakeNeon neon;
  private static NeonBranchProvider provider;

  @BeforeAll
  static void start() throws SQLException {
    servers = new NeonServers(Shop.SQL);
    neon = FakeNeon.over(servers);
    neon.operationsTake(1);
    provider = home(20);
  }

  @AfterAll
  static void stop() {
    neon.close();
  }

  private static NeonBranchProvider home(int maxBranches) {
    return new NeonBranchProvider(config().toBuilder().maxBranches(maxBranches).build());
  }

  private static ParentConfig config() {
    return ParentConfig.builder("shop-on-neon", "", NeonServers.OWNER, "")
        .neon(home(false))
        .build();
  }

  private static NeonHome home(boolean pooledForAgents) {
    return new NeonHome(
        neon.project(),
        "main",
        NeonServers.DATABASE,
        NeonServers.OWNER,
        NeonHome.SMALLEST,
        1,
        Duration.ofMinutes(5),
        true,
        pooledForAgents);
  }

  @Override
  protected ParentConfig parent() {
    return config();
  }

  @Override
  protected BranchProvider provider() {
    return provider;
  }

  @Override
  protected BranchProvider provider(int maxBranches) {
    return home(maxBranches);
  }

  @Override
  protected Connection onParent() throws SQLException {
    return servers.superuser(FakeNeon.ROOT);
  }

  @Override
  protected Connection onBranch(BranchRef ref) throws SQLException {
    return servers.superuser(neon.idOf(ref.branchName()).orElseThrow());
  }

  @Override
  protected Connection onBase(BranchRef ref) throws SQLException {
    return servers.superuser(neon.idOf(ref.baseName()).orElseThrow());
  }

  @Override
  protected List<String> leftOf(BranchRef ref) {
    return Stream.of(ref.branchName(), ref.baseName())
        .filter(name -> neon.standing().contains(name))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ERROR_AFTER", "LOST_ANSWER", "SLOW_ANSWER"})
  void whatGoesWrongWhileABranchIsMade_leavesOneBranch_orNothing(Fault fault) {
    BranchRef ref = Shop.newBranch(parent().name());
    neon.next(fault);

    try {
      provider.create(ref, Shop.DEADLINE, Progress.NONE);
    } catch (OffshootException e) {
      assertThat(e.code().retryable()).isTrue();
      provider.create(ref, Shop.DEADLINE, Progress.NONE);
    }

    assertThat(neon.standing()).filteredOn(name -> name.startsWith(ref.branchName())).hasSize(2);
    provider.drop(ref);
    assertThat(leftOf(ref)).isEmpty();
  }

  @Test
  void agents_areGivenThePoolsAddress_andNobodyElseIs() throws SQLException {
    BranchRef ref = Shop.newBranch(parent().name());
    NeonBranchProvider pooling =
        new NeonBranchProvider(config().toBuilder().neon(home(true)).build());
    pooling.create(ref, Shop.DEADLINE, Progress.NONE);
    pooling.openForExperiment(ref).close();
    int before = neon.pooled();

    var unused = pooling.openConnection(ref, ScramVerifier.of(ScramVerifier.freshPassword()));

    assertThat(neon.pooled()).isEqualTo(before + 1);
    pooling.openBranchForReading(ref).close();
    pooling.drop(ref);
    assertThat(neon.pooled()).isEqualTo(before + 1);
  }

  @Test
  void planWithoutRoom_isFinal_andLeavesNothing() {
    BranchRef ref = Shop.newBranch(parent().name());
    neon.next(Fault.NO_ROOM);

    assertThatThrownBy(() -> provider.create(ref, Shop.DEADLINE, Progress.NONE))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
    assertThat(leftOf(ref)).isEmpty();
  }

  @Test
  void branchOfSomebodyElseUnderOurName_isLeftAlone() {
    BranchRef ref = Shop.newBranch(parent().name());
    String theirs = neon.branchOfSomebody(ref.branchName());

    assertThatThrownBy(() -> provider.create(ref, Shop.DEADLINE, Progress.NONE))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ID_IN_USE));
    provider.drop(ref);

    assertThat(neon.idOf(ref.branchName())).contains(theirs);
    assertThat(neon.idOf(ref.baseName())).isEmpty();
  }

  @Test
  void end_isMirrored_asFarAsNeonTakesIt() {
    BranchRef ref = Shop.newBranch(parent().name());
    Instant soon = Instant.now().plus(Duration.ofHours(2));
    provider.create(ref, soon, Progress.NONE);

    assertThat(Instant.parse(neon.endOf(ref.branchName())))
        .isBetween(soon, soon.plus(Duration.ofHours(1)));
    provider.extend(ref, Shop.DEADLINE);
    for (String name : List.of(ref.branchName(), ref.baseName())) {
      assertThat(Instant.parse(neon.endOf(name)))
          .isBetween(
              Instant.now().plus(Duration.ofDays(29)), Instant.now().plus(Duration.ofDays(30)));
    }
    provider.drop(ref);
  }

  @Test
  void scratch_isABranchOfTodaysParent_andGoneAfterwards() throws SQLException {
    BranchRef ref = Shop.newBranch(parent().name());
    String before = DatabaseDump.of(onParent());

    try (Scratch scratch = provider.scratch(ref, Progress.NONE)) {
      try (Connection owner = ((Scratch.Copy) scratch).open()) {
        assertThat(neon.standing()).contains(ref.branchName() + "_scratch");
        Sql.execute(owner, "DELETE FROM orders; DROP TABLE sales.events");
      }
    }

    assertThat(DatabaseDump.of(onParent())).isEqualTo(before);
    assertThat(neon.standing()).doesNotContain(ref.branchName() + "_scratch");
  }

  @Test
  void reservedValues_areTheSameOnBaseAndBranch_andKnownFromTheBase() throws SQLException {
    BranchRef ref = Shop.newBranch(parent().name());
    NeonBranchProvider reserving =
        new NeonBranchProvider(config().toBuilder().sequenceBlock(100).build());
    reserving.create(ref, Shop.DEADLINE, Progress.NONE);

    assertThat(provider.sequenceBlocks(ref)).isNotEmpty();
    try (Connection branch = onBranch(ref);
        Connection base = onBase(ref)) {
      String query = "SELECT last_value || ' ' || is_called FROM ticket";
      String onBranch = Sql.only(branch, query, row -> row.getString(1));
      String onBase = Sql.only(base, query, row -> row.getString(1));
      assertThat(onBranch).isEqualTo(onBase);
    }
    provider.drop(ref);
  }

  @Test
  void passwordThatSomebodyResets_isAskedForAgain() throws SQLException {
    BranchRef ref = Shop.newBranch(parent().name());
    provider.create(ref, Shop.DEADLINE, Progress.NONE);
    provider.requireFit();

    servers.resetPassword(neon.idOf(ref.branchName()).orElseThrow(), "another-p@ss");
    servers.resetPassword(FakeNeon.ROOT, "a-third");

    provider.requireFit();
    provider.endExperiment(ref);
    provider.drop(ref);
  }

  @Test
  void branchThatNeonEndedItself_isGone_andItsDropIsDone() throws SQLException {
    BranchRef ref = Shop.newBranch(parent().name());
    provider.create(ref, Shop.DEADLINE, Progress.NONE);

    neon.expire(Instant.now().plus(Duration.ofDays(31)));

    assertThat(leftOf(ref)).isEmpty();
    assertThatThrownBy(() -> provider.openForExperiment(ref))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BRANCH_GONE));
    provider.endExperiment(ref);
    provider.extend(ref, Shop.DEADLINE);
    provider.drop(ref);
    assertThat(provider.standing()).doesNotContain(ref);
  }

  @Test
  void schemaChanges_areSeenByNeonsComparisonToo() throws SQLException {
    assumeTrue(PgDump.find().isPresent(), "no pg_dump that could play Neon's comparison");

    assertThat(
            disagreements(
                "ALTER TABLE orders ADD COLUMN phone text",
                "CREATE INDEX orders_phone ON orders (phone)",
                "CREATE TABLE reviews (id int PRIMARY KEY, words text)"))
        .isEmpty();
    assertThat(disagreements("SELECT 1")).as("ours is left out of theirs").isEmpty();
  }

  @Test
  void comparisonThatSeesSomethingElse_isForAPersonToLookAt() throws SQLException {
    neon.schemasDiffer(
        "--- a/shop\n+++ b/shop\n@@ -1 +1 @@\n+CREATE TABLE public.secret (a integer);\n");
    try {
      assertThat(disagreements("SELECT 1"))
          .containsExactly(
              "Neon's comparison shows a schema change and ours none: CREATE TABLE public.secret (a integer);");
      neon.schemasDiffer("");
      assertThat(disagreements("CREATE TABLE reviews (id int)"))
          .containsExactly(
              "Neon's comparison shows no schema change, ours shows column public.reviews.id");
    } finally {
      neon.schemasDiffer(null);
    }
  }

  /** What the two comparisons disagree about after an experiment. */
  private List<String> disagreements(String... statements) throws SQLException {
    try (StepByStep steps = StepByStep.on(config(), provider)) {
      BranchRef ref = Shop.newBranch(parent().name());
      ExperimentSpecBuilder spec = steps.spec();
      List.of(statements).forEach(spec::statement);
      return steps.experiment(ref, spec.build()).observed().disagreements();
    }
  }
}
