package dev.offshoot.branch;

import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.Severity;
import java.time.Duration;
import java.util.Map;

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
 * @param maxChangedRows rows above which an experiment's own limit cannot go
 * @param maxBranchGrowth bytes by which a branch may outgrow what it began with
 * @param severities hazards that weigh differently here
 * @param lockTimeout longest that a merge waits for one lock before it lets go and tries again
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
    long maxChangedRows,
    long maxBranchGrowth,
    Map<Hazard, Severity> severities,
    Duration lockTimeout) {

  /** A parent with the defaults of the configuration. */
  public static ParentConfig of(String name, String url, String username, String password) {
    return new ParentConfig(
        name,
        url,
        username,
        password,
        "postgres",
        CopyMethod.AUTO,
        Duration.ofDays(7),
        20,
        1_000_000,
        10L << 30,
        Map.of(),
        Duration.ofSeconds(2));
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ParentConfig[" + name + "]";
  }
}
