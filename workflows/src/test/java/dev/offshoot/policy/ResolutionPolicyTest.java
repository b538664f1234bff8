package dev.offshoot.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictCount;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Resolution;
import dev.offshoot.domain.Resolution.Take;
import dev.offshoot.domain.ResolveRequest;
import dev.offshoot.domain.TableName;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolutionPolicyTest {
  private static final TableName OLD = new TableName("public", "old");
  private static final ConflictReport SHOWN =
      new ConflictReport(
          1,
          List.of(),
          List.of(new ConflictCount(Conflict.Kind.DROPPED_WRITTEN, OLD, 1)),
          "fingerprint");

  @Test
  void whatADropTakesAlong_goesIfAPersonNamesIt() {
    ResolutionPolicy.Weighed weighed =
        ResolutionPolicy.weigh(
            List.of(new ResolveRequest("DROPPED_WRITTEN", "old", "branch")), SHOWN);

    assertThat(weighed.refusal()).isNull();
    assertThat(weighed.resolve())
        .containsExactly(new Resolution(Conflict.Kind.DROPPED_WRITTEN, OLD, Take.BRANCH));
  }

  @Test
  void whatADropTakesAlong_cannotBeKept() {
    ResolutionPolicy.Weighed weighed =
        ResolutionPolicy.weigh(List.of(new ResolveRequest(null, null, "PARENT")), SHOWN);

    assertThat(weighed.resolve()).isEmpty();
    assertThat(weighed.refusal())
        .contains("DROPPED_WRITTEN in old (1) cannot be resolved as PARENT", "take BRANCH");
  }
}
