package dev.offshoot.branch;

import dev.offshoot.domain.ApprovalRule;
import dev.offshoot.policy.HazardSettings;
import dev.offshoot.policy.SensitiveName;
import dev.offshoot.sql.Place;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parent as the worker's configuration describes it. Holds a secret: never logged, never sent.
 *
 * @param name by which agents know it
 * @param url JDBC address without credentials, {@code jdbc:postgresql://host:port/database}
 * @param username role that owns the database and its objects, may create databases and roles, and
 *     is no superuser
 * @param password its password
 * @param maintenanceDatabase database of the same server from which databases are created and
 *     dropped
 * @param copyMethod how branches are copied
 * @param maxTtl longest lease
 * @param maxBranches branches that may stand at once
 * @param maxBranchesPerTenant of them on behalf of one tenant
 * @param maxBranchGrowth bytes by which a branch may outgrow what it began with
 * @param storage what branches may take of their server's disk
 * @param hazards how hazards weigh here, and from where on an effect is one
 * @param lockTimeout longest that a merge waits for one lock before it lets go and tries again
 * @param mergeStatementTimeout longest that one statement of a merge takes, whatever code in it
 *     does
 * @param copying what copies are made of, and when
 * @param revertWindow time after a merge within which it can be reverted
 * @param masked tables and columns of which a model is shown no value
 * @param sequenceBlock values of each of the parent's sequences that are reserved for a branch; 0
 *     for none
 * @param approval who may approve what is merged into it
 * @param agentAddress {@code host:port} by which agents reach branches; absent for that of {@code
 *     url}
 * @param neon where on Neon it is; absent for a server of its own, which {@code url} names
 */
public record ParentConfig(
    String name,
    String url,
    String username,
    String password,
    String maintenanceDatabase,
    CopyMethod copyMethod,
    Duration maxTtl,
    int maxBranches,
    int maxBranchesPerTenant,
    long maxBranchGrowth,
    Storage storage,
    HazardSettings hazards,
    Duration lockTimeout,
    Duration mergeStatementTimeout,
    Copying copying,
    Duration revertWindow,
    List<SensitiveName> masked,
    int sequenceBlock,
    ApprovalRule approval,
    @Nullable String agentAddress,
    @Nullable NeonHome neon) {
  public static final Duration DEFAULT_REVERT_WINDOW = Duration.ofDays(7);

  public ParentConfig {
    masked = List.copyOf(masked);
  }

  /** A parent with the defaults of the builder. */
  public static ParentConfig of(String name, String url, String username, String password) {
    return builder(name, url, username, password).build();
  }

  public static ParentConfigBuilder builder(
      String name, String url, String username, String password) {
    return new ParentConfigBuilder(name, url, username, password);
  }

  /** Begins with what this one says. */
  public ParentConfigBuilder toBuilder() {
    return new ParentConfigBuilder(this);
  }

  /**
   * The same as seen from where its branches live: with address and login of the source copy if
   * there is one.
   */
  ParentConfig home() {
    @Nullable SourceConfig source = copying.source();
    return source == null
        ? this
        : toBuilder()
            .at(source.url(), source.username(), source.password(), source.maintenanceDatabase())
            .build();
  }

  /** Whether this is the home of branches that are made of a source copy. */
  boolean isSourceCopy() {
    return copying.source() != null && url.equals(copying.source().url());
  }

  /** As errors speak of it. */
  Place place() {
    return isSourceCopy() ? Place.source(name) : Place.parent(name);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ParentConfig[" + name + "]";
  }
}
