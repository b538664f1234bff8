package dev.offshoot.branch;

import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.policy.HazardSettings;
import dev.offshoot.policy.SensitiveName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@link ParentConfig} together; what is not said keeps the default of the configuration,
 * except that no values of the parent's sequences are reserved, so that making a branch leaves it
 * as it is. Not thread-safe.
 */
public final class ParentConfigBuilder {
  private final String name;
  private String url;
  private String username;
  private String password;
  private String maintenanceDatabase = "postgres";
  private CopyMethod copyMethod = CopyMethod.AUTO;
  private Duration maxTtl = Duration.ofDays(7);
  private int maxBranches = 20;
  private int maxBranchesPerTenant = Integer.MAX_VALUE;
  private long maxBranchGrowth = 10L << 30;
  private Storage storage = Storage.UNLIMITED;
  private HazardSettings hazards = HazardSettings.DEFAULT;
  private Duration lockTimeout = Duration.ofSeconds(2);
  private Duration mergeStatementTimeout = Duration.ofMinutes(10);
  private Copying copying = Copying.OF_THE_PARENT;
  private Duration revertWindow = ParentConfig.DEFAULT_REVERT_WINDOW;
  private List<SensitiveName> masked = List.of();
  private int sequenceBlock;
  private ApprovalRule approval = ApprovalRule.ANYBODY;
  private @Nullable String agentAddress;
  private @Nullable NeonHome neon;

  ParentConfigBuilder(String name, String url, String username, String password) {
    this.name = name;
    this.url = url;
    this.username = username;
    this.password = password;
  }

  ParentConfigBuilder(ParentConfig like) {
    this(like.name(), like.url(), like.username(), like.password());
    this.maintenanceDatabase = like.maintenanceDatabase();
    this.copyMethod = like.copyMethod();
    this.maxTtl = like.maxTtl();
    this.maxBranches = like.maxBranches();
    this.maxBranchesPerTenant = like.maxBranchesPerTenant();
    this.maxBranchGrowth = like.maxBranchGrowth();
    this.storage = like.storage();
    this.hazards = like.hazards();
    this.lockTimeout = like.lockTimeout();
    this.mergeStatementTimeout = like.mergeStatementTimeout();
    this.copying = like.copying();
    this.revertWindow = like.revertWindow();
    this.masked = like.masked();
    this.sequenceBlock = like.sequenceBlock();
    this.approval = like.approval();
    this.agentAddress = like.agentAddress();
    this.neon = like.neon();
  }

  /** Another place and login. */
  ParentConfigBuilder at(
      String otherUrl, String otherUsername, String otherPassword, String otherMaintenance) {
    this.url = otherUrl;
    this.username = otherUsername;
    this.password = otherPassword;
    this.maintenanceDatabase = otherMaintenance;
    return this;
  }

  public ParentConfigBuilder maintenanceDatabase(String database) {
    this.maintenanceDatabase = database;
    return this;
  }

  public ParentConfigBuilder copyMethod(CopyMethod method) {
    this.copyMethod = method;
    return this;
  }

  public ParentConfigBuilder maxTtl(Duration longest) {
    this.maxTtl = longest;
    return this;
  }

  public ParentConfigBuilder maxBranchesPerTenant(int atOnce) {
    this.maxBranchesPerTenant = atOnce;
    return this;
  }

  public ParentConfigBuilder maxBranches(int atOnce) {
    this.maxBranches = atOnce;
    return this;
  }

  public ParentConfigBuilder maxBranchGrowth(long bytes) {
    this.maxBranchGrowth = bytes;
    return this;
  }

  public ParentConfigBuilder storage(Storage limits) {
    this.storage = limits;
    return this;
  }

  public ParentConfigBuilder hazards(HazardSettings settings) {
    this.hazards = settings;
    return this;
  }

  public ParentConfigBuilder lockTimeout(Duration longest) {
    this.lockTimeout = longest;
    return this;
  }

  public ParentConfigBuilder mergeStatementTimeout(Duration longest) {
    this.mergeStatementTimeout = longest;
    return this;
  }

  public ParentConfigBuilder copying(Copying copies) {
    this.copying = copies;
    return this;
  }

  public ParentConfigBuilder revertWindow(Duration window) {
    this.revertWindow = window;
    return this;
  }

  public ParentConfigBuilder masked(List<SensitiveName> names) {
    this.masked = names;
    return this;
  }

  public ParentConfigBuilder sequenceBlock(int values) {
    this.sequenceBlock = values;
    return this;
  }

  public ParentConfigBuilder approval(ApprovalRule rule) {
    this.approval = rule;
    return this;
  }

  public ParentConfigBuilder agentAddress(@Nullable String hostAndPort) {
    this.agentAddress = hostAndPort;
    return this;
  }

  public ParentConfigBuilder neon(@Nullable NeonHome home) {
    this.neon = home;
    return this;
  }

  public ParentConfig build() {
    return new ParentConfig(
        name,
        url,
        username,
        password,
        maintenanceDatabase,
        copyMethod,
        maxTtl,
        maxBranches,
        maxBranchesPerTenant,
        maxBranchGrowth,
        storage,
        hazards,
        lockTimeout,
        mergeStatementTimeout,
        copying,
        revertWindow,
        masked,
        sequenceBlock,
        approval,
        agentAddress,
        neon);
  }
}
