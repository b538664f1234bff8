package dev.offshoot.domain;

import java.util.List;

/**
 * What a variant would merge, small enough to be put beside others; its experiment has the rest.
 *
 * @param digest the frozen change set
 * @param inserted rows
 * @param updated rows
 * @param deleted rows
 * @param schemaChanges objects that differ
 * @param tables changed tables, bounded
 * @param schemaScript what would be replayed, bounded and each shortened
 * @param hazards what the policy found
 * @param verdict the judge's advice on it alone
 * @param approvals how many people must approve it
 * @param checks how many checks it passed; one that fails ends it
 * @param statements how many statements it ran
 * @param millis how long they took
 * @param conflicts of the latest attempt to merge it; 0 before
 * @param cost what it has used up so far
 */
public record Proposal(
    String digest,
    long inserted,
    long updated,
    long deleted,
    int schemaChanges,
    List<AuditRecord.ChangedRows> tables,
    List<String> schemaScript,
    List<HazardFinding> hazards,
    Verdict verdict,
    int approvals,
    int checks,
    int statements,
    long millis,
    long conflicts,
    Cost cost) {

  public long totalRows() {
    return inserted + updated + deleted;
  }
}
