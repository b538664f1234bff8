package dev.offshoot.worker.settings;

import static java.util.Objects.requireNonNullElse;

import dev.offshoot.branch.NeonHome;
import dev.offshoot.neon.NeonProject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where on Neon a parent is, and what its branches get there.
 *
 * @param apiUrl address of Neon's API
 * @param apiKey key to it; {@code NEON_API_KEY} of the environment if neither this nor a file is
 *     set
 * @param apiKeyFile file that holds the key
 * @param project id of the project
 * @param branch name or id of the branch that is the parent; the project's default one if absent
 * @param database the database in it
 * @param role who owns that
 * @param minCompute compute units that a branch has at least
 * @param maxCompute and at most
 * @param suspendAfter idle time after which a branch scales to zero
 * @param compareSchemas whether Neon's own comparison of schemas is held against ours
 * @param pooledForAgents whether agents that connect by themselves come by way of Neon's pool
 * @param requestsPerSecond how often the API is asked at most, in the long run
 */
public record NeonSettings(
    @DefaultValue("https://console.neon.tech/api/v2") String apiUrl,
    @Nullable Secret apiKey,
    @Nullable Path apiKeyFile,
    @Nullable String project,
    @Nullable String branch,
    @Nullable String database,
    @Nullable String role,
    @DefaultValue("0.25") double minCompute,
    @DefaultValue("1") double maxCompute,
    @DefaultValue("5m") Duration suspendAfter,
    @DefaultValue("true") boolean compareSchemas,
    @DefaultValue("true") boolean pooledForAgents,
    @DefaultValue("5") int requestsPerSecond) {
  private static final String KEY = "NEON_API_KEY";
  private static final double MOST_COMPUTE = 56;
  private static final int MOST_REQUESTS = 1_000;
  private static final Duration LONGEST_IDLE = Duration.ofDays(7);

  void check(String prefix, Problems problems) {
    if (!HttpAddress.isOne(apiUrl)) {
      problems.add(
          prefix + ".api-url",
          "it is no http or https address without credentials",
          "Leave it out for Neon's own.");
    }
    boolean isInEnvironment = System.getenv(KEY) != null;
    PasswordSource.check(prefix, "api-key", apiKey, apiKeyFile, !isInEnvironment, problems);
    problems.require(
        prefix + ".project", project, "Set it to the project's id, as in shiny-wind-028834.");
    if (project != null && !NeonProject.isId(project)) {
      problems.add(
          prefix + ".project",
          "it is no id of a project",
          "Copy it from the project's settings; it is like shiny-wind-028834.");
    }
    problems.require(prefix + ".database", database, "Set it to the database's name.");
    problems.require(prefix + ".role", role, "Set it to the role that owns the database.");
    if (!(minCompute >= NeonHome.SMALLEST
        && minCompute <= maxCompute
        && maxCompute <= MOST_COMPUTE)) {
      problems.add(
          prefix + ".max-compute",
          "min-compute and max-compute are not in order from 0.25 to 56",
          "Leave both out for 0.25 and 1.");
    }
    problems.within(prefix + ".requests-per-second", requestsPerSecond, 1, MOST_REQUESTS);
    problems.positive(prefix + ".suspend-after", suspendAfter);
    if (suspendAfter.compareTo(LONGEST_IDLE) > 0) {
      problems.add(prefix + ".suspend-after", "it is longer than Neon takes", "Use at most 7d.");
    }
  }

  /** As the room that speaks to Neon wants it, with the key in it. */
  NeonHome home(String parent) {
    String key = "%s.parents.%s.neon.api-key".formatted(WorkerSettings.PREFIX, parent);
    String secret =
        Optional.ofNullable(PasswordSource.read(key, apiKey, apiKeyFile))
            .or(() -> Optional.ofNullable(System.getenv(KEY)))
            .orElse("");
    return new NeonHome(
        new NeonProject(
            parent,
            URI.create(apiUrl.replaceFirst("/+$", "")),
            requireNonNullElse(project, ""),
            secret,
            requestsPerSecond),
        branch,
        requireNonNullElse(database, ""),
        requireNonNullElse(role, ""),
        minCompute,
        maxCompute,
        suspendAfter,
        compareSchemas,
        pooledForAgents);
  }
}
