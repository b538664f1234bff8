package dev.offshoot.workflow;

import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Cost;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.Judgement;
import dev.offshoot.domain.Proposal;
import dev.offshoot.domain.ShownText;
import org.jspecify.annotations.Nullable;

/** Makes of a reviewed change set what fits beside others. */
final class Proposals {
  private static final int MOST_TABLES = 30;
  private static final int MOST_STATEMENTS = 30;
  private static final int MOST_CHARACTERS = 500;

  private Proposals() {}

  static Proposal of(
      ChangeSummary changes,
      Judgement judgement,
      ExperimentReport report,
      @Nullable ConflictReport conflicts,
      Cost cost) {
    return new Proposal(
        changes.digest(),
        changes.inserted(),
        changes.updated(),
        changes.deleted(),
        changes.schemaChangeCount(),
        changes.tables().stream()
            .limit(MOST_TABLES)
            .map(
                table ->
                    new AuditRecord.ChangedRows(
                        table.table(), table.inserted(), table.updated(), table.deleted()))
            .toList(),
        changes.schemaScript().stream()
            .limit(MOST_STATEMENTS)
            .map(statement -> ShownText.lines(statement, MOST_CHARACTERS))
            .toList(),
        judgement.hazards().stream().map(Proposals::shortened).toList(),
        judgement.verdict(),
        judgement.approval().needed(judgement.hazards()),
        report.checks().size(),
        report.statements().size(),
        report.millis(),
        conflicts == null ? 0 : conflicts.total(),
        cost);
  }

  private static HazardFinding shortened(HazardFinding finding) {
    return new HazardFinding(
        finding.hazard(),
        finding.severity(),
        ShownText.oneLine(finding.evidence(), MOST_CHARACTERS));
  }
}
