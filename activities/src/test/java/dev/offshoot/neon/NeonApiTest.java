package dev.offshoot.neon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.neon.FakeNeon.Fault;
import dev.offshoot.neon.NeonObjects.Created;
import dev.offshoot.step.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What we ask of Neon and how we take its refusals, against a fake that goes wrong on demand. */
class NeonApiTest {
  private static final Instant END = Instant.parse("2026-12-01T10:00:00.123Z");

  private final FakeNeon neon = FakeNeon.start();
  private final StoppedClock clock = new StoppedClock();
  private final NeonApi api = api(neon.project(), Duration.ofSeconds(5));
  private final Reports reports = new Reports();

  @AfterEach
  void close() {
    neon.close();
  }

  @Test
  void branch_isMadeWithAnEndpoint_waitedFor_andFoundAgainByItsName() {
    Created made = api.create(request("offshoot_a"), reports);
    api.await(made.operations(), reports);

    NeonObjects.Annotated found = api.named("offshoot_a", reports).orElseThrow();
    assertThat(found.branch().id()).isEqualTo(made.branch().id());
    assertThat(found.branch().parentId()).isEqualTo(FakeNeon.ROOT);
    assertThat(found.branch().expiresAt()).isEqualTo("2026-12-01T10:00:00Z");
    assertThat(found.annotation()).containsEntry("offshoot-experiment", "a");
    assertThat(api.endpoints(made.branch().id(), reports))
        .singleElement()
        .satisfies(endpoint -> assertThat(endpoint.type()).isEqualTo("read_write"));
    assertThat(reports.said).contains("neon: create_branch", "neon: start_compute");
  }

  @Test
  void secondBranchAtTheSamePlace_isMadeOfTheSameParent() {
    Created base = done(api.create(request("offshoot_a_base"), reports));

    Created branch = done(api.create(request("offshoot_a", base.branch().parentLsn()), reports));

    assertThat(branch.branch().parentLsn()).isEqualTo(base.branch().parentLsn());
  }

  @Test
  void address_isWaitedFor_andReadWithoutSayingThePassword() {
    neon.addressesTake(3);
    Created made = done(api.create(request("offshoot_a"), reports));

    ConnectionAddress direct = api.address(made.branch().id(), "shop", "owner", false, reports);
    ConnectionAddress pooled = api.address(made.branch().id(), "shop", "owner", true, reports);

    assertThat(direct)
        .isEqualTo(
            new ConnectionAddress(
                "jdbc:postgresql://ep-of-%s.eu-central-1.aws.neon.tech/shop?sslmode=require"
                    .formatted(made.branch().id()),
                "owner",
                "p@ss+word"));
    assertThat(direct.toString()).doesNotContain("p@ss");
    assertThat(pooled.jdbcUrl()).contains("-pooler.");
  }

