package dev.offshoot.domain;

/**
 * Names a branch; holds no address and no credential.
 *
 * @param experimentId who owns it
 * @param attempt which branch of that experiment, from 1 (a rebase makes another)
 * @param parent name of the parent
 */
public record BranchRef(ExperimentId experimentId, int attempt, String parent) {

  /** Name of the branch's database and of the experiment's role in it. */
  public String branchName() {
    return "offshoot_" + experimentId.value() + (attempt == 1 ? "" : "_" + attempt);
  }

  /** Name of the base's database and of the role that reads base and branch. */
  public String baseName() {
    return branchName() + "_base";
  }
}
