package dev.offshoot.workflow;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Stage;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import java.util.List;

/**
 * What makes an experiment findable from its beginning. A client that sets these search attributes
 * as it starts the workflow saves one action; where they are missing, or others, the workflow sets
 * them itself.
 */
public final class Announcement {
  /** In the order in which the workflow sets them. */
  static final List<SearchAttributeKey<String>> KEYS =
      List.of(OffshootNames.STAGE, OffshootNames.PARENT, OffshootNames.TENANT);

  private static final int MOST_CHARACTERS = 200;

  private Announcement() {}

  /** For a client that starts {@code spec}. */
  public static SearchAttributes of(ExperimentSpec spec) {
    return of(spec, Stage.BRANCHING);
  }

  static SearchAttributes of(ExperimentSpec spec, Stage stage) {
    return SearchAttributes.newBuilder()
        .set(OffshootNames.STAGE, stage.name())
        .set(
            OffshootNames.PARENT, ShownText.oneLine(String.valueOf(spec.parent()), MOST_CHARACTERS))
        .set(OffshootNames.TENANT, ShownText.oneLine(spec.tenant(), MOST_CHARACTERS))
        .build();
  }
}