  @Test
  void addressThatNeverComes_endsAsABranchThatIsGone() {
    assertThatThrownBy(() -> api.address("br-nothing", "shop", "owner", false, reports))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BRANCH_GONE));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"LOCKED", "TOO_MANY", "UNAVAILABLE"})
  void whatNeonCallsSafe_isRepeated_andNothingElse(Fault fault) {
    neon.next(fault, fault);

    done(api.create(request("offshoot_a"), reports));

    assertThat(neon.standing()).containsExactly("offshoot_a");
    assertThat(neon.asked()).filteredOn(asked -> asked.startsWith("POST")).hasSize(3);
  }

  @Test
  void retryAfter_isHonoured() {
    neon.next(Fault.TOO_MANY);
    long before = clock.nanos();

    api.create(request("offshoot_a"), reports);

    assertThat(Duration.ofNanos(clock.nanos() - before))
        .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
  }

  @Test
  void refusalThatDoesNotEnd_isGivenUpAndTriedAgainByWhoeverCalled() {
    neon.next(Collections.nCopies(100, Fault.LOCKED).toArray(Fault[]::new));

    assertThatThrownBy(() -> api.create(request("offshoot_a"), reports))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PARENT_UNREACHABLE));
    assertThat(reports.said).contains("neon: making a branch (waiting, HTTP status 423)");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ERROR_BEFORE", "ERROR_AFTER", "LOST_ANSWER", "CUT_ANSWER", "OTHER_ANSWER"})
  void requestWithoutAnAnswer_isNotSentTwice(Fault fault) {
    neon.next(fault);

    assertThatThrownBy(() -> api.create(request("offshoot_a"), reports))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PARENT_UNREACHABLE));

    assertThat(neon.asked()).filteredOn(asked -> asked.startsWith("POST")).hasSize(1);
    assertThat(neon.standing()).hasSize(fault == Fault.ERROR_BEFORE ? 0 : 1);
  }

  @Test
  void nameThatIsTaken_isToldApart() {
    neon.branchOfSomebody("offshoot_a");

    assertThatThrownBy(() -> api.create(request("offshoot_a"), reports))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ID_IN_USE));
    assertThat(api.named("offshoot_a", reports).orElseThrow().annotation()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NO_ROOM", "UNPAID"})
  void limitOfThePlan_isFinal_withTheRemedy(Fault fault) {
    neon.next(fault);

    assertThatThrownBy(() -> api.create(request("offshoot_a"), reports))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
        .hasMessageContaining("delete branches that nobody needs, or raise the plan");
    assertThat(neon.asked()).hasSize(1);
  }

  @Test
  void keyThatIsNotAccepted_isFinal_andSaidNowhere() {
    NeonProject wrong =
        new NeonProject("p", neon.project().api(), FakeNeon.PROJECT, "napi_another_secret", 5);

    assertThatThrownBy(() -> api(wrong, Duration.ofSeconds(5)).project(reports))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PARENT_ACCESS_DENIED))
        .hasMessageContaining("NEON_API_KEY")
        .satisfies(e -> assertThat(everything(e)).doesNotContain("napi_"));
    assertThat(wrong.toString()).doesNotContain("napi_");
  }

  @Test
  void projectThatIsNotThere_isSaidByName() {
    NeonProject wrong = new NeonProject("p", neon.project().api(), "other-1", FakeNeon.KEY, 5);

    assertThatThrownBy(() -> api(wrong, Duration.ofSeconds(5)).branches("", reports))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
        .hasMessageContaining("project other-1");
  }

  @Test
  void serverThatDoesNotAnswer_isTriedAgainByWhoeverCalled() {
    NeonProject nowhere =
        new NeonProject("p", URI.create("http://127.0.0.1:1/api/v2"), FakeNeon.PROJECT, "k", 5);

    assertThatThrownBy(() -> api(nowhere, Duration.ofSeconds(1)).project(reports))
        .isInstanceOfSatisfying(
            OffshootException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PARENT_UNREACHABLE));
  }

  @Test
  void branch_isDeleted_andOnceMoreIsFine() {
    Created made = done(api.create(request("offshoot_a"), reports));

    api.await(api.delete(made.branch().id(), reports), reports);

    assertThat(neon.standing()).isEmpty();
    assertThat(api.delete(made.branch().id(), reports)).isEmpty();
    assertThatThrownBy(() -> api.branch(made.branch().id(), reports))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BRANCH_GONE));
  }

  @Test
  void endOfABranch_moves() {
    Created made = done(api.create(request("offshoot_a"), reports));

    api.expire(made.branch().id(), END.plus(Duration.ofHours(1)), reports);

    assertThat(api.branch(made.branch().id(), reports).branch().expiresAt())
        .isEqualTo("2026-12-01T11:00:00Z");
  }

  @Test
  void endpoint_isSuspendedAndStarted() {
    Created made = done(api.create(request("offshoot_a"), reports));
    String endpoint = made.endpoints().get(0).id();

    api.await(api.suspend(endpoint, reports), reports);
    assertThat(api.endpoints(made.branch().id(), reports).get(0).state()).isEqualTo("idle");
    api.await(api.start(endpoint, reports), reports);
    assertThat(api.endpoints(made.branch().id(), reports).get(0).state()).isEqualTo("active");
  }

  @Test
  void schemas_areComparedByNeonToo() {
    neon.schemasDiffer("--- a\n+++ b\n+CREATE TABLE t ();");
    Created made = done(api.create(request("offshoot_a"), reports));

    assertThat(api.compareSchema(made.branch().id(), FakeNeon.ROOT, "shop", reports))
        .contains("+CREATE TABLE");
  }

  @Test
  void manyBranches_areReadPageByPage() {
    for (int i = 0; i < 250; i++) {
      neon.branchOfSomebody("feature-" + i);
    }

    assertThat(api.branches("", reports)).hasSize(251);
    assertThat(api.branches("feature-24", reports)).hasSize(11);
  }

  @Test
  void cancellation_endsAWait() {
    neon.operationsTake(1_000_000);
    Created made = api.create(request("offshoot_a"), reports);
    reports.cancelAfter = 5;

    assertThatThrownBy(() -> api.await(made.operations(), reports))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
  }

  @Test
  void whatWeAskedAndWereTold_wasHeldAgainstThePublishedDescription() {
    assumeTrue(
        neon.isChecked(),
        "npm's @neondatabase/api-client is not in the tools' folder; .ci/run fetches it");
    PublishedDescription description = PublishedDescription.find().orElseThrow();

    done(api.create(request("offshoot_a"), reports));

    assertThat(neon.problems()).isEmpty();
    // It is no description that takes everything.
    String branches = "/projects/%s/branches".formatted(FakeNeon.PROJECT);
    assertThat(
            description.problemsOfRequest("POST", branches, Map.of(), "{\"branch\":{\"name\":1}}"))
        .isNotEmpty();
    assertThat(description.problemsOfRequest("GET", branches, Map.of("limit", "0"), ""))
        .isNotEmpty();
    assertThat(description.problemsOfRequest("GET", branches, Map.of("color", "red"), ""))
        .isNotEmpty();
    assertThat(description.problemsOfRequest("PUT", branches, Map.of(), "")).isNotEmpty();
    assertThat(description.problemsOfAnswer("POST", branches, 201, "{\"branch\":{}}")).isNotEmpty();
    assertThat(description.problemsOfAnswer("POST", branches, 500, "{}")).isNotEmpty();
  }

  @Test
  void idOfAProjectThatIsNone_isRefusedBeforeItStandsInAnAddress() {
    assertThatThrownBy(
            () -> new NeonProject("p", neon.project().api(), "../users/me", FakeNeon.KEY, 5))
        .hasMessageContaining("parents.p.neon.project");
    assertThatThrownBy(() -> new NeonProject("p", neon.project().api(), FakeNeon.PROJECT, " ", 5))
        .hasMessageContaining("NEON_API_KEY");
  }

  private Created done(Created made) {
    api.await(made.operations(), reports);
    return made;
  }

  private NeonApi api(NeonProject project, Duration timeout) {
    return new NeonApi(new NeonClient(project, timeout, new Traffic(5, clock), clock), clock);
  }

  private static BranchRequest request(String name) {
    return request(name, null);
  }

  private static BranchRequest request(String name, @Nullable String lsn) {
    return new BranchRequest(
        new BranchRequest.Source(name, FakeNeon.ROOT, lsn, END),
        List.of(new BranchRequest.Compute("read_write", 0.25, 1, 300)),
        Map.of("offshoot-experiment", "a"));
  }

  private static String everything(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** Time passes only while somebody sleeps. */
  private static final class StoppedClock implements Traffic.Waiting {
    private long nanos;

    @Override
    public synchronized long nanos() {
      return nanos;
    }

    @Override
    public synchronized void sleep(long millis) {
      nanos += Duration.ofMillis(millis).toNanos();
    }
  }

  private static final class Reports implements Progress {
    private final List<String> said = new ArrayList<>();
    private int cancelAfter = Integer.MAX_VALUE;

    @Override
    public void report(String what) {
      said.add(what);
      if (--cancelAfter < 0) {
        throw new OffshootException(ErrorCode.CANCELLED, "cancelled");
      }
    }

    @Override
    public Interruptible interruptible(Statement statement) {
      return () -> {};
    }
  }
}
