package dev.offshoot.worker.settings;

import static java.util.Objects.requireNonNullElse;

import dev.offshoot.branch.CopyMethod;
import dev.offshoot.branch.Copying;
import dev.offshoot.branch.OnBusy;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.Storage;
import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.Severity;
import dev.offshoot.policy.HazardSettings;
import dev.offshoot.policy.SensitiveName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * A database that experiments may branch from.
 *
 * @param url JDBC address without credentials
 * @param username role that owns the database and may create databases and roles; no superuser
 * @param password its password
 * @param passwordFile file that holds the password
 * @param maintenanceDatabase database of the same server from which others are created and dropped
 * @param copyMethod how branches are copied
 * @param maxTtl longest lease of an experiment
 * @param maxBranches branches that may stand at once
 * @param maxBranchesPerTenant of them on behalf of one tenant; as many as there may be if absent
 * @param maxChangedRows rows above which an experiment's own limit cannot go
 * @param maxBranchGrowth how much a branch may outgrow what it began with
 * @param maxBranchStorage what branches and bases may take together; as much as there is if absent
 * @param dataDirectory where the worker sees the file system on which they lie
 * @param minFreeDisk what stays free there
 * @param lockTimeout longest that a merge waits for one lock before it lets go and tries again
 * @param mergeStatementTimeout longest that one statement of a merge takes, whatever code in it
 *     does
 * @param sequenceBlock values of each of its sequences that are reserved for a branch; 0 for none
 * @param onBusy what happens to what is copied while sessions are connected to it
 * @param rehearsalMaxSize size up to which the parent is copied to rehearse a merge; 0 for never
 * @param source the copy of the parent that branches are made of; absent for the parent itself
 * @param revertWindow time after a merge within which it can be reverted
 * @param hazards hazards that weigh differently here, by their names
 * @param hazardLimits from where on an effect is a hazard
 * @param sensitive tables and columns that are not to be written unnoticed
 * @param masked tables and columns of which a model is shown no value
 * @param approvers who may approve; empty for everybody but whoever asked
 * @param requiredApprovals how many different people must approve what has a hazard, by its name
 * @param agentAddress {@code host:port} by which agents that connect by themselves reach branches,
 *     such as that of a pool; the server's own if absent
 * @param provider what kind of home it is
 * @param neon where on Neon it is, if that is its home
 */
