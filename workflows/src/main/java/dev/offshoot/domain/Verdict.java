package dev.offshoot.domain;

import java.util.List;

/**
 * What the judge thinks; advice only.
 *
 * @param opinion approve, reject or abstain
 * @param by which judge
 * @param reasons why, made safe to show
 */
public record Verdict(Opinion opinion, String by, List<String> reasons) {

  /** What a judge can say. */
  public enum Opinion {
    APPROVE,
    REJECT,
    ABSTAIN
  }
}
