package dev.offshoot.domain;

/**
 * A statement of a change set's schema script, as the merge replays it.
 *
 * @param index its place in the experiment's script, from 0
 * @param sql its whole text
 * @param searchPath the search path under which it ran
 * @param afterRows whether it runs after the rows are in
 */
public record ReplayedStatement(int index, String sql, String searchPath, boolean afterRows) {}