public record ParentSettings(
    @Nullable String url,
    @Nullable String username,
    @Nullable Secret password,
    @Nullable Path passwordFile,
    @DefaultValue("postgres") String maintenanceDatabase,
    @DefaultValue("AUTO") CopyMethod copyMethod,
    @DefaultValue("7d") Duration maxTtl,
    @DefaultValue("20") int maxBranches,
    @Nullable Integer maxBranchesPerTenant,
    @DefaultValue("1000000") long maxChangedRows,
    @DefaultValue("10GB") DataSize maxBranchGrowth,
    @Nullable DataSize maxBranchStorage,
    @Nullable Path dataDirectory,
    @DefaultValue("1GB") DataSize minFreeDisk,
    @DefaultValue("2s") Duration lockTimeout,
    @DefaultValue("10m") Duration mergeStatementTimeout,
    @DefaultValue("1000") int sequenceBlock,
    @DefaultValue("REFUSE") OnBusy onBusy,
    @DefaultValue("256MB") DataSize rehearsalMaxSize,
    @Nullable SourceSettings source,
    @DefaultValue("7d") Duration revertWindow,
    @DefaultValue Map<String, Severity> hazards,
    @DefaultValue HazardLimitSettings hazardLimits,
    @DefaultValue List<String> sensitive,
    @DefaultValue List<String> masked,
    @DefaultValue List<String> approvers,
    @DefaultValue Map<String, Integer> requiredApprovals,
    @Nullable String agentAddress,
    @DefaultValue("POSTGRES") Provider provider,
    @Nullable NeonSettings neon) {

  /** Homes of parents and their branches. */
  public enum Provider {
    /** A server of Postgres. */
    POSTGRES,
    /** A project of Neon. */
    NEON
  }

  private static final int MOST_RESERVED = 100_000;
  private static final int MOST_APPROVALS = 20;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");

  void check(String prefix, String name, Problems problems) {
    if (!NAME.matcher(name).matches()) {
      problems.add(
          prefix,
          "'%s' is no name for a parent".formatted(name),
          "Use 1 to 63 letters, digits, hyphens and underscores.");
    }
    if (provider == Provider.NEON) {
      checkNeon(prefix, problems);
    } else {
      checkPostgres(prefix, problems);
    }
    problems.require(
        prefix + ".maintenance-database", maintenanceDatabase, "Leave it out for 'postgres'.");
    problems.positive(prefix + ".max-ttl", maxTtl);
    problems.atLeast(prefix + ".max-branches", maxBranches, 1);
    if (maxBranchesPerTenant != null) {
      problems.atLeast(prefix + ".max-branches-per-tenant", maxBranchesPerTenant, 1);
    }
    problems.atLeast(prefix + ".max-changed-rows", maxChangedRows, 1);
    problems.atLeast(prefix + ".max-branch-growth", maxBranchGrowth.toBytes(), 1);
    checkStorage(prefix, problems);
    problems.positive(prefix + ".lock-timeout", lockTimeout);
    problems.positive(prefix + ".merge-statement-timeout", mergeStatementTimeout);
    problems.within(prefix + ".sequence-block", sequenceBlock, 0, MOST_RESERVED);
    problems.atLeast(prefix + ".rehearsal-max-size", rehearsalMaxSize.toBytes(), 0);
    if (source != null) {
      source.check(prefix + ".source", url, problems);
    }
    problems.positive(prefix + ".revert-window", revertWindow);
    hazardLimits.check(prefix + ".hazard-limits", problems);
    checkNames(prefix + ".sensitive", sensitive, problems);
    checkNames(prefix + ".masked", masked, problems);
    checkHazards(prefix + ".hazards.", hazards.keySet(), problems);
    checkApproval(prefix, problems);
    if (agentAddress != null && !HostAndPort.isValid(agentAddress)) {
      problems.add(
          prefix + ".agent-address", "it is no host:port", "Leave it out for the server's own.");
    }
  }

  private void checkStorage(String prefix, Problems problems) {
    if (maxBranchStorage != null) {
      problems.atLeast(prefix + ".max-branch-storage", maxBranchStorage.toBytes(), 1);
    }
    if (dataDirectory != null && !Files.isDirectory(dataDirectory)) {
      problems.add(
          prefix + ".data-directory",
          dataDirectory + " is no folder",
          "Point it to a folder of the disk on which branches lie, as this machine sees it, or leave it out.");
    }
    problems.atLeast(prefix + ".min-free-disk", minFreeDisk.toBytes(), 0);
  }

  private static void checkHazards(String prefix, Set<String> names, Problems problems) {
    for (String hazard : names) {
      if (hazardNamed(hazard).isEmpty()) {
        String key = prefix + hazard;
        problems.add(key, "there is no such hazard", KnownKeys.adviceFor(key));
      }
    }
  }

  private void checkApproval(String prefix, Problems problems) {
    for (int i = 0; i < approvers.size(); i++) {
      if (approvers.get(i).isBlank()) {
        problems.add("%s.approvers[%d]".formatted(prefix, i), "it is empty", "Remove it.");
      }
    }
    checkHazards(prefix + ".required-approvals.", requiredApprovals.keySet(), problems);
    requiredApprovals.forEach(
        (hazard, people) -> {
          String key = prefix + ".required-approvals." + hazard;
          problems.within(key, people, 1, MOST_APPROVALS);
          if (!approvers.isEmpty() && people > approvers.size()) {
            problems.add(
                key,
                "it is more than there are approvers",
                "Name more in %s.approvers.".formatted(prefix));
          }
        });
  }

  private ApprovalRule approvalRule() {
    Map<Hazard, Integer> required = new EnumMap<>(Hazard.class);
    requiredApprovals.forEach(
        (name, people) -> hazardNamed(name).ifPresent(hazard -> required.put(hazard, people)));
    return new ApprovalRule(approvers, required);
  }

  private void checkPostgres(String prefix, Problems problems) {
    if (neon != null) {
      problems.add(
          prefix + ".provider",
          "it is missing, though a place on Neon is configured",
          "Set it to NEON, or remove %s.neon.".formatted(prefix));
      return;
    }
    JdbcUrl.check(prefix + ".url", url, prefix, problems);
    problems.require(
        prefix + ".username",
        username,
        "Set it to a role that owns the database, has CREATEDB and CREATEROLE and is no superuser.");
    PasswordSource.check(prefix, "password", password, passwordFile, true, problems);
  }

  /** Address, role and password come from Neon, and there is no need for another copy. */
  private void checkNeon(String prefix, Problems problems) {
    if (url != null || username != null || password != null || passwordFile != null) {
      problems.add(
          prefix + ".url",
          "address and login of a parent on Neon come from there",
          "Remove url, username and password.");
    }
    if (source != null) {
      problems.add(
          prefix + ".source",
          "branches on Neon interrupt nobody, so no copy is used",
          "Remove it.");
    }
    if (maxBranchStorage != null || dataDirectory != null) {
      problems.add(
          prefix + ".max-branch-storage",
          "the storage of branches on Neon is limited there",
          "Remove max-branch-storage and data-directory.");
    }
    if (neon == null) {
      problems.add(
          prefix + ".neon",
          "it is missing",
          "Set %1$s.neon.project, %1$s.neon.database and %1$s.neon.role.".formatted(prefix));
    } else {
      neon.check(prefix + ".neon", problems);
    }
  }

  private static void checkNames(String key, List<String> names, Problems problems) {
    for (int i = 0; i < names.size(); i++) {
      if (SensitiveName.parse(names.get(i)).isEmpty()) {
        problems.add(
            "%s[%d]".formatted(key, i),
            "it names no table or column",
            "Write schema.table or schema.table.column, as in SQL.");
      }
    }
  }

  private static List<SensitiveName> parsed(List<String> names) {
    return names.stream().flatMap(name -> SensitiveName.parse(name).stream()).toList();
  }

  /** Without regard to case and underscores, which environment variables cannot carry. */
  private static Optional<Hazard> hazardNamed(String name) {
    return Stream.of(Hazard.values())
        .filter(hazard -> bare(hazard.name()).equals(bare(name)))
        .findFirst();
  }

  private static String bare(String name) {
    return name.replaceAll("[_-]", "").toUpperCase(Locale.ROOT);
  }

  private HazardSettings hazardSettings() {
    Map<Hazard, Severity> severities = new EnumMap<>(Hazard.class);
    hazards.forEach(
        (name, severity) -> hazardNamed(name).ifPresent(h -> severities.put(h, severity)));
    return new HazardSettings(severities, maxChangedRows, hazardLimits.limits(), parsed(sensitive));
  }

  private Storage storage() {
    return new Storage(
        maxBranchStorage == null ? null : maxBranchStorage.toBytes(),
        dataDirectory,
        minFreeDisk.toBytes());
  }

  /** As the rooms that speak to Postgres want it; with the password in it. */
  public ParentConfig config(String name) {
    String key = "%s.parents.%s.password".formatted(WorkerSettings.PREFIX, name);
    return ParentConfig.builder(
            name,
            requireNonNullElse(url, ""),
            requireNonNullElse(neon == null ? username : neon.role(), ""),
            requireNonNullElse(PasswordSource.read(key, password, passwordFile), ""))
        .maintenanceDatabase(maintenanceDatabase)
        .copyMethod(copyMethod)
        .maxTtl(maxTtl)
        .maxBranches(maxBranches)
        .maxBranchesPerTenant(requireNonNullElse(maxBranchesPerTenant, Integer.MAX_VALUE))
        .maxBranchGrowth(maxBranchGrowth.toBytes())
        .storage(storage())
        .hazards(hazardSettings())
        .lockTimeout(lockTimeout)
        .mergeStatementTimeout(mergeStatementTimeout)
        .copying(
            new Copying(
                onBusy, rehearsalMaxSize.toBytes(), source == null ? null : source.config(name)))
        .revertWindow(revertWindow)
        .masked(parsed(masked))
        .sequenceBlock(sequenceBlock)
        .approval(approvalRule())
        .agentAddress(agentAddress)
        .neon(neon == null ? null : neon.home(name))
        .build();
  }
}
