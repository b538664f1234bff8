package dev.offshoot.workflow;

import io.temporal.common.SearchAttributeKey;
import java.util.List;
import java.util.Map;

/** Names by which clients and servers know Offshoot; they never change. */
public final class OffshootNames {
  public static final String TASK_QUEUE = "offshoot";

  public static final SearchAttributeKey<String> STAGE =
      SearchAttributeKey.forKeyword("OffshootStage");
  public static final SearchAttributeKey<String> PARENT =
      SearchAttributeKey.forKeyword("OffshootParent");
  public static final SearchAttributeKey<String> TENANT =
      SearchAttributeKey.forKeyword("OffshootTenant");
  public static final SearchAttributeKey<String> DIGEST =
      SearchAttributeKey.forKeyword("OffshootDigest");
  public static final SearchAttributeKey<String> OUTCOME =
      SearchAttributeKey.forKeyword("OffshootOutcome");
  public static final SearchAttributeKey<List<String>> HAZARD =
      SearchAttributeKey.forKeywordList("OffshootHazard");

  /**
   * Search attributes that a server must know before an experiment starts, with their types; an
   * unregistered one keeps a workflow task failing.
   */
  public static final Map<String, String> SEARCH_ATTRIBUTES =
      Map.of(
          STAGE.getName(), "Keyword",
          PARENT.getName(), "Keyword",
          TENANT.getName(), "Keyword",
          DIGEST.getName(), "Keyword",
          OUTCOME.getName(), "Keyword",
          HAZARD.getName(), "KeywordList");

  private OffshootNames() {}
}
