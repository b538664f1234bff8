package dev.offshoot.read;

import dev.offshoot.activity.ReadActivities;
import dev.offshoot.branch.Parents;
import dev.offshoot.domain.AuditPage;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.ExperimentRow;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.Reverted;
import dev.offshoot.domain.SchemaPage;
import dev.offshoot.domain.ValuePart;
import dev.offshoot.judge.Judge;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.step.Progress;
import dev.offshoot.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers what only the worker can see; changes nothing. Thread-safe. */
public final class ReadSteps implements ReadActivities {
  private static final int MOST_EXPERIMENTS = 500;

  private final Ledger ledger;
  private final Parents parents;
  private final Judge judge;

  public ReadSteps(Ledger ledger, Parents parents, Judge judge) {
    this.ledger = ledger;
    this.parents = parents;
    this.judge = judge;
  }

  @Override
  public DiffPage readDiff(ReadDiff request) {
    return Step.run(progress -> page(request));
  }

  @Override
  public SchemaPage readSchema(ReadSchema request) {
    return Step.run(progress -> schema(request));
  }

  @Override
  public ValuePart readValue(ReadValue request) {
    return Step.run(progress -> value(request));
  }

  @Override
  public List<ExperimentRow> listExperiments(ListExperiments request) {
    return Step.run(progress -> experiments(request));
  }

  @Override
  public @Nullable Reverted readReverted(ReadReverted request) {
    return Step.run(progress -> reverted(request, progress)).orElse(null);
  }

  @Override
  public AuditPage readAudit(ReadAudit request) {
    return Step.run(progress -> ledger.audits().page(request.from()));
  }

  @Override
  public List<HealthFinding> examine() {
    return Step.run(
        progress -> {
          progress.report("looking at ledger, parents and branches");
          return findings();
        });
  }

  DiffPage page(ReadDiff request) {
    return DiffPages.read(ledger.changeSets(), request);
  }

  SchemaPage schema(ReadSchema request) {
    return SchemaPages.read(ledger.changeSets(), request);
  }

  ValuePart value(ReadValue request) {
    return ValueParts.read(ledger.changeSets(), request);
  }

  List<ExperimentRow> experiments(ListExperiments request) {
    int limit = Math.max(1, Math.min(MOST_EXPERIMENTS, request.limit()));
    return ledger.branches().experiments(request.parent(), request.tenant(), limit);
  }

  Optional<Reverted> reverted(ReadReverted request, Progress progress) {
    return Reverts.of(request.merged(), ledger.reverts(), parents, progress);
  }

  List<HealthFinding> findings() {
    List<HealthFinding> findings = new ArrayList<>();
    findings.add(ledger.examine());
    parents.all().forEach(parent -> findings.addAll(parent.provider().examine()));
    findings.add(StandingBranches.examine(ledger.branches(), parents));
    findings.add(judge.examine());
    return List.copyOf(findings);
  }
}
