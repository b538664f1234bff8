package dev.offshoot.branch;

import dev.offshoot.neon.NeonProject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where on Neon a parent is, and what its branches get there. Holds a secret in {@code project}.
 *
 * @param project the project, with the key to it
 * @param branch name or id of the branch that is the parent; absent for the project's default one
 * @param database the database in it
 * @param role who owns that
 * @param leastCompute compute units that a branch's endpoint has at least
 * @param mostCompute and at most
 * @param suspendAfter idle time after which an endpoint scales to zero
 * @param comparesSchemas whether Neon's own comparison of schemas is held against ours
 * @param pooledForAgents whether agents that connect by themselves come by way of Neon's pool
 */
public record NeonHome(
    NeonProject project,
    @Nullable String branch,
    String database,
    String role,
    double leastCompute,
    double mostCompute,
    Duration suspendAfter,
    boolean comparesSchemas,
    boolean pooledForAgents) {

  /** What Neon itself suggests for small work. */
  public static final double SMALLEST = 0.25;
}
